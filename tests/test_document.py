import copy
import json
import os
import tracemalloc
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import example, given, strategies as st

import smh_p2p
from smh_p2p import Exchange, InvalidDocumentError, Problem, Rule
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.pointer import get, leaves
from smh_p2p.testing import exchanges

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def problems(read: Any, given: object) -> list[tuple[str, Rule]]:
    with pytest.raises(InvalidDocumentError) as caught:
        read(given)
    assert str(caught.value)
    return [(problem.where, problem.rule) for problem in caught.value.problems]


def put(document: Any, pointer: str, value: object) -> Any:
    parent, _, last = pointer.rpartition("/")
    holder = get(document, parent)
    holder[int(last) if isinstance(holder, list) else last] = value


@given(exchanges())
def test_what_is_written_reads_back_equal_and_stays_the_same_to_the_byte(some: Exchange) -> None:
    text = smh_p2p.to_json(some)
    again = smh_p2p.from_json(text.encode())
    assert again == some
    assert smh_p2p.to_json(again) == text
    assert smh_p2p.from_dict(smh_p2p.to_dict(some)) == some


def test_the_shipped_document_is_what_the_writer_writes(exchange: Exchange) -> None:
    shipped = smh_p2p.resource("exchange.json").read_text(encoding="utf-8")
    assert smh_p2p.from_json(shipped) == exchange
    assert smh_p2p.to_json(exchange) == shipped


def test_a_record_other_than_an_exchange_does_not_replace_a_file(
    exchange: Exchange, tmp_path: Path
) -> None:
    path = tmp_path / "exchange.json"
    smh_p2p.write(exchange, path)
    with pytest.raises(TypeError, match=r"SEA\(.* is not an exchange; .* to_dict takes any record"):
        smh_p2p.write(exchange.sea("GU"), path)  # type: ignore[arg-type]
    assert smh_p2p.read(path) == exchange


def test_documents_share_nothing(exchange: Exchange) -> None:
    smh_p2p.to_dict(exchange)["sessions"].clear()
    assert len(smh_p2p.to_dict(exchange)["sessions"]) == 4


def test_reading_leaves_the_document_as_it_was(document: Any) -> None:
    before = copy.deepcopy(document)
    smh_p2p.from_dict(document)
    assert document == before


@given(JSON)
@example({})
@example([])
def test_any_value_is_refused_by_its_pointer(value: object) -> None:
    assert problems(smh_p2p.from_dict, value)
    assert problems(smh_p2p.from_json, json.dumps(value))


@given(st.text() | st.binary())
def test_any_text_and_bytes_are_refused(junk: str | bytes) -> None:
    assert problems(smh_p2p.from_json, junk)


@given(st.data())
def test_a_wrong_type_in_any_place_is_named_by_that_place(data: st.DataObject) -> None:
    document = json.loads(smh_p2p.resource("exchange.json").read_bytes())
    places = [pointer for pointer, _ in leaves(document)]
    places += {place.rpartition("/")[0] for place in places} - {""}
    where = data.draw(st.sampled_from(sorted(places)))
    wrong = data.draw(
        st.sampled_from([None, True, False, 1.0, float("nan"), b"", object(), {1}, ()])
    )
    put(document, where, wrong)
    assert (where, Rule.TYPE) in problems(smh_p2p.from_dict, document)


