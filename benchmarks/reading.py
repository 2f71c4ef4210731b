"""Time the reading and writing of documents beside pydantic and `json`, and see how both grow.

Run it with the packages installed: `python -m pip install . 'pydantic>=2'`, then
`python benchmarks/reading.py`, on Linux or macOS. The pydantic models have the same rules, except
that they take a key that is written twice and a document of any size, and no byte order mark. It
prints ratios of medians: the machine's speed cancels out.
"""

import argparse
import compileall
import gc
import json
import re
import statistics
import sys
import sysconfig
import time
import timeit
import tracemalloc
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from multiprocessing import get_context
from operator import attrgetter, getitem
from resource import RUSAGE_SELF, getrusage
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

import attrs
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_validator,
)

import smh_p2p
from smh_p2p import JurisdictionKind, Role, values

ROUNDS = 60
CALLS = 50
SEAS = (10, 100, 1_000, 10_000, 40_000)
DOCUMENTS = (1, 100, 10_000)
MOST_TRACED = 1_000  # documents: tracemalloc makes reading several times slower
ENOUGH = 20_000_000  # characters: what one time is measured on

C = TypeVar("C", bound=Collection[Hashable])


def distinct(values: C) -> C:
    """Refuse an item that is there twice."""
    if len(set(values)) < len(values):
        raise ValueError("an item is there twice")
    return values


class YearMonth(NamedTuple):
    """A month; months compare as they should."""

    year: int
    month: int

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read `YYYY-MM`."""
        if match := re.fullmatch(str(values.YEAR_MONTH_TEXT.allowed), str(value)):
            return cls(int(match[1]), int(match[2]))
        raise ValueError("not a month")

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


# The patterns of smh_p2p mean the same in Rust, where no text has surrogates.
Text = Annotated[str, Field(pattern=f"^{values.TEXT.allowed}$")]
Texts = Annotated[tuple[Text, ...], AfterValidator(distinct)]
Number = Annotated[int, Field(ge=1, le=9999)]
Numbers = Annotated[tuple[Number, ...], AfterValidator(distinct)]
Month = Annotated[YearMonth, PlainValidator(YearMonth.parse), PlainSerializer(str)]
Identifier = Annotated[str, Field(pattern=f"^{values.IDENTIFIER.allowed}$")]
Address = Annotated[str, Field(pattern=f"^{values.ADDRESS.allowed}$")]
Sha256 = Annotated[str, Field(pattern=f"^{values.SHA256.allowed}$")]
TwoLetters = Annotated[str, Field(pattern=f"^{values.TWO_LETTERS.allowed}$")]
TwoDigits = Annotated[str, Field(pattern=f"^{values.TWO_DIGITS.allowed}$")]
Iso3166 = Annotated[str, Field(pattern=f"^{values.ISO_3166_2.allowed}$")]
ABSENT: Any = None  # a default is not validated, so `null` in a document is refused


class Record(BaseModel):
    """Nothing is coerced, and nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Period(Record):
    """Two months in order."""

    start: Month
    end: Month

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """Refuse an end before the start."""
        if self.end < self.start:
            raise ValueError("the end is before the start")
        return self


class Source(Record):
    """What an exchange is known from."""

    title: Text
    publisher: Text = ABSENT
    address: Address = ABSENT
    sha256: Sha256 = ABSENT


class Organization(Record):
    """Who ran an exchange or helped to."""

    name: Text
    abbreviation: Text = ABSENT
    role: Role


class Group(Record):
    """A group of SEAs."""

    number: Number
    phase: Text = ABSENT


class Session(Record):
    """A session."""

    number: Number
    title: Text
    groups: Numbers = ()


class Objective(Record):
    """An objective."""

    number: Number
    text: Text
    groups: Numbers = ()


class SEA(Record):
    """A state educational agency."""

    name: Text
    abbreviation: Text = ABSENT
    kind: JurisdictionKind
    usps: TwoLetters = ABSENT
    fips: TwoDigits = ABSENT
    iso_3166_2: Iso3166 = ABSENT
    ccd: TwoDigits = ABSENT
    ccd_abbreviation: TwoLetters = ABSENT
    aliases: Texts = ()
    group: Number = ABSENT


NAME, NUMBER = attrgetter("name"), attrgetter("number")
CODES = [attrgetter(c) for c in ("usps", "fips", "iso_3166_2", "ccd", "ccd_abbreviation")]


