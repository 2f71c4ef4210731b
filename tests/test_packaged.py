import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import metadata
from itertools import combinations
from typing import Any

import attrs
import pycountry
import pytest
import us

import smh_p2p
from conftest import sample
from smh_p2p import NotFoundError, Origin, Problem, Rule, jurisdiction_table, packaged, summary
from smh_p2p.pointer import get, leaves
from smh_p2p.resources import content

FILES = ("exchange.json", "provenance.json", "source.txt", "given.json", "jurisdictions.json")
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def is_caught(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Change], bool]]:
    """Return whether `verify` refuses a package in which files have been changed."""
    rooms = (jurisdiction_table, summary)
    caches = [
        each for room in rooms for each in vars(room).values() if hasattr(each, "cache_clear")
    ]

    def caught(change: Change) -> bool:
        files = {name: content(name) for name in FILES}
        change(files)
        for room in (packaged, jurisdiction_table):
            monkeypatch.setattr(room, "content", lambda name: files[name])
        for cache in caches:
            cache.cache_clear()
        try:
            smh_p2p.verify()
        except ValueError:  # the error of the origins, of the document, of the page or of a record
            return True
        return False

    yield caught
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


def changed(file: bytes, pointer: str, change: Callable[[Any], Any]) -> bytes:
    document = json.loads(file)
    where, _, last = pointer.rpartition("/")
    holder = get(document, where)
    key = int(last) if isinstance(holder, list) else last.replace("~1", "/").replace("~0", "~")
    holder[key] = change(holder[key])  # pyright: ignore[reportCallIssue, reportArgumentType]
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def other(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else f"{value}x"


def a_change_of(name: str, pointer: str) -> Change:
    return lambda files: files.update({name: changed(files[name], pointer, other)})


def test_everything_is_borne_out() -> None:
    smh_p2p.verify()
    assert smh_p2p.load_summary().unread == ()
    assert smh_p2p.coverage().leaves == 1
    assert smh_p2p.coverage().cited + smh_p2p.coverage().labels == pytest.approx(1)


def test_the_data_has_the_creator_and_the_licence_of_the_package() -> None:
    package, shipped = metadata("smh_p2p"), smh_p2p.load_summary()
    assert shipped.creator == package["Author"]
    assert shipped.licence
    assert shipped.licence["name"] == package["License-Expression"]


def test_the_packaged_summary_is_what_the_page_says() -> None:
    remade, shipped = packaged.make_summary(), smh_p2p.load_summary()
    assert attrs.evolve(shipped, licence=None, creator=None, version=None) == remade
    assert shipped.exchange is smh_p2p.load()
    assert shipped is smh_p2p.load_summary()


def test_a_fact_that_the_page_gives_and_the_package_lacks_is_named_with_its_value(
    summary: smh_p2p.Summary,
) -> None:
    others = {at: each for at, each in summary.origins.items() if at != "/sessions/2/title"}
    lacking = attrs.evolve(summary, origins=others)
    title, gives = "'Sustain and Expand SMH Programs'", "what the page gives"
    assert [*packaged.differences(lacking, summary)] == [
        Problem("/sessions/2/title", Rule.ORIGIN, "nothing", f"{title}, {gives}"),
        Problem("", Rule.ORIGIN, "another provenance.json", gives),
    ]


def test_labels_that_the_page_does_not_have_are_named(summary: smh_p2p.Summary) -> None:
    lacking = attrs.evolve(summary, labels=summary.labels[1:])
    gives = "what the page gives"
    assert [*packaged.differences(lacking, summary)] == [
        Problem("/labels", Rule.ORIGIN, "other labels", gives),
        Problem("", Rule.ORIGIN, "another provenance.json", gives),
    ]


def pointers(name: str) -> list[str]:
    return [pointer for pointer, _ in leaves(json.loads(content(name)))]


@pytest.mark.long
@pytest.mark.parametrize("name", ["exchange.json", "provenance.json", "given.json"])
def test_a_change_of_any_leaf_of_a_file_is_caught(
    name: str, is_caught: Callable[[Change], bool]
) -> None:
    missed = [
        pointer for pointer in sample(pointers(name)) if not is_caught(a_change_of(name, pointer))
    ]
    assert missed == []


@pytest.mark.long
def test_a_change_of_the_row_of_any_participant_is_caught(
    is_caught: Callable[[Change], bool],
) -> None:
    """The rows of the others are compared with what other packages publish, in another test."""
    name = "jurisdictions.json"
    table = json.loads(content(name))
    names = [sea.name for sea in smh_p2p.load().seas]
    missed = [
        pointer
        for pointer in sample(pointers(name))
        if pointer.startswith("/jurisdictions/")
        and table["jurisdictions"][int(pointer.split("/")[2])]["name"] in names
        and "/aliases/" not in pointer
        and "/tile/" not in pointer
        and not pointer.endswith("/abbreviation")
        and not is_caught(a_change_of(name, pointer))
    ]
    assert missed == []


@pytest.mark.long
def test_a_change_of_any_character_of_the_page_is_caught(
    is_caught: Callable[[Change], bool],
) -> None:
    page = content("source.txt").decode()

    def change(files: dict[str, bytes], at: int) -> None:
        character = "#" if page[at] != "#" else "*"
        files["source.txt"] = f"{page[:at]}{character}{page[at + 1 :]}".encode()

    for at in sample(range(0, len(page), 7)):
        assert is_caught(partial(change, at=at)), at


# The title or the edition of a standard, changed where it is given and in the origins alike: there
# is no third place to compare it with.
_STANDARDS = [
    text
    for name in ("jurisdictions.json", "given.json")
    for standard in json.loads(content(name))["standards"].values()
    for text in standard.values()
]


def with_other(name: str, file: bytes, text: str) -> bytes:
    """Return a file with another text wherever this one is a value in it."""
    if name == "source.txt":
        return file.replace(text.encode(), f"{text}x".encode())
    old, new = (json.dumps(each, ensure_ascii=False).encode() for each in (text, f"{text}x"))
    return re.sub(rb"(?<=[ \[])" + re.escape(old) + rb"(?=[\n,\]}])", lambda _: new, file)


@pytest.mark.long
@pytest.mark.parametrize("pair", [*combinations(FILES, 2)], ids=" and ".join)
def test_the_same_change_in_two_files_is_caught(
    pair: tuple[str, str], is_caught: Callable[[Change], bool]
) -> None:
    texts = {
        value
        for name in ("exchange.json", "provenance.json")
        for _, value in leaves(json.loads(content(name)))
        if isinstance(value, str) and len(value) > 1
    }
    missed = []
    for text in sample(sorted(texts - {each.value for each in Origin})):

        def change(files: dict[str, bytes], text: str = text) -> None:
            for name in pair:
                files[name] = with_other(name, files[name], text)

        in_both = all(with_other(name, content(name), text) != content(name) for name in pair)
        if in_both and text not in _STANDARDS and not is_caught(change):
            missed.append(text)
    assert missed == []


def test_a_span_of_another_occurrence_of_its_quote_is_caught(
    is_caught: Callable[[Change], bool],
) -> None:
    page, origins = content("source.txt").decode(), json.loads(content("provenance.json"))
    moved = 0
    for pointer, entry in origins["origins"].items():
        for index, span in enumerate(entry.get("spans", ())):
            start = page.find(span["quote"])
            while start >= 0:
                if start != span["start"]:
                    moved += 1

                    def change(
                        files: dict[str, bytes],
                        pointer: str = pointer,
                        index: int = index,
                        start: int = start,
                    ) -> None:
                        file = json.loads(files["provenance.json"])
                        span = file["origins"][pointer]["spans"][index]
                        span["end"] += start - span["start"]
                        span["start"] = start
                        text = json.dumps(file, indent=2, ensure_ascii=False) + "\n"
                        files["provenance.json"] = text.encode()

                    assert is_caught(change)
                start = page.find(span["quote"], start + 1)
    assert moved >= 15


@pytest.mark.long
def test_a_swapped_standard_and_a_swapped_origin_are_caught(
    is_caught: Callable[[Change], bool],
) -> None:
    origins = json.loads(content("provenance.json"))
    swaps = [
        (pointer, key, value)
        for pointer, entry in origins["origins"].items()
        for key, values in (("standard", origins["standards"]), ("origin", list(Origin)))
        for value in values
        if entry.get(key, value) != value
    ]
    for pointer, key, value in sample(swaps[::7]):

        def change(
            files: dict[str, bytes], pointer: str = pointer, key: str = key, value: str = value
        ) -> None:
            file = json.loads(files["provenance.json"])
            file["origins"][pointer][key] = value
            text = json.dumps(file, indent=2, ensure_ascii=False) + "\n"
            files["provenance.json"] = text.encode()

        assert is_caught(change)


def test_what_is_inferred_is_left_out_on_request() -> None:
    stated = smh_p2p.load_summary(inferred=False)
    assert stated.exchange is smh_p2p.load(inferred=False)
    assert {each.origin for each in stated.citations()} == {*Origin} - {Origin.INFERRED}
    assert [each.quote[:22] for each in stated.unread] == ["The P2P groups include"]


def test_what_states_no_fact_is_a_label() -> None:
    words = {word for each in smh_p2p.load_summary().labels for word in each.quote.split()}
    labels = {
        "Background:",
        "P2P",
        "Description:",
        "Objectives:",
        "Participating",
        "SEAs:",
        "Duration:",
    }
    assert words - labels <= {"•", "-", "(", ")", ").", ",", ".", ":", "and", "the", "through"}


def test_each_citation_says_what_its_origin_carries() -> None:
    for citation in smh_p2p.citations():
        assert smh_p2p.cite(citation.pointer) is citation
        assert (citation.quote is not None) == (citation.origin in ("quoted", "inferred"))
        assert (citation.because is not None) == (citation.origin is Origin.INFERRED)
        assert (citation.standard is not None) == (citation.origin is Origin.REFERENCE)
    inferred = [c.pointer for c in smh_p2p.citations() if c.origin is Origin.INFERRED]
    assert inferred == ["/groups/0/phase", "/groups/1/phase"]


def test_a_record_leads_to_its_citations(exchange: smh_p2p.Exchange) -> None:
    assert smh_p2p.citations(exchange) == smh_p2p.citations()
    for index, sea in enumerate(exchange.seas):
        assert {c.pointer.split("/")[2] for c in smh_p2p.citations(sea)} == {str(index)}
    assert exchange.period
    (end,) = smh_p2p.citations(exchange.period)[1:]
    assert end.quote == "September 2019"
    assert smh_p2p.citations(exchange.period.end) == (end,)
    number, phase = smh_p2p.citations(exchange.group(1))
    assert phase.origin is smh_p2p.Origin.INFERRED
    assert smh_p2p.citations(smh_p2p.load(inferred=False).group(1)) == (number,)


def test_what_find_gives_leads_to_its_citation(exchange: smh_p2p.Exchange) -> None:
    for hit in exchange.find("SMH"):
        assert smh_p2p.cite(hit) is smh_p2p.cite(hit.where)


def test_what_is_of_another_exchange_has_no_citation(exchange: smh_p2p.Exchange) -> None:
    session = attrs.evolve(exchange.session(1), title="Another workforce title")
    another = attrs.evolve(exchange, sessions=(session,))
    (hit,) = another.find("another workforce")
    with pytest.raises(NotFoundError, match="no text 'Another workforce title' in this exchange"):
        smh_p2p.cite(hit)
    with pytest.raises(NotFoundError, match=r"no record .* in this exchange"):
        smh_p2p.citations(session)


@pytest.mark.parametrize(
    ("key", "help_"),
    [
        ("/sessions/2/titel", "did you mean '/sessions/2/title'"),
        ("/period", "did you mean '/period/start' or '/period/end'?"),
        ("/seas/13/fips", "which gives no value there"),
        ("/seas/13/nam", "did you mean '/seas/13/name'"),
        ("objective 3", "objective 3 is /objectives/2"),
        ("Session 1", "session 1 is /sessions/0"),
        ("/objectives/4", "objective 4 is /objectives/3"),
        ("/objectives/4/text", "objective 4 is /objectives/3"),
        ("/seas/14/name", "they are /seas/0 to /seas/13"),
        ("objective 9", "they are /objectives/0 to /objectives/3"),
        (7, "no citation 7 in this exchange"),
    ],
)
def test_a_pointer_that_is_nearly_right_is_helped(key: Any, help_: str) -> None:
    with pytest.raises(NotFoundError) as miss:
        smh_p2p.cite(key)
    assert help_ in str(miss.value)


def several(such: str) -> str:
    return f"a record has several facts: give the pointer of one{such} or use citations(record)"


@pytest.mark.parametrize(
    ("record", "hint"),
    [
        (lambda exchange: exchange.objective(3), several(", such as '/objectives/2/text',")),
        (lambda exchange: exchange.sea("GU"), several(", such as '/seas/3/name',")),
        (lambda exchange: exchange.group(1), several(", such as '/groups/0/phase',")),
        (lambda exchange: exchange, several(", such as '/title',")),
    ],
)
def test_a_record_has_several_citations_and_the_error_says_how_to_get_them(
    exchange: smh_p2p.Exchange, record: Any, hint: str
) -> None:
    given = record(exchange)
    for cite in (smh_p2p.cite, partial(smh_p2p.reference, smh_p2p.load_summary())):
        with pytest.raises(NotFoundError) as miss:
            cite(given)
        assert (miss.value.what, miss.value.key, miss.value.hint) == ("citation", given, hint)
        assert str(miss.value).endswith(f"in this exchange; {hint}")
    assert smh_p2p.citations(given)


def test_a_record_without_origins_or_of_another_exchange_has_no_pointer_to_name(
    exchange: smh_p2p.Exchange, summary: smh_p2p.Summary
) -> None:
    with pytest.raises(NotFoundError) as miss:
        attrs.evolve(summary, origins={}).cite(exchange.objective(3))  # type: ignore[arg-type]
    assert miss.value.hint == several("")
    with pytest.raises(NotFoundError, match=r"no record .* in this exchange"):
        smh_p2p.cite(smh_p2p.jurisdiction("HI"))  # type: ignore[arg-type]


def test_the_codes_are_those_that_others_publish(exchange: smh_p2p.Exchange) -> None:
    subdivisions: Any = pycountry.subdivisions  # which has no types
    for sea in exchange.seas[:-1]:
        state: Any = us.states.lookup(sea.name)
        assert (state.abbr, state.fips) == (sea.usps, sea.fips)
        subdivision = subdivisions.get(code=sea.iso_3166_2)
        assert (subdivision.name, subdivision.type.lower()) == (sea.name, sea.kind)
        assert (sea.ccd, sea.ccd_abbreviation) == (sea.fips, sea.usps)
    bureau = exchange.seas[-1]
    assert (bureau.usps, bureau.fips, bureau.iso_3166_2) == (None, None, None)
    assert (bureau.ccd, bureau.ccd_abbreviation) == ("59", "BI")
