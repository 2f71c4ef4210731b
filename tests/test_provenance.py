import copy
import json
import pickle
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given, strategies as st

import smh_p2p
import smh_p2p.summary
from smh_p2p import (
    Citation,
    Coverage,
    InvalidDocumentError,
    InvalidOriginError,
    Origin,
    Problem,
    Rule,
    Span,
    Summary,
)
from smh_p2p.errors import brief
from smh_p2p.pointer import leaves
from smh_p2p.provenance import FILES, read_origins

CONTENTS = {name: smh_p2p.resource(name).read_bytes() for name in FILES}
ORIGINS = json.loads(CONTENTS["provenance.json"])
POINTERS = [pointer for pointer, _ in leaves(json.loads(CONTENTS["exchange.json"]))]
SCHEMA = jsonschema.Draft202012Validator(
    json.loads(smh_p2p.resource("provenance-schema.json").read_bytes())
)


@pytest.fixture
def summary() -> Summary:
    return Summary.from_files(*CONTENTS.values())


def faults(summary: Summary) -> set[str]:
    return {problem.where for problem in summary.problems()}


def edited(change: Any) -> bytes:
    origins = json.loads(CONTENTS["provenance.json"])
    change(origins)
    return json.dumps(origins).encode()


def refused(origins: bytes) -> set[str]:
    with pytest.raises(InvalidOriginError) as refusal:
        read_origins(origins)
    return {problem.where for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("/seas/3/name", "<Citation '/seas/3/name': quoted 'Guam'>"),
        ("/sessions/1/number", "<Citation '/sessions/1/number': quoted 2>"),
        ("/seas/3/fips", "<Citation '/seas/3/fips': reference '66'>"),
        (
            "/definition",
            "<Citation '/definition': "
            "quoted 'A P2P exchange is a facilit...llenges and share successes.'>",
        ),
    ],
)
def test_a_citation_is_printed_on_one_line(summary: Summary, pointer: str, text: str) -> None:
    assert repr(summary.cite(pointer)) == text


def test_a_summary_is_printed_as_what_it_holds(summary: Summary) -> None:
    assert repr(summary) == (
        "<Summary 'school-mental-health-p2p-exchange-series-2019': "
        "4 sessions, 4 objectives, 14 SEAs, 164 citations>"
    )


def test_a_summary_travels_and_stays_the_same(summary: Summary) -> None:
    copies = (pickle.loads(pickle.dumps(summary)), copy.copy(summary), copy.deepcopy(summary))  # noqa: S301 - our own bytes
    for each in copies:
        assert each == summary
        with pytest.raises(TypeError):
            each.origins["/title"] = None  # type: ignore[index]


def test_a_summary_keeps_what_it_was_made_of(summary: Summary) -> None:
    origins, licence = {**summary.origins}, {"name": "own"}
    own = attrs.evolve(summary, origins=origins, licence=licence)
    origins.clear()
    licence.clear()
    assert (own.origins, own.licence) == (summary.origins, {"name": "own"})


@pytest.mark.parametrize("where", ["", "/title", "title", "/seas/0/name"])
def test_a_summary_without_origins_cites_nothing(summary: Summary, where: str) -> None:
    with pytest.raises(smh_p2p.NotFoundError):
        attrs.evolve(summary, origins={}).cite(where)


def test_what_is_written_is_what_was_read(summary: Summary) -> None:
    assert summary.files() == CONTENTS
    assert faults(summary) == set()


def test_every_changed_leaf_of_a_document_is_told_from_the_others(tmp_path: Path) -> None:
    smh_p2p.load_summary().write(tmp_path / "mine")
    document = json.loads(CONTENTS["exchange.json"])
    document["sessions"][1]["title"] = "Another title"
    document["seas"][3]["fips"] = "67"
    document["objectives"].append({"number": 9, "text": "A new one"})
    del document["goal"]
    (tmp_path / "mine" / "exchange.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidOriginError) as refusal:
        smh_p2p.summary.read(tmp_path / "mine")
    assert {str(problem) for problem in refusal.value.problems} == {
        "/sessions/1/title: found 'Another title', expected 'Build Collaborative Partner..."
        "al Component of SMH Programs', the value of its origin",
        "/seas/3/fips: found '67', expected '66', the value of its origin",
        "/objectives/4/number: found no origin, expected one",
        "/objectives/4/text: found no origin, expected one",
        "/goal: found the origin of no leaf, expected a pointer to a leaf",
    }


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_leaf_without_an_origin_is_named(pointer: str, summary: Summary) -> None:
    origins = {key: each for key, each in summary.origins.items() if key != pointer}
    assert faults(attrs.evolve(summary, origins=origins)) == {pointer}


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [(1, 1, ""), (-1, -1, ""), (0, 1, ""), (0, 0, "x"), (-9999, -9999, ""), (9999, 9999, "")],
)
def test_a_shifted_span_and_a_changed_quote_are_named(
    start: int, end: int, quote: str, summary: Summary
) -> None:
    for pointer, citation in summary.origins.items():
        for index, span in enumerate(citation.spans):
            moved = Span(start=span.start + start, end=span.end + end, quote=span.quote + quote)
            spans = (*citation.spans[:index], moved, *citation.spans[index + 1 :])
            changed = {**summary.origins, pointer: attrs.evolve(citation, spans=spans)}
            assert pointer in faults(attrs.evolve(summary, origins=changed))


