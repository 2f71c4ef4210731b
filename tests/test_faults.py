"""What is not the package's own fault passes through it, and leaves nothing half done."""

import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import attrs
import pytest

import smh_p2p
from conftest import EVERYTHING
from smh_p2p import Exchange

SOURCES = str(Path(smh_p2p.__file__).parent)
DOCUMENT = smh_p2p.to_json(smh_p2p.load())
PAGE = smh_p2p.load_summary().text
POSITIONS = 60 if EVERYTHING else 15  # at which each answer is interrupted


def fresh() -> Exchange:
    """An exchange that has answered nothing yet."""
    return attrs.evolve(smh_p2p.load())


def written(folder: Path, write: Callable[[Exchange, Path], object]) -> dict[str, bytes]:
    write(fresh(), folder / "it")
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


ANSWERS: dict[str, Callable[[Path], Any]] = {
    "from_json": lambda _: smh_p2p.from_json(DOCUMENT),
    "from_json of what is invalid": lambda _: refusal(smh_p2p.from_json, '{"format": 1, "x": []}'),
    "from_tables": lambda _: smh_p2p.from_tables(smh_p2p.to_tables(smh_p2p.load())),
    "sea": lambda _: fresh().sea("Northern Marianas"),
    "sea that is missing": lambda _: refusal(fresh().sea, "Alasca"),
    "has_sea": lambda _: fresh().has_sea("Alasca"),
    "organization": lambda _: fresh().organization("SAMHSA"),
    "find": lambda _: fresh().find("mental health"),
    "jurisdiction": lambda _: smh_p2p.jurisdiction("Penn."),
    "cite": lambda _: smh_p2p.cite("/seas/3/fips"),
    "cite of what is missing": lambda _: refusal(smh_p2p.cite, "objective 3"),
    "read_summary": lambda _: smh_p2p.read_summary(PAGE),
    "to_html": lambda _: smh_p2p.to_html(fresh()),
    "to_jsonld": lambda _: smh_p2p.to_jsonld(fresh()),
    "write": lambda folder: written(folder, smh_p2p.write),
    "write_data_package": lambda folder: written(folder, smh_p2p.write_data_package),
}


def refusal(function: Callable[[Any], object], argument: object) -> tuple[type, str]:
    with pytest.raises(smh_p2p.SmhP2pError) as caught:
        function(argument)
    return type(caught.value), str(caught.value)


def steps_of(answer: Callable[[Path], object], folder: Path) -> int:
    """Return how many lines of the package an answer runs."""
    steps = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal steps
        steps += event == "line" and frame.f_code.co_filename.startswith(SOURCES)
        return trace

    traced(trace, answer, folder)
    return steps


def traced(trace: Any, answer: Callable[[Path], object], folder: Path) -> object:
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return answer(folder)
    finally:
        sys.settrace(before)


@pytest.mark.long
# A file is left open where the fault strikes before anything can close it.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("fault", [TimeoutError, MemoryError, KeyboardInterrupt, RecursionError])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_strikes_in_the_middle_passes_through_and_the_next_answer_is_right(
    tmp_path: Path, name: str, fault: type[BaseException]
) -> None:
    answer = ANSWERS[name]
    folders = (tmp_path / str(number) for number in count())

    def folder() -> Path:
        place = next(folders)
        place.mkdir()
        return place

    expected = answer(folder())
    steps = steps_of(answer, folder())
    for position in range(1, steps, max(1, steps // POSITIONS)):
        struck, left = fault(), iter(range(position))

        def trace(frame: FrameType, event: str, _: object, left: Any = left) -> Any:
            is_step = event == "line" and frame.f_code.co_filename.startswith(SOURCES)
            if is_step and next(left, None) is None:
                sys.settrace(None)
                raise struck  # noqa: B023 - at once
            return trace

        place = folder()
        with pytest.raises(fault) as caught:
            traced(trace, answer, place)
        assert caught.value is struck
        if caught.traceback[-2].name != "_lock":  # at its end nothing releases the lock
            assert answer(place) == expected


def test_near_the_end_of_the_stack_every_answer_is_right_or_a_recursion_error() -> None:
    def deep(levels: int) -> object:
        return deep(levels - 1) if levels else smh_p2p.from_json(DOCUMENT).sea("guam").usps

    limit, met = sys.getrecursionlimit(), set()
    for levels in range(limit - 200, limit):
        try:
            met.add(deep(levels))
        except RecursionError:
            met.add(RecursionError)
    assert met == {"GU", RecursionError}


# In a process of its own: what is loaded, and by whom

FORKED = """
import os, sys, threading
import smh_p2p
sys.setswitchinterval(1e-6)
thread = threading.Thread(target=smh_p2p.load)
thread.start()
if child := os.fork():
    thread.join()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert smh_p2p.load().sea("guam").usps == smh_p2p.jurisdiction("guam").usps == "GU"
assert smh_p2p.cite("/seas/3/name").quote == "Guam"
os._exit(0)
"""
SIGNALLED = """
import signal, sys
import smh_p2p
answers = []
signal.signal(signal.SIGALRM, lambda *_: answers.append(smh_p2p.load()))
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
while not answers:
    smh_p2p.load()
assert answers[0] is smh_p2p.load()
"""
THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import smh_p2p
sys.setswitchinterval(1e-6)
with ThreadPoolExecutor(8) as threads:
    loaded = [*threads.map(lambda _: smh_p2p.load(), range(8))]
assert len({*map(id, loaded)}) == 1
"""


@pytest.mark.parametrize("program", [FORKED, THREADS])
def test_threads_and_forks_load_without_waiting_for_each_other(program: str) -> None:
    for _ in range(10):
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_signal_handler_may_load_while_the_program_loads() -> None:
    for number in range(10):
        arguments = [sys.executable, "-c", SIGNALLED, str(0.0005 * (number + 1))]
        subprocess.run(arguments, check=True, timeout=60)


SUBINTERPRETER = """
import sys
if sys.version_info >= (3, 13):
    import _interpreters
    assert _interpreters.exec(_interpreters.create(), sys.argv[1]) is None
else:
    import _xxsubinterpreters
    _xxsubinterpreters.run_string(_xxsubinterpreters.create(), sys.argv[1])
"""


def in_a_subinterpreter(program: str) -> int:
    command = [sys.executable, "-c", SUBINTERPRETER, program]
    return subprocess.run(command, check=False, timeout=60).returncode


def test_a_subinterpreter_loads_and_answers() -> None:
    if in_a_subinterpreter("import hashlib, json, re"):
        pytest.skip("this Python crashes with its own library, as 3.12.1 does")
    program = "import smh_p2p; smh_p2p.verify(); assert smh_p2p.load().sea('guam').usps == 'GU'"
    assert in_a_subinterpreter(program) == 0
