import copy
import json
import os
from pathlib import Path
from typing import Any

import attrs
import cattrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import smh_p2p
from smh_p2p import Exchange, InvalidDocumentError, Rule
from smh_p2p.codec import MAX_BYTES
from smh_p2p.pointer import leaves
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
    *parents, last = pointer.split("/")[1:]
    for token in parents:
        document = document[int(token) if isinstance(document, list) else token]
    document[int(last) if isinstance(document, list) else last] = value


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
        ("/organizations/0/role", "partner", None),
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
        "/organizations/0/role": ("/organizations", Rule.FACILITATOR),
        "/not_stated/1": ("/not_stated/4", Rule.UNIQUE),  # the second of the two
    }
    assert problems(smh_p2p.from_dict, document) == [expected.get(where, (where, rule))]


@pytest.mark.parametrize(("number", "rule"), [(0, Rule.NUMBER), (1, Rule.UNIQUE)])
def test_a_group_with_a_wrong_number_is_missed_where_it_is_referred_to(
    document: Any, number: int, rule: Rule
) -> None:
    document["groups"][1]["number"] = number
    told = problems(smh_p2p.from_dict, document)
    assert ("/groups/1/number", rule) in told
    assert ("/sessions/3/groups/1", Rule.REFERENCE) in told


def test_one_mistake_is_one_problem(document: Any) -> None:
    for wrong in ("chair", 1):
        document["organizations"][0]["role"] = wrong
        assert [where for where, _ in problems(smh_p2p.from_dict, document)] == [
            "/organizations/0/role"
        ]
    del document["organizations"]
    assert problems(smh_p2p.from_dict, document) == [("", Rule.MISSING_KEY)]
    document["organizations"] = []
    assert problems(smh_p2p.from_dict, document) == [("/organizations", Rule.FACILITATOR)]


def test_what_is_told_stays_short_however_much_is_wrong(document: Any) -> None:
    document["groups"] = [{"number": number} for number in range(1, 10_000)]
    document["sessions"][0]["groups"] = [*range(10_000, 10_100)]
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.from_dict(document)
    assert max(len(str(problem)) for problem in caught.value.problems) < 300


def test_every_problem_is_told_at_once(document: Any) -> None:
    del document["title"], document["format"], document["sessions"][0]["title"]
    document["seas"][1]["name"] = "alaska"
    document["seas"][2]["fips"] = 13
    document["objectives"][0]["groups"] = [9]
    document["extra"] = 1
    assert set(problems(smh_p2p.from_dict, document)) == {
        ("", Rule.MISSING_KEY),
        ("/sessions/0", Rule.MISSING_KEY),
        ("/seas/1/name", Rule.UNIQUE),
        ("/seas/2/fips", Rule.TYPE),
        ("/objectives/0/groups/0", Rule.REFERENCE),
        ("/extra", Rule.UNKNOWN_KEY),
    }


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
        ("[" * 100 + "]" * 100, "/0" * 33, Rule.DEPTH),
        ('{"a":' * 100 + "1" + "}" * 100, "/a" * 33, Rule.DEPTH),
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


@attrs.frozen
class Shelf:
    label: str
    exchanges: list[Exchange]
    month: smh_p2p.YearMonth
    kind: smh_p2p.JurisdictionKind
    session: smh_p2p.Session


@pytest.mark.parametrize("detailed", [True, False])
def test_a_cattrs_user_can_nest_the_records(exchange: Exchange, detailed: bool) -> None:
    converter = cattrs.Converter(detailed_validation=detailed)
    smh_p2p.register_hooks(converter)
    kind = smh_p2p.JurisdictionKind.STATE
    shelf = Shelf("a", [exchange], smh_p2p.YearMonth.parse("2019-08"), kind, exchange.session(1))
    document = json.loads(json.dumps(converter.unstructure(shelf)))
    assert document["exchanges"] == [smh_p2p.to_dict(exchange)]
    assert converter.structure(document, Shelf) == shelf
    document["exchanges"][0]["sessions"][2]["number"] = "3"
    with pytest.raises((cattrs.BaseValidationError, smh_p2p.InvalidRecordError)) as caught:
        converter.structure(document, Shelf)
    error: Any = caught.value
    while isinstance(error, ExceptionGroup):
        (error,) = error.exceptions
    assert [problem.where for problem in error.problems] == ["/sessions/2/number"]
    assert converter.structure("1", int) == 1  # other types stay as they are