def test_a_label_that_is_cited_or_not_there_is_named(summary: Summary) -> None:
    cited = summary.cite("/title").spans[0]
    nowhere = Span(start=3, end=5, quote="xx")
    assert faults(attrs.evolve(summary, labels=(cited,))) == {"/labels/0"}
    assert faults(attrs.evolve(summary, labels=(*summary.labels, nowhere))) >= {
        f"/labels/{len(summary.labels)}"
    }


def test_a_label_that_is_dropped_is_unread(summary: Summary) -> None:
    for index, label in enumerate(summary.labels):
        labels = summary.labels[:index] + summary.labels[index + 1 :]
        (unread,) = attrs.evolve(summary, labels=labels).unread
        assert (unread.start, unread.end, unread.quote) == (label.start, label.end, label.quote)


RANGES = st.lists(st.tuples(st.integers(-9, 19), st.integers(-9, 19)), max_size=3)


@given(st.text(max_size=9), RANGES, RANGES)
def test_what_lies_outside_of_a_page_is_no_share_of_it(
    text: str, cited: list[tuple[int, int]], labels: list[tuple[int, int]]
) -> None:
    def spans(ranges: list[tuple[int, int]]) -> tuple[Span, ...]:
        return tuple(Span(start=start, end=end, quote="") for start, end in ranges)

    def places(ranges: list[tuple[int, int]]) -> set[int]:
        return {at for start, end in ranges for at in range(max(start, 0), min(end, len(text)))}

    origins = {"/title": Citation(pointer="/title", origin=Origin.QUOTED, spans=spans(cited))}
    page = attrs.evolve(smh_p2p.load_summary(), text=text, origins=origins, labels=spans(labels))
    only_labels, unread = (
        places(labels) - places(cited),
        {*range(len(text))} - places(cited + labels),
    )
    counts = [len(each) for each in (places(cited), only_labels, unread)]
    assert page.coverage() == Coverage(0.0, *(count / (len(text) or 1) for count in counts))
    assert {at for each in page.unread for at in range(each.start, each.end)} == unread


def test_a_value_beside_its_passages_is_kept() -> None:
    def change(origins: Any) -> None:
        origins["origins"]["/title"]["value"] = "Another title"
        origins["origins"]["/seas/3/fips"]["spans"] = [{"start": 0, "end": 6, "quote": "School"}]

    files = {**CONTENTS, "provenance.json": edited(change)}
    summary = Summary.from_files(*files.values())
    written = summary.files()
    assert Summary.from_files(*written.values()) == summary
    assert summary.cite("/title").value == "Another title"
    SCHEMA.validate(json.loads(written["provenance.json"]))


def test_another_text_is_named(summary: Summary) -> None:
    longer = attrs.evolve(summary, text=summary.text + "\n")
    stated, real = (sha256(each.text.encode()).hexdigest() for each in (summary, longer))
    expected = f"{real}, the SHA-256 of the text"
    problem = Problem("/source/sha256", Rule.ORIGIN, brief(stated), expected)
    assert [*longer.problems()] == [problem]


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/title", {"spans": []}),
        ("/title", {"reading": "aloud"}),
        ("/title", {"reading": "integer"}),
        ("/title", {"reading": "month"}),
        ("/title", {"reading": "role"}),
        ("/groups/0/phase", {"because": ""}),
        ("/seas/0/fips", {"standard": None}),
        ("/seas/0/fips", {"value": "03"}),
        ("/identifier", {"value": None}),
        ("/sessions/0/number", {"reading": "verbatim"}),
    ],
)
def test_an_origin_that_lacks_what_it_must_carry_is_named(pointer: str, change: Any) -> None:
    origins = json.loads(CONTENTS["provenance.json"])
    entry = origins["origins"][pointer] | change
    origins["origins"][pointer] = {key: each for key, each in entry.items() if each is not None}
    contents = {**CONTENTS, "provenance.json": json.dumps(origins).encode()}
    assert faults(Summary.from_files(*contents.values())) == {pointer}


