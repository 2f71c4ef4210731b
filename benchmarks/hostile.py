"""Measure what hostile input costs: seconds and memory for a size, and for twice that size.

Run it with the package installed: `python benchmarks/hostile.py`. A cost that grows with its input
no more than doubles from one column to the next.
"""

import json
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import smh_p2p

MARKS = "\u0315\u0300"  # in the order in which no normal form has them

# What it is, a size, what makes the input of a size, and what is done with it.
Case = tuple[str, int, Callable[[int], Any], Callable[[Any], object]]


def document(**changes: object) -> str:
    """Return the canonical document with other values."""
    return json.dumps(smh_p2p.to_dict(smh_p2p.load()) | changes, ensure_ascii=False)


def large(groups: int) -> smh_p2p.Exchange:
    """Return an exchange of 18 sessions, each of which is tailored to every group."""
    numbers = list(range(1, groups + 1))
    return smh_p2p.from_json(
        document(
            groups=[{"number": number} for number in numbers],
            objectives=[],
            sessions=[
                {"number": number + 1, "title": f"Session {number}", "groups": numbers}
                for number in range(18)
            ],
        )
    )


CASES: list[Case] = [
    (
        "`from_json`: a key of n letters, which holds n numbers",
        66_000,
        lambda n: f'{{"{"k" * n}":[{",".join("0" * n)}]}}',
        smh_p2p.from_json,
    ),
    (
        "`from_json`: a group number of n letters, and n references to it",
        69_000,
        lambda n: document(
            groups=[{"number": "g" * n}],
            objectives=[{"number": 1, "text": "To", "groups": list(range(1, n))}],
        ),
        smh_p2p.from_json,
    ),
    (
        "`from_json`: a name of 2n marks",
        41_000,
        lambda n: document(seas=[{"name": "a" + MARKS * n}, {"name": "b"}]),
        smh_p2p.from_json,
    ),
    (
        "`from_json`: n SEAs that are 0",
        350_000,
        lambda n: document(seas=[0] * n),
        smh_p2p.from_json,
    ),
    ("`sea`: a key of 2n marks", 41_000, lambda n: "a" + MARKS * n, smh_p2p.load().sea),
    ("`cite`: n slashes", 100_000, "/".__mul__, smh_p2p.cite),
    *(
        (
            f"`read_summary`: a sentence of n times {words!r}",
            4_000,
            lambda n, words=words: f"A P2P Exchange\n\nBackground: {words * n}",
            smh_p2p.read_summary,
        )
        for words in ("both groups of ", "to two sessions ", "A facilitated a session ")
    ),
    ("`to_html`: 18 sessions of n groups", 4_999, large, smh_p2p.to_html),
    ("`to_text`: 18 sessions of n groups", 4_999, large, smh_p2p.to_text),
]


def cost(function: Callable[[Any], object], given: object) -> str:
    """Return the seconds and the megabytes that a function takes."""
    start = time.perf_counter()
    with suppress(smh_p2p.SmhP2pError):
        function(given)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    with suppress(smh_p2p.SmhP2pError):
        function(given)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return f"{seconds:.2f} s, {most / 1e6:.0f} MB"


def main() -> None:
    """Print the costs."""
    print("| what | n | for n | for 2n |\n|---|---|---|---|")
    for name, size, make, function in CASES:
        costs = " | ".join(cost(function, make(each)) for each in (size, 2 * size))
        print(f"| {name} | {size:,} | {costs} |", flush=True)


if __name__ == "__main__":
    main()
