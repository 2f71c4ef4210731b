"""What an answer costs grows with the size of what it is about, and no faster."""

import json
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import pytest

import smh_p2p
from conftest import EVERYTHING
from smh_p2p import Exchange

T = TypeVar("T")
SIZES = (100, 200, 400)  # of each the double of the one before


def calls(function: Callable[[], object]) -> int:
    """Return how many calls a function makes, into Python and into C."""
    count = 0

    def profile(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def memory(function: Callable[[], object]) -> int:
    """Return the bytes that a function needs at its most."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def check_growth(of_size: Callable[[int], T], function: Callable[[T], object]) -> None:
    """Check that for the double of the size a function costs no more than the double."""
    given = [of_size(size) for size in SIZES]
    function(given[0])  # what is done once is not what grows
    for cost, rest in ((calls, 500), (memory, 150_000)):
        first, second, third = (cost(lambda each=each: function(each)) for each in given)  # type: ignore[misc]
        assert third - second <= 2.5 * max(second - first, 0) + rest, (cost, first, second, third)


def exchange(**sequences: list[dict[str, Any]]) -> Exchange:
    document = {"format": 1, "identifier": "x", "title": "X", "source": {"title": "X"}}
    return smh_p2p.from_dict(document | sequences)


EXCHANGES: dict[str, Callable[[int], Exchange]] = {
    "sessions and objectives": lambda size: exchange(
        sessions=[{"number": n + 1, "title": f"Session {n}"} for n in range(size)],
        objectives=[{"number": n + 1, "text": f"To do {n}"} for n in range(size)],
    ),
    "groups of every session": lambda size: exchange(
        groups=[{"number": n + 1, "phase": f"phase {n}"} for n in range(size)],
        sessions=[
            {"number": n + 1, "title": f"{n}", "groups": list(range(1, size + 1))} for n in range(9)
        ],
    ),
    "SEAs": lambda size: exchange(
        seas=[{"name": f"SEA {n}", "aliases": [f"A {n}"]} for n in range(size)]
    ),
    "organizations": lambda size: exchange(
        organizations=[{"name": f"Center {n}", "role": "partner"} for n in range(size)]
    ),
    "text": lambda size: smh_p2p.from_dict(
        smh_p2p.to_dict(smh_p2p.load()) | {"background": "Words. \u00e9\n" * size * 10}
    ),
}


ANSWERS: dict[str, Callable[[Exchange], object]] = {
    "to_json": smh_p2p.to_json,
    "read again": lambda exchange: smh_p2p.from_json(smh_p2p.to_json(exchange)),
    "to_text": smh_p2p.to_text,
    "to_html": smh_p2p.to_html,
    "_repr_html_": Exchange._repr_html_,
    "to_svg": smh_p2p.to_svg,
    "to_jsonld": smh_p2p.to_jsonld,
    "to_tables": smh_p2p.to_tables,
    "from_tables": lambda exchange: smh_p2p.from_tables(smh_p2p.to_tables(exchange)),
    "find": lambda exchange: exchange.find("zzz"),
    "record of each hit": lambda exchange: [*map(exchange.record, exchange.find(exchange.title))],
    "record that is missing": lambda exchange: refused(exchange.record, "/sessions/x"),
    "sea that is missing": lambda exchange: refused(exchange.sea, "Alasca"),
    "organization that is missing": lambda exchange: refused(exchange.organization, "Alasca"),
    "session that is missing": lambda exchange: refused(exchange.session, 9_999),
    "sessions_for": lambda exchange: [
        exchange.sessions_for(each.number) for each in exchange.groups[:9]
    ],
    "repr": repr,
    "hash": hash,
}


def refused(function: Callable[[Any], object], argument: object) -> str:
    with pytest.raises(smh_p2p.SmhP2pError) as caught:
        function(argument)
    assert len(str(caught.value)) < 5_000
    return str(caught.value)


@pytest.mark.parametrize("records", EXCHANGES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_grows_with_the_exchange(answer: str, records: str) -> None:
    check_growth(EXCHANGES[records], ANSWERS[answer])


def document(**changes: Any) -> str:
    return json.dumps(smh_p2p.to_dict(smh_p2p.load()) | changes, ensure_ascii=False)


HOSTILE: dict[str, Callable[[int], str]] = {
    "a long key of many values": lambda size: f'{{"{"k" * size}": [{"0, " * size}0]}}',
    "a long number of a group": lambda size: document(
        groups=[{"number": "9" * size}],
        objectives=[{"number": 1, "text": "To", "groups": list(range(1, size))}],
    ),
    "many SEAs that are none": lambda size: document(seas=[0] * size * 9),
    "many keys that are none": lambda size: document(**{f"key {n}": n for n in range(size)}),
    "a key many times": lambda size: "{" + size * '"title": "T", ' + '"x": 0}',
    "brackets": lambda size: "[" * size * 9,
    "quotes": lambda size: '"' * size * 9,
    "many names twice": lambda size: document(seas=[{"name": f"{n // 2}"} for n in range(size)]),
    "many groups that are none": lambda size: document(
        sessions=[{"number": n + 1, "title": "T", "groups": [n + 9]} for n in range(size)]
    ),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_refusing_a_document_grows_with_the_document(shape: str) -> None:
    check_growth(HOSTILE[shape], lambda text: refused(smh_p2p.from_json, text))


KEYS: dict[str, Callable[[int], str]] = {
    "letters": lambda size: "k" * size,
    "slashes": lambda size: "/" * size,
    "indices": lambda size: "/0" * size,
    "numbers": lambda size: "objective 9" * size,
    "words": lambda size: "of the " * size,
    "marks": lambda size: "a" + "\u0315\u0300" * size,
}
LOOKUPS: dict[str, Callable[[str], object]] = {
    "sea": smh_p2p.load().sea,
    "organization": smh_p2p.load().organization,
    "jurisdiction": smh_p2p.jurisdiction,
    "cite": smh_p2p.cite,
    "resource": smh_p2p.resource,
}


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_miss_grows_with_its_key(lookup: str, keys: str) -> None:
    check_growth(KEYS[keys], lambda key: refused(LOOKUPS[lookup], key))


@pytest.mark.parametrize("marks", ["\u0315\u0300", "\u0323\u0307", "\u3099"])
def test_marks_in_a_row_are_normalised_thirty_at_a_time(marks: str) -> None:
    folded = smh_p2p.fold("a" + marks * 1_000)
    runs = [len(run) for run in folded.removeprefix("a").split("\u034f")]
    assert max(runs) <= 30
    assert sum(runs) == len(marks) * 1_000


PAGES: dict[str, Callable[[int], str]] = {
    name: lambda size, piece=piece: f"A P2P Exchange\n\nBackground: B.\n\n{piece * size}\n"  # type: ignore[misc]
    for name, piece in {
        "bullets": "\u2022 ",
        "commas": "Participating SEAs: Ohio" + "," * 9,
        "parentheses": "The Network (",
        "labels": "Background:\n",
        "sessions": "\u2022 Session 1- T\n",
        "names": "Participating SEAs: Iowa Ohio Guam ",
        "sentences": "The Network facilitated two sessions. ",
        "lines": "\n",
        "one line": "in partnership with A and B, ",
        "counts in a sentence": "to both groups of two sessions ",
        "verbs in a sentence": "A facilitated a session ",
    }.items()
}


@pytest.mark.parametrize("page", PAGES)
def test_reading_a_page_grows_with_the_page(page: str) -> None:
    def read(text: str) -> object:
        try:
            return smh_p2p.read_summary(text).coverage()
        except smh_p2p.InvalidSummaryError as error:
            return str(error)

    check_growth(PAGES[page], read)


PACKAGED = smh_p2p.load_summary()
DOCUMENT = smh_p2p.to_json(PACKAGED.exchange)
TABLES = smh_p2p.to_tables(PACKAGED)
# How many calls an answer about the canonical exchange makes on CPython 3.11.
WORK: dict[str, tuple[int, Callable[[], object]]] = {
    "from_json": (1_298, lambda: smh_p2p.from_json(DOCUMENT)),
    "to_json": (1_119, lambda: smh_p2p.to_json(PACKAGED.exchange)),
    "read_summary": (4_607, lambda: smh_p2p.read_summary(PACKAGED.text)),
    "first lookup": (834, lambda: attrs.evolve(PACKAGED.exchange).sea("AK")),
    "lookup": (4, lambda: smh_p2p.load().sea("AK")),
    "to_html": (29_684, lambda: smh_p2p.to_html(PACKAGED)),
    "to_text": (6_142, lambda: smh_p2p.to_text(PACKAGED)),
    "to_tables": (9_525, lambda: smh_p2p.to_tables(PACKAGED)),
    "from_tables": (2_227, lambda: smh_p2p.from_tables(TABLES)),
    "to_jsonld": (3_242, lambda: smh_p2p.to_jsonld(PACKAGED)),
    "verify": (859, PACKAGED.verify),
}


@pytest.mark.long
@pytest.mark.skipif(not EVERYTHING, reason="counted with the newest attrs, as in CI")
@pytest.mark.parametrize("name", WORK)
def test_an_answer_takes_no_more_work_than_it_did(name: str) -> None:
    """Look for the reason if it takes more; correct the table if it takes less."""
    before, answer = WORK[name]
    answer()  # what is done once is not what is counted
    assert 0.8 * before <= calls(answer) <= 1.05 * before