@pytest.mark.parametrize(
    ("origins", "where"),
    [
        (b"{}", ""),
        (b"[]", ""),
        (b"{", ""),
        (b"\xff", ""),
        (b'{"origins": {}, "origins": {}}', "/origins"),
        (b'{"origins": {"/a": {}, "/a": {}}}', "/origins/~1a"),
        (b'{"origins": {"\\ud800": {}}}', "/origins"),
        (b'{"origins": {}, "standards": {"x": {"title": "\\ud800"}}}', "/standards/x/title"),
        (b'{"origins": []}', "/origins"),
        (b'{"origins": {}, "labels": {}}', "/labels"),
        (b'{"origins": {}, "labels": [5]}', "/labels/0"),
        (b'{"origins": {}, "labels": [{"start": 0, "end": 1}]}', "/labels/0"),
        (b'{"origins": {}, "labels": [{"start": true, "end": 1, "quote": ""}]}', "/labels/0/start"),
        (b'{"origins": {}, "standards": {"x": {"title": "T"}}}', "/standards/x"),
        (b'{"origins": {}, "more": 1}', "/more"),
        (b'{"origins": {"/a": {}}}', "/origins/~1a"),
        (b'{"origins": {"/a": 5}}', "/origins/~1a"),
        (b'{"origins": {"/a": {"origin": "said"}}}', "/origins/~1a/origin"),
        (b'{"origins": {"/a": {"origin": ["quoted"]}}}', "/origins/~1a/origin"),
        (b'{"origins": {"/a": {"origin": "quoted", "x": 1}}}', "/origins/~1a/x"),
        (b'{"origins": {"/a": {"origin": "assigned", "value": 0.5}}}', "/origins/~1a/value"),
        (b'{"origins": {"/a": {"origin": "reference", "standard": "x"}}}', "/origins/~1a/standard"),
    ],
)
def test_origins_that_are_not_of_their_format_are_refused_at_their_place(
    origins: bytes, where: str
) -> None:
    assert where in refused(origins)
    try:
        document = json.loads(origins)
    except ValueError:
        return
    names_a_standard = where.endswith("/standard")  # what a schema cannot compare
    unseen = origins.count(b'"origins"') > 1 or rb"\ud800" in origins
    assert SCHEMA.is_valid(document) is (names_a_standard or unseen) or unseen


def test_all_problems_of_origins_are_named_at_once() -> None:
    def change(origins: Any) -> None:
        origins["origins"]["/title"]["origin"] = "said"
        origins["labels"][3]["end"] = "x"

    assert refused(edited(change)) == {"/origins/~1title/origin", "/labels/3/end"}


@given(st.data())
def test_no_spoiled_origins_raise_anything_else(data: st.DataObject) -> None:
    origins = json.loads(CONTENTS["provenance.json"])
    node: Any = origins
    while True:
        keys = [*node] if isinstance(node, dict) else [*range(len(node))]
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(node[key], dict | list) and node[key]) or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(
        st.sampled_from([None, True, -1, 10**30, 0.5, "", "x", "quoted", [], {}, [1], {"x": 1}])
    )
    contents = {**CONTENTS, "provenance.json": json.dumps(origins).encode()}
    try:
        summary = Summary.from_files(*contents.values())
    except InvalidOriginError:
        return
    assert SCHEMA.is_valid(origins)
    assert {*summary.origins} == {*origins["origins"]}
    assert all(problem.rule is Rule.ORIGIN for problem in summary.problems())


def test_a_broken_document_and_a_text_in_another_encoding_are_refused() -> None:
    with pytest.raises(InvalidDocumentError):
        Summary.from_files(b"{}", CONTENTS["provenance.json"], CONTENTS["source.txt"])
    with pytest.raises(InvalidOriginError, match="UTF-8"):
        Summary.from_files(CONTENTS["exchange.json"], CONTENTS["provenance.json"], b"\xff")


def test_two_standards_of_one_name_are_not_written(summary: Summary) -> None:
    citation = summary.cite("/seas/0/fips")
    assert citation.standard is not None
    standard = attrs.evolve(citation.standard, edition="another")
    other = {**summary.origins, "/seas/0/fips": attrs.evolve(citation, standard=standard)}
    with pytest.raises(InvalidOriginError, match="another standard 'fips'"):
        attrs.evolve(summary, origins=other).files()


def test_the_shipped_origins_are_of_their_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA.schema)
    SCHEMA.validate(ORIGINS)