@pytest.mark.parametrize(
    ("where", "value", "rule"),
    [
        ("/format", 2, Rule.FORMAT),
        ("/format", 0, Rule.FORMAT),
        ("/format", "1", Rule.TYPE),
        ("/format", True, Rule.TYPE),
        ("/format", 1.0, Rule.TYPE),
        ("/identifier", "Not An Identifier", Rule.CODE),
        ("/title", " \u200b\n", Rule.TEXT),
        ("/title", "nul\0", Rule.TEXT),
        ("/title", "\ud800", Rule.TEXT),
        ("/period/start", "2019-13", Rule.CODE),
        ("/period/start", "0000-01", Rule.CODE),
        ("/period/start", "2019-8", Rule.CODE),
        ("/period/start", "２０１９-08", Rule.CODE),
        ("/period/start", "201²-08", Rule.CODE),
        ("/period/end", "2019-07", Rule.ORDER),
        ("/organizations/1/role", "facilitator", None),
        ("/organizations/1/role", "chair", Rule.CHOICE),
        ("/organizations/1/role", 1, Rule.TYPE),
        ("/organizations/1/name", "State  Support NETWORK", Rule.UNIQUE),
        ("/sessions", {}, Rule.TYPE),
        ("/sessions/0/number", 10**17, Rule.NUMBER),
        ("/sessions/1/number", 1, Rule.UNIQUE),
        ("/sessions/1/groups/1", 1, Rule.UNIQUE),
        ("/sessions/1/groups/1", 3, Rule.REFERENCE),
        ("/sessions/1/colour", "red", Rule.UNKNOWN_KEY),
        ("/objectives/1/number", 1, Rule.UNIQUE),
        ("/objectives/1/groups/0", 7, Rule.REFERENCE),
        ("/seas/0/kind", "territory", Rule.CHOICE),
        ("/seas/0/usps", "ak", Rule.CODE),
        ("/seas/0/fips", "2", Rule.CODE),
        ("/seas/0/iso_3166_2", "AK", Rule.CODE),
        ("/seas/0/ccd", "٠٢", Rule.CODE),
        ("/seas/1/name", "ALASKA", Rule.UNIQUE),
        ("/seas/1/usps", "AK", Rule.UNIQUE),
        ("/seas/1/fips", "02", Rule.UNIQUE),
        ("/seas/1/iso_3166_2", "US-AK", Rule.UNIQUE),
        ("/seas/1/ccd", "02", Rule.UNIQUE),
        ("/seas/1/ccd_abbreviation", "AK", Rule.UNIQUE),
        ("/seas/0/group", 3, Rule.REFERENCE),
        ("/source/address", "javascript:alert(1)", Rule.CODE),
        ("/source/sha256", "A" * 64, Rule.CODE),
        ("/not_stated/1", "who spoke", None),
    ],
)
def test_each_rule_is_one_problem_at_its_place(
    document: Any, where: str, value: object, rule: Rule | None
) -> None:
    put(document, where, value)
    expected = {
        "/organizations/1/role": ("/organizations", Rule.FACILITATOR),
        "/not_stated/1": ("/not_stated/4", Rule.UNIQUE),  # the second of the two
    }
    assert problems(smh_p2p.from_dict, document) == [(where, rule) if rule else expected[where]]


def test_the_rules_between_records_wait_until_every_record_is_sound(document: Any) -> None:
    document["groups"][1]["number"] = 0
    document["seas"][1]["name"] = "alaska"
    assert problems(smh_p2p.from_dict, document) == [("/groups/1/number", Rule.NUMBER)]
    document["groups"][1]["number"] = 1
    assert set(problems(smh_p2p.from_dict, document)) == {
        ("/groups/1/number", Rule.UNIQUE),
        ("/seas/1/name", Rule.UNIQUE),
        *((f"/sessions/{index}/groups/1", Rule.REFERENCE) for index in range(4)),
        *((f"/objectives/{index}/groups/0", Rule.REFERENCE) for index in (2, 3)),
    }


def test_one_mistake_is_one_problem(document: Any) -> None:
    for wrong in ("chair", 1):
        document["organizations"][0]["role"] = wrong
        assert [where for where, _ in problems(smh_p2p.from_dict, document)] == [
            "/organizations/0/role"
        ]
    del document["source"]
    document["organizations"] = []
    assert problems(smh_p2p.from_dict, document) == [("", Rule.MISSING_KEY)]


def test_what_is_told_stays_short_however_much_is_wrong(document: Any) -> None:
    document["groups"] = [{"number": number} for number in range(1, 10_000)]
    document["sessions"][0]["groups"] = [*range(10_000, 10_100)]
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.from_dict(document)
    assert max(len(str(problem)) for problem in caught.value.problems) < 300