class Exchange(Record):
    """A document."""

    format: Literal[1]
    identifier: Identifier
    title: Text
    background: Text = ABSENT
    definition: Text = ABSENT
    goal: Text = ABSENT
    period: Period = ABSENT
    organizations: tuple[Organization, ...] = ()
    groups: tuple[Group, ...] = ()
    sessions: tuple[Session, ...] = ()
    objectives: tuple[Objective, ...] = ()
    seas: tuple[SEA, ...] = ()
    source: Source
    not_stated: Texts = ()

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Check the rules between records."""
        for named in (self.organizations, self.seas):
            distinct(["".join(name.casefold().split()) for name in map(NAME, named)])
        for numbered in (self.groups, self.sessions, self.objectives):
            distinct(list(map(NUMBER, numbered)))
        for code in CODES:
            distinct([each for each in map(code, self.seas) if each is not None])
        references = [sea.group for sea in self.seas]
        references += [number for session in self.sessions for number in session.groups]
        references += [number for objective in self.objectives for number in objective.groups]
        numbers = {ABSENT, *map(NUMBER, self.groups)}
        if not numbers.issuperset(references):
            raise ValueError("a number is not that of a group")
        if [each.role for each in self.organizations].count(Role.FACILITATOR) > 1:
            raise ValueError("there is more than one facilitator")
        return self


# Places of the canonical document, and a value that is wrong there.
BROKEN = """
format 2; identifier "Not One"; title " "; title 5; goal null; source {}; source/sha256 "0";
source/address "ftp://example.org"; period/end "2019-13"; period/end "2019-07";
organizations/1/role "facilitator"; sessions/0/number 0; sessions/0/number "1";
sessions/0/number true; sessions/0/number 2; sessions/0/room "B"; sessions/0/groups [1, 1];
sessions/0/groups [3]; seas/0/kind "county"; seas/0/fips "2"; seas/0/usps "CO";
seas/0/name "NEWYORK"; seas/0/group 3
""".split(";")


def check_models(text: str) -> None:
    """Stop if the models do not write what they read, or read what smh_p2p refuses."""
    if written(Exchange.model_validate_json(text)) + "\n" != text:
        raise SystemExit("the models do not write the canonical document as they read it")
    readers: dict[Callable[[str], object], type[Exception]] = {
        smh_p2p.from_json: smh_p2p.InvalidDocumentError,
        Exchange.model_validate_json: ValidationError,
    }
    for change in BROKEN:
        place, value = change.split(maxsplit=1)
        *path, last = (int(step) if step.isdigit() else step for step in place.split("/"))
        broken = json.loads(text)
        reduce(getitem, path, broken)[last] = json.loads(value)
        for read, refusal in readers.items():
            try:
                read(json.dumps(broken))
            except refusal:
                continue
            raise SystemExit(f"{read.__qualname__} accepts {change}")
    print(f"Both accept the canonical document and refuse {len(BROKEN)} broken ones.")


def written(exchange: Exchange) -> str:
    """Return the document without what is absent or empty, as smh_p2p does."""
    return exchange.model_dump_json(indent=2, exclude_defaults=True)


def once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, and refuse a key that is written twice."""
    values = dict(members)
    if len(values) < len(members):
        raise ValueError("a key is there twice")
    return values


