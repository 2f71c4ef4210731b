import json
from typing import TYPE_CHECKING, Any

import attrs
import pycountry
import pytest
import us

import smh_p2p
from smh_p2p import InvalidOriginError, NotFoundError, Origin, Provenance
from smh_p2p.pointer import leaves

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = {
    name: smh_p2p.resource(name).read_bytes()
    for name in ("exchange.json", "provenance.json", "source.txt")
}
POINTERS = [pointer for pointer, _ in leaves(json.loads(FILES["exchange.json"]))]
ORIGINS = json.loads(FILES["provenance.json"])


def faults(document: Any = None, origins: Any = None, source: bytes | None = None) -> set[str]:
    provenance = Provenance.from_json(
        json.dumps(document) if document is not None else FILES["exchange.json"],
        json.dumps(origins) if origins is not None else FILES["provenance.json"],
        source if source is not None else FILES["source.txt"],
    )
    try:
        provenance.verify()
    except InvalidOriginError as error:
        return {problem.where for problem in error.problems}
    return set()


def at(document: Any, pointer: str) -> tuple[Any, Any]:
    *parents, last = pointer.split("/")[1:]
    for token in parents:
        document = document[int(token) if isinstance(document, list) else token]
    return document, int(last) if isinstance(document, list) else last


def test_everything_is_borne_out() -> None:
    assert faults() == set()
    smh_p2p.verify()
    assert smh_p2p.coverage() == smh_p2p.Coverage(1.0, 1.0)


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_changed_leaf_is_caught_and_named(pointer: str) -> None:
    changes: tuple[Callable[[Any], object], ...] = (
        lambda value: value + value,
        lambda value: float(value) if isinstance(value, int) else value.swapcase() + ".",
        lambda value: value == 1,
        lambda _: None,
        lambda _: [],
    )
    for change in changes:
        document = json.loads(FILES["exchange.json"])
        parent, key = at(document, pointer)
        parent[key] = change(parent[key])
        assert pointer in faults(document=document)


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_dropped_leaf_and_a_dropped_origin_are_caught_and_named(pointer: str) -> None:
    origins = json.loads(FILES["provenance.json"])
    del origins["origins"][pointer]
    assert pointer in faults(origins=origins)
    document = json.loads(FILES["exchange.json"])
    parent, key = at(document, pointer)
    del parent[key]
    assert faults(document=document)


def spans(entries: Any) -> list[tuple[str, Any]]:
    cited = [
        (where, span)
        for where, each in entries["origins"].items()
        for span in each.get("spans", [])
    ]
    return cited + [(f"/connective/{i}", span) for i, span in enumerate(entries["connective"])]


@pytest.mark.parametrize("number", range(len(spans(ORIGINS))))
def test_a_shifted_span_and_a_changed_quote_are_caught_and_named(number: int) -> None:
    for start, end, quote in (
        (1, 1, ""),
        (-1, -1, ""),
        (0, 1, ""),
        (0, 0, "x"),
        (-9999, -9999, ""),
    ):
        origins = json.loads(FILES["provenance.json"])
        where, span = spans(origins)[number]
        span["start"] += start
        span["end"] += end
        span["quote"] += quote
        assert where in faults(origins=origins)


@pytest.mark.parametrize("number", range(len(ORIGINS["connective"])))
def test_a_dropped_or_cited_connective_passage_is_caught_and_named(number: int) -> None:
    origins = json.loads(FILES["provenance.json"])
    dropped = origins["connective"].pop(number)
    assert f"/code point/{dropped['start']}" in faults(origins=origins)
    origins = json.loads(FILES["provenance.json"])
    origins["origins"]["/title"]["spans"].append(dropped)
    assert f"/code point/{dropped['start']}" in faults(origins=origins)


def test_any_altered_character_of_the_source_is_caught_and_named() -> None:
    source = FILES["source.txt"].decode()
    provenance = Provenance.from_json(*FILES.values())
    for place, character in enumerate(source):
        altered = source[:place] + ("#" if character != "#" else "*") + source[place + 1 :]
        places = {each.where for each in attrs.evolve(provenance, source=altered).problems()}
        assert {f"/code point/{place}", "/source/sha256"} <= places


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/title", {"spans": []}),
        ("/title", {"reading": "aloud"}),
        ("/title", {"reading": "integer"}),
        ("/title", {"reading": "month"}),
        ("/title", {"reading": "role"}),
        ("/groups/0/phase", {"because": ""}),
        ("/seas/0/fips", {"standard": "hearsay"}),
        ("/seas/0/fips", {"value": "03"}),
        ("/identifier", {"value": None}),
    ],
)
def test_an_origin_that_lacks_what_it_must_carry_is_named(pointer: str, change: Any) -> None:
    origins = json.loads(FILES["provenance.json"])
    origins["origins"][pointer] |= change
    assert pointer in faults(origins=origins)


def test_what_is_connective_states_nothing() -> None:
    words = {word for each in ORIGINS["connective"] for word in each["quote"].split()}
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


def test_what_is_not_there_has_no_citation(exchange: smh_p2p.Exchange) -> None:
    with pytest.raises(NotFoundError, match="did you mean '/sessions/2/title'"):
        smh_p2p.cite("/sessions/2/titel")
    with pytest.raises(NotFoundError, match="/period/start"):
        smh_p2p.cite("/period")
    with pytest.raises(NotFoundError, match=r"document, which gives no value there$"):
        smh_p2p.cite("/seas/13/fips")
    with pytest.raises(NotFoundError, match="did you mean '/seas/13/name'"):
        smh_p2p.cite("/seas/13/nam")
    with pytest.raises(NotFoundError, match=r"no record .* in the canonical exchange"):
        smh_p2p.citations(attrs.evolve(exchange.session(1), number=9))


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