def test_every_problem_is_told_at_once(document: Any) -> None:
    del document["title"], document["format"], document["sessions"][0]["title"]
    document["seas"][1]["name"] = " "
    document["seas"][2]["fips"] = 13
    document["seas"][2]["usps"] = None
    document["objectives"][0]["groups"] = [9, 9, 0]
    document["extra"] = 1
    document["goal"] = 7
    document["period"]["start"] = "August"
    assert problems(smh_p2p.from_dict, document) == [
        ("", Rule.MISSING_KEY),
        ("/period/start", Rule.CODE),
        ("/sessions/0", Rule.MISSING_KEY),
        ("/objectives/0/groups/1", Rule.UNIQUE),
        ("/objectives/0/groups/2", Rule.NUMBER),
        ("/seas/1/name", Rule.TEXT),
        ("/seas/2/usps", Rule.TYPE),
        ("/seas/2/fips", Rule.TYPE),
        ("/extra", Rule.UNKNOWN_KEY),
        ("", Rule.MISSING_KEY),
        ("/goal", Rule.TYPE),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda document: document.pop("title"), "(whole): missing key 'title'"),
        (lambda document: document.pop("format"), "(whole): missing key 'format'"),
        (lambda document: document["seas"][0].pop("name"), "/seas/0: missing key 'name'"),
        (
            lambda document: document["groups"][0].update(name="A"),
            "/groups/0/name: found the unknown key 'name', expected one of 'number', 'phase'",
        ),
        (lambda document: document.update(goal=None), "/goal: found null, expected text that is "),
        (
            lambda document: document["seas"][0].update(kind="territory"),
            "/seas/0/kind: found 'territory', expected one of 'state', 'outlying area', 'federal'",
        ),
        (
            lambda document: document["period"].update(end="2019-07"),
            "/period/end: found '2019-07', expected a month not before the start, 2019-08",
        ),
        (lambda document: document.update(seas={}), "/seas: found an object, expected an array"),
        (lambda document: document.update(source=7), "/source: found 7, expected an object"),
        (lambda document: document.update(seas=()), "/seas: found a tuple, expected an array"),
    ],
)
def test_a_problem_is_told_in_words(document: Any, change: Any, message: str) -> None:
    change(document)
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_dict(document)
    assert str(caught.value).startswith(message)


def test_a_byte_that_is_no_utf_8_is_named_with_its_place() -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_json(b'{"title": "\xff"}')
    expected = Problem("", Rule.ENCODING, "byte 0xff at offset 11", "UTF-8")
    assert (caught.value.problems, caught.value.more) == ((expected,), 0)


def test_where_a_schema_is_named_is_ignored(document: Any, exchange: Exchange) -> None:
    for name in ("schema.json", None, 7):
        assert smh_p2p.from_dict({"$schema": name, **document}) == exchange
    assert "$schema" not in smh_p2p.to_dict(exchange)
    document["source"]["$schema"] = "schema.json"
    assert problems(smh_p2p.from_dict, document) == [("/source/$schema", Rule.UNKNOWN_KEY)]


