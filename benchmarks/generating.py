"""Time the drawing of exchanges with smh_p2p beside two other ways to draw them, in one run.

Run it with the package installed: `python -m pip install '.[testing]'`, then
`python benchmarks/generating.py`. It installs hypothesis-jsonschema, with the newest Hypothesis
that it works with, in an environment of its own. It prints ratios: the machine's speed cancels out.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

JSONSCHEMA = ("hypothesis-jsonschema==0.23.1", "hypothesis==6.170.9")  # 6.170.10 breaks it
ROUNDS = 5
EXAMPLES = 100
STARTS = 30
PARTS = ("groups", "sessions", "objectives", "seas")


def smh_p2p() -> st.SearchStrategy[Any]:
    """Draw groups first and lay references on them."""
    from smh_p2p.testing import exchanges

    return exchanges()


def filtered() -> st.SearchStrategy[Any]:
    """Build each record, and throw away the wholes that break a rule.

    It is kind to itself: one organization, few numbers, so that references have a chance.
    """
    from smh_p2p import (
        SEA,
        Exchange,
        Group,
        InvalidRecordError,
        Objective,
        Organization,
        Period,
        Role,
        Session,
        Source,
        YearMonth,
    )

    numbers = st.integers(1, 4)
    texts = st.text(st.characters(min_codepoint=48, max_codepoint=122), min_size=1)
    marks = st.lists(numbers, max_size=2, unique=True).map(tuple)
    months = st.builds(YearMonth)

    def several(record: type[Any], **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(st.builds(record, **parts), max_size=6).map(tuple)

    def whole(start: YearMonth, end: YearMonth, **parts: Any) -> Exchange | None:
        try:
            return Exchange(period=Period(start=start, end=end), **parts)
        except InvalidRecordError:
            return None

    return st.builds(
        whole,
        start=months,
        end=months,
        identifier=st.just("an-exchange"),
        title=texts,
        organizations=st.tuples(
            st.builds(Organization, name=texts, role=st.just(Role.FACILITATOR))
        ),
        groups=several(Group, number=numbers),
        sessions=several(Session, number=numbers, title=texts, groups=marks),
        objectives=several(Objective, number=numbers, text=texts, groups=marks),
        seas=several(SEA, name=texts, group=st.none() | numbers),
        source=st.builds(Source, title=texts),
    ).filter(lambda drawn: drawn is not None)


def jsonschema() -> st.SearchStrategy[Any]:
    """Draw documents from the JSON Schema; it cannot say what makes them whole."""
    from hypothesis_jsonschema import from_schema  # type: ignore[import-not-found]

    drawn: st.SearchStrategy[Any] = from_schema(json.load(sys.stdin))
    return drawn


WAYS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    way.__name__: way for way in (smh_p2p, filtered, jsonschema)
}


def draw(way: str) -> dict[str, float]:
    """Return the examples a second, and the mean number of parts of each."""
    strategy = WAYS[way]()
    parts: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(drawn: Any) -> None:
        document = drawn if isinstance(drawn, dict) else attrs.asdict(drawn, recurse=False)
        parts.append(sum(len(document.get(name, ())) for name in PARTS))

    start = time.perf_counter()
    collect()
    return {
        "examples/s": len(parts) / (time.perf_counter() - start),
        "parts": statistics.mean(parts),
    }


def measured(python: str, way: str, schema: bytes) -> dict[str, float]:
    """Draw in a process of its own."""
    command = [python, __file__, way]
    done = subprocess.run(command, input=schema, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def compare() -> None:
    """Print one row a way of drawing."""
    from smh_p2p import resource

    schema = resource("schema.json").read_bytes()
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        apart = str(Path(folder, "bin", "python"))
        subprocess.run([apart, "-m", "pip", "install", "--quiet", "attrs", *JSONSCHEMA], check=True)
        pythons = {"smh_p2p": sys.executable, "filtered": sys.executable, "jsonschema": apart}
        for turn in range(ROUNDS):
            for way, python in pythons.items():
                print(f"\rround {turn + 1} of {ROUNDS}: {way:<12}", end="", file=sys.stderr)
                taken[way].append(measured(python, way, schema))
    print(file=sys.stderr)
    rows = {
        way: {
            name: statistics.median(each[name] for each in runs) for name in ("examples/s", "parts")
        }
        for way, runs in taken.items()
    }
    ours = rows["smh_p2p"]
    print(f"{'':<14}{'examples/s':>12}{'smh_p2p / it':>14}{'parts':>8}{'smh_p2p / it':>14}")
    for way, row in rows.items():
        print(
            f"{way:<14}{row['examples/s']:>12.0f}{ours['examples/s'] / row['examples/s']:>14.1f}"
            f"{row['parts']:>8.1f}{ours['parts'] / row['parts']:>14.1f}"
        )


# What the entry point does when Hypothesis starts and nobody uses smh_p2p.
START = """
import os, time
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"
start = time.perf_counter()
import hypothesis
middle = time.perf_counter()
import _smh_p2p_hypothesis
_smh_p2p_hypothesis.register()
print((time.perf_counter() - middle) * 1e3, (middle - start) * 1e3)
"""


def start() -> None:
    """Print what smh_p2p adds to the start of Hypothesis, where it is installed and not used."""
    runs = []
    for turn in range(STARTS):
        print(f"\rstart {turn + 1} of {STARTS}", end="", file=sys.stderr)
        command = [sys.executable, "-c", START]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append([float(each) for each in done.stdout.split()])
    print(file=sys.stderr)
    added, whole = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"start of Hypothesis {whole:.0f} ms; smh_p2p, unused, adds {added:.2f} ms")


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(draw(sys.argv[1])))
    else:
        compare()
        start()