def medians(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median microseconds of a call of each contender, called in turn."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(ROUNDS + 1):
        print(f"\rcalls: round {turn} of {ROUNDS}", end="", file=sys.stderr, flush=True)
        for name, call in calls.items():
            seconds = timeit.timeit(call, number=CALLS)
            if turn:  # the first is a warm-up
                taken[name].append(seconds / CALLS * 1e6)
    print(file=sys.stderr)
    return {name: statistics.median(times) for name, times in taken.items()}


def compare(text: str) -> None:
    """Print one row a pair of contenders, with the ratio of their times."""
    ours, theirs = smh_p2p.load(), Exchange.model_validate_json(text)
    times = medians(
        {
            "from_json": lambda: smh_p2p.from_json(text),
            "attrs.evolve": lambda: attrs.evolve(ours),
            "to_json": lambda: smh_p2p.to_json(ours),
            "model_validate_json": lambda: Exchange.model_validate_json(text),
            "json.loads": lambda: json.loads(text),
            "json.loads, each key once": lambda: json.loads(text, object_pairs_hook=once),
            "model_dump_json(indent=2)": lambda: written(theirs),
        }
    )
    print(f"\n{'':<16}{'us':>8}  {'beside':<28}{'us':>8}{'ratio':>8}{'target':>8}")
    for name, other, target in (
        ("from_json", "model_validate_json", "<= 4.0"),
        ("from_json", "json.loads", ""),
        ("from_json", "json.loads, each key once", ""),
        ("attrs.evolve", "model_validate_json", "<= 1.0"),
        ("to_json", "model_dump_json(indent=2)", "<= 6.0"),
    ):
        one, two = times[name], times[other]
        print(f"{name:<16}{one:>8.0f}  {other:<28}{two:>8.0f}{one / two:>8.2f}{target:>8}".rstrip())


class Cost(NamedTuple):
    """What the reading of documents took."""

    seconds: float
    kept: float  # bytes, with every exchange kept
    most: float  # bytes, at the peak


def cost(text: str, documents: int, *, traced: bool = False, collecting: bool = True) -> Cost:
    """Read a document and keep every exchange; see `apart`.

    Memory is what tracemalloc counts, or else how much the peak of resident memory grew.
    """
    smh_p2p.from_json(smh_p2p.to_json(smh_p2p.load()))  # the first reading prepares the reader
    gc.collect()
    if not collecting:
        gc.disable()
    if traced:
        tracemalloc.start()
    before, taken, kept = getrusage(RUSAGE_SELF).ru_maxrss, [], list[smh_p2p.Exchange]()
    for _ in range(1 if traced else max(1, ENOUGH // len(text) // documents)):
        kept.clear()
        start = time.perf_counter()
        kept += [smh_p2p.from_json(text) for _ in range(documents)]
        taken.append(time.perf_counter() - start)
    seconds = statistics.median(taken)
    if traced:
        most = tracemalloc.get_traced_memory()[1]
        gc.collect()  # it empties the interpreter's free lists, too
        return Cost(seconds, tracemalloc.get_traced_memory()[0], most)
    grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024)
    return Cost(seconds, grown, grown)


def apart(text: str, documents: int, **options: bool) -> Cost:
    """Return the cost in a process of its own, whose memory holds nothing else."""
    progress = f"{len(text):>9,} bytes, {documents:>7,} times"
    print(progress, end="\r", file=sys.stderr, flush=True)
    # A spawned process would inherit the peak of this one; the child of a fork server does not.
    with ProcessPoolExecutor(1, get_context("forkserver")) as pool:
        return pool.submit(cost, text, documents, **options).result()


def more_seas(canonical: dict[str, Any]) -> None:
    """Print one row a number of SEAs in a document."""
    rest = "format identifier title period organizations groups source".split()
    document = {key: canonical[key] for key in rest}
    print("\nfrom_json of one document, all of it divided by its SEAs; memory by tracemalloc")
    print(f"{'SEAs':>10}{'us/SEA':>10}{'kB/SEA':>10}{'at the peak':>14}")
    for count in SEAS:
        document["seas"] = [
            {"name": f"State {n}", "kind": "state", "aliases": [f"S. {n}"], "group": 1}
            for n in range(count)
        ]
        text = json.dumps(document)
        seconds = apart(text, 1).seconds / count
        _, kept, most = apart(text, 1, traced=True)
        print(f"{count:>10,}{seconds * 1e6:>10.1f}", end="")
        print(f"{kept / count / 1e3:>10.2f}{most / count / 1e3:>14.2f}", flush=True)


def more_documents(text: str, most: int) -> None:
    """Print one row a number of documents kept, with the garbage collector on and off."""
    print("\ncanonical documents read and kept, each figure for one of them")
    print(f"{'':>10}{'collector on':>18}{'off':>18}{'on / off':>10}")
    print(f"{'documents':>10}{'us':>10}{'kB':>8}{'us':>10}{'kB':>8}{'us':>10}  memory by")
    ratio = 1.0
    for count in sorted({*(each for each in DOCUMENTS if each < most), most}):
        row, seconds, traced = f"{count:>10,}", [], count <= MOST_TRACED
        for collecting in (True, False):
            each = apart(text, count, collecting=collecting)
            seconds.append(each.seconds)
            if traced:
                each = apart(text, count, collecting=collecting, traced=True)
            row += f"{seconds[-1] / count * 1e6:>10.0f}{each.kept / count / 1e3:>8.1f}"
        ratio = seconds[0] / seconds[1]
        print(f"{row}{ratio:>10.2f}  {'tracemalloc' if traced else 'getrusage'}", flush=True)
    print(
        f"\nWith the garbage collector on, {most:,} documents take {ratio:.2f} times as long: it "
        "walks\nthrough all that is kept, again and again. A program that keeps many can call "
        "gc.disable()\nbefore it reads them, and then gc.freeze() and gc.enable()."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time the reading and writing of documents.")
    parser.add_argument("--documents", type=int, default=100_000, help="the most that are kept")
    arguments = parser.parse_args()
    compileall.compile_dir(sysconfig.get_paths()["purelib"], quiet=2)
    canonical = smh_p2p.to_json(smh_p2p.load())
    check_models(canonical)
    compare(canonical)
    more_seas(json.loads(canonical))
    more_documents(canonical, arguments.documents)