@given(exchanges())
def test_every_record_is_written_as_it_stands_in_the_document(exchange: Exchange) -> None:
    document = smh_p2p.to_dict(exchange)
    for name in ("organizations", "groups", "sessions", "objectives", "seas"):
        assert [*map(smh_p2p.to_dict, getattr(exchange, name))] == document.get(name, [])
    assert smh_p2p.to_dict(exchange.source) == document["source"]
    if exchange.period:
        assert smh_p2p.to_dict(exchange.period) == document["period"]


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Unlike:
    """What cannot be compared, as an array of several numbers cannot."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("/title", Text("T")),
        ("/groups/0/number", Number(1)),
        ("/title", Unlike()),
        ("/groups", Unlike()),
        ("/period", Unlike()),
        ("/seas/0/kind", Unlike()),
        ("/seas/0/kind", []),
        ("/groups/0/number", 10**5000),
    ],
    ids=range(8),
)
def test_what_only_looks_like_a_value_is_refused(document: Any, where: str, value: object) -> None:
    put(document, where, value)
    assert [place for place, _ in problems(smh_p2p.from_dict, document)] == [where]


def test_subclasses_of_dict_are_read_and_left_as_they_are(
    document: Any, exchange: Exchange
) -> None:
    lazy: Any = defaultdict(list, document)
    assert smh_p2p.from_dict(lazy) == exchange
    assert lazy == document


def test_a_structure_that_holds_itself_is_refused(document: Any) -> None:
    document["seas"].append(document["seas"])
    document["groups"][0]["phase"] = document
    assert problems(smh_p2p.from_dict, document) == [
        ("/groups/0/phase", Rule.TYPE),
        ("/seas/14", Rule.TYPE),
    ]


@pytest.mark.parametrize("key", [1, None, (), b"title", Text("x")])
def test_a_key_that_is_no_key_of_a_record_is_unknown(document: Any, key: Any) -> None:
    document[key] = 1
    (problem,) = problems(smh_p2p.from_dict, document)
    assert problem[1] is Rule.UNKNOWN_KEY


def test_an_error_of_somebody_else_passes_through(document: Any, monkeypatch: Any) -> None:
    def interrupted(_: object) -> None:
        raise error

    for error in (TypeError("elsewhere"), MemoryError(), KeyboardInterrupt()):
        monkeypatch.setattr("smh_p2p.rules.fold", interrupted)
        with pytest.raises(type(error)) as caught:
            smh_p2p.from_dict(document)
        assert caught.value is error


def test_very_many_problems_are_counted_and_not_kept() -> None:
    document = json.dumps({"format": 1, "seas": [0] * 100_000, "groups": [{}] * 10})
    tracemalloc.start()
    try:
        with pytest.raises(InvalidDocumentError) as caught:
            smh_p2p.from_json(document)
        assert (len(caught.value.problems), caught.value.more) == (1_000, 99_013)
        assert str(caught.value).startswith("100013 problems:")
        assert str(caught.value).count("\n") == 21
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * len(document)


def test_very_many_problems_of_one_record_are_counted_too(document: Any) -> None:
    document["sessions"][0]["groups"] = [0] * 3_000
    document["title"] = document["goal"] = 7
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_dict(document)
    assert (len(caught.value.problems), caught.value.more) == (1_000, 2_002)
    assert [problem.where for problem in caught.value.problems[:2]] == [
        "/sessions/0/groups/0",
        "/sessions/0/groups/1",
    ]


def test_a_long_key_is_not_copied_for_every_value_below_it() -> None:
    document = json.dumps({"k" * 60_000: [0] * 20_000, "seas": [{"k" * 60_000: [0]}]})
    tracemalloc.start()
    try:
        with pytest.raises(InvalidDocumentError) as caught:
            smh_p2p.from_json(document)
        assert len(str(caught.value)) < 2_000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * len(document)


def test_of_a_newer_format_only_that_is_said(document: Any) -> None:
    document |= {"format": 2, "novelty": 1}
    assert problems(smh_p2p.from_dict, document) == [("/format", Rule.FORMAT)]


@pytest.mark.parametrize(
    ("junk", "where", "rule"),
    [
        (b"", "", Rule.SYNTAX),
        ('{"format": 1', "", Rule.SYNTAX),
        ("{}".encode("utf-16"), "", Rule.ENCODING),
        ("{}".encode("utf-32-le"), "", Rule.SYNTAX),
        ('{"title": "é"}'.encode("latin-1"), "", Rule.ENCODING),
        ("[" * 1_000_000, "", Rule.DEPTH),
        ('{"a":' * 1_000_000 + "1", "", Rule.DEPTH),
        ('{"title": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}", "", Rule.DEPTH),
        ("[" * 100 + "]" * 100, "", Rule.TYPE),
        ('{"title": ' + "[" * 100 + "]" * 100 + "}", "/title", Rule.TYPE),
        ('{"a":' * 100 + "1" + "}" * 100, "/a", Rule.UNKNOWN_KEY),
        (" " * (MAX_BYTES + 1), "", Rule.SIZE),
        (None, "", Rule.TYPE),
        (1, "", Rule.TYPE),
        ('{"format": ' + "9" * 10_000 + "}", "/format", Rule.TYPE),
        ('{"format": 1, "a/b~": 1, "a/b~": 2}', "/a~1b~0", Rule.DOUBLED_KEY),
        ('{"format": 1, "\\ud800\\n": 1}', "/\ud800\n", Rule.UNKNOWN_KEY),
        ('{"title": NaN}', "/title", Rule.TYPE),
    ],
)
def test_hostile_json_is_refused_by_name(junk: Any, where: str, rule: Rule) -> None:
    assert (where, rule) in problems(smh_p2p.from_json, junk)


def test_messages_can_be_printed_anywhere() -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_json('{"\\ud800\\n": 1}')
    assert str(caught.value).encode().count(b"\\ud800\\n") == 2


def test_a_stack_that_is_deep_already_is_not_taken_for_a_deep_document(
    document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(document)

    def descend() -> None:
        smh_p2p.from_json(text)
        descend()

    with pytest.raises(RecursionError):
        descend()
    monkeypatch.setattr(json, "loads", Mock(side_effect=RecursionError))
    for shallow in (text, "[" + "[], " * 99 + '"[[[", {}]', "{" * 32 + "}" * 32):
        with pytest.raises(RecursionError):
            smh_p2p.from_json(shallow)


def test_a_doubled_key_alone_makes_a_document_unsound(exchange: Exchange) -> None:
    text = smh_p2p.to_json(exchange).replace('"format": 1', '"format": 1, "format": 1')
    assert problems(smh_p2p.from_json, text) == [("/format", Rule.DOUBLED_KEY)]


def test_a_byte_order_mark_is_passed_over(exchange: Exchange) -> None:
    text = smh_p2p.to_json(exchange)
    assert smh_p2p.from_json(text.encode("utf-8-sig")) == exchange
    assert smh_p2p.from_json("\ufeff" + text) == exchange


def test_a_message_lists_a_few_of_very_many_problems() -> None:
    with pytest.raises(InvalidDocumentError, match=r"and 8[0-9] more") as caught:
        smh_p2p.from_dict({"seas": [None] * 100})
    assert len(caught.value.problems) > 100


def test_files_round_trip(exchange: Exchange, tmp_path: Path) -> None:
    file = tmp_path / "exchange.json"
    smh_p2p.write(exchange, file)
    assert smh_p2p.read(str(file)) == exchange
    assert file.stat().st_mode & 0o077 == 0o066 & ~current_umask()
    file.chmod(0o640)
    smh_p2p.write(exchange, file)
    assert file.stat().st_mode & 0o777 == 0o640


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "exchange.json"
    file.write_text("old")

    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        smh_p2p.write(exchange, file)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("exchange.json", "old")
    ]


def test_a_link_is_written_through(exchange: Exchange, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    smh_p2p.write(exchange, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert smh_p2p.read(tmp_path / "real") == exchange


@pytest.mark.parametrize("path", ["/no/such/file", ".", "nul\0", None, 3.5, "\ud800"])
def test_a_path_that_cannot_be_read_is_an_os_error(path: Any) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - each platform words it its own way
        smh_p2p.read(path)


def test_a_file_too_large_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 30)
    assert problems(smh_p2p.read, file) == [("", Rule.SIZE)]


def test_a_document_that_is_read_is_written_so_that_it_can_be_read_again(
    monkeypatch: pytest.MonkeyPatch, exchange: Exchange
) -> None:
    indented = smh_p2p.to_json(exchange)
    compact = json.dumps(json.loads(indented), separators=(",", ":"), ensure_ascii=False) + "\n"
    size = len(indented.encode())
    for most, written in ((size, indented), (size - 1, compact)):
        monkeypatch.setattr("smh_p2p.jsontext.MAX_BYTES", most)
        assert smh_p2p.to_json(exchange) == written
        assert smh_p2p.from_json(written) == exchange
