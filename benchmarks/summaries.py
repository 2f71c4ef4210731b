"""Time the reading of summary pages beside the equal JSON documents, and see how it grows.

Run it with the package installed: `python benchmarks/summaries.py`. Growth is linear if the time
for a thousand characters, or for a page, stays the same from row to row.
"""

import compileall
import statistics
import time
from collections.abc import Callable, Sequence

import smh_p2p

ROUNDS = 15
LENGTHS = (1, 10, 100, 1_000)  # times that a list of the page is as long
PAGES = (1, 100, 10_000)


def microseconds(calls: int, *functions: Callable[[], object]) -> list[float]:
    """Return the median time of a call of each function; they take turns."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(ROUNDS):
        for function, found in zip(functions, times, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                function()
            found.append((time.perf_counter() - start) / calls * 1e6)
    return [statistics.median(each) for each in times]


def long_page(times: int) -> str:
    """Return a page with that many sessions and objectives, and as much prose that is unread."""
    sessions = "".join(f"  • Session {n}- Title {n}\n" for n in range(1, min(times, 9_999) + 1))
    objectives = "  • To read the page. (Group 1)\n" * min(times, 9_999)
    prose = "The weather was fine, and nobody wrote anything else down. " * times
    return (
        f"A P2P Exchange Series Summary\n\nP2P Description: {prose}\n\n{sessions}\n"
        f"P2P Objectives: These were the objectives:\n\n{objectives}\n"
        "Participating SEAs: Alaska, Guam and Ohio.\n\nP2P Duration: August 2019\n"
    )


def rows(title: str, head: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    print(f"\n{title}\n")
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for line in lines:
        print("| " + " | ".join(str(each) for each in line) + " |")


def main() -> None:
    """Print the times."""
    compileall.compile_dir(smh_p2p.__path__[0], quiet=1)
    page = smh_p2p.load_summary().text
    document = smh_p2p.to_json(smh_p2p.load())
    read, from_json = microseconds(
        30, lambda: smh_p2p.read_summary(page), lambda: smh_p2p.from_json(document)
    )
    rows(
        "The page of the canonical exchange",
        ("", "µs", "a second", "÷ from_json"),
        [
            ("read_summary", f"{read:.0f}", f"{1e6 / read:.0f}", f"{read / from_json:.1f}"),
            ("from_json", f"{from_json:.0f}", f"{1e6 / from_json:.0f}", 1),
        ],
    )
    lines = []
    for times in LENGTHS:
        text = long_page(times)
        (each,) = microseconds(1, lambda text=text: smh_p2p.read_summary(text))  # type: ignore[misc]
        lines.append((times, len(text), f"{each / 1000:.1f}", f"{each / len(text) * 1000:.0f}"))
    rows("A longer page", ("items", "characters", "ms", "µs a thousand characters"), lines)
    many, kept = [], []
    for count in PAGES:
        start = time.perf_counter()
        kept.append([smh_p2p.read_summary(page) for _ in range(count)])
        seconds = time.perf_counter() - start
        many.append((count, f"{seconds:.2f}", f"{seconds / count * 1e6:.0f}"))
    rows("Many pages, all of them kept", ("pages", "s", "µs each"), many)


if __name__ == "__main__":
    main()
