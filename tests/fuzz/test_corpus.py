"""Each input of the corpus again: real ones, and those on which something failed once."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from unittest.mock import Mock

import pytest
from targets import TARGETS

import smh_p2p

CORPUS = Path(__file__).parent / "corpus"
Target: TypeAlias = Callable[[bytes], bool]


def inputs(target: Target) -> list[Path]:
    return sorted((CORPUS / target.__name__).iterdir())


EVERY = [
    pytest.param(target, file, id=f"{target.__name__}: {file.name}")
    for target in TARGETS
    for file in inputs(target)
]


@pytest.mark.parametrize(("target", "file"), EVERY)
def test_what_must_hold_holds_for_an_input(target: Target, file: Path) -> None:
    target(file.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_some_inputs_are_accepted_and_some_refused(target: Target) -> None:
    assert {target(file.read_bytes()) for file in inputs(target)} == {True, False}


@pytest.mark.parametrize("target", TARGETS)
def test_an_exception_that_is_not_documented_is_met(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = Mock(side_effect=AttributeError("a fault"))
    for name in ("command.main", "cite", "provenance.Summary.from_files", target.__name__):
        monkeypatch.setattr(f"smh_p2p.{name}", fails, raising=False)
    monkeypatch.setattr("targets.main", fails)
    with pytest.raises(AttributeError, match="a fault"):
        target(inputs(target)[0].read_bytes())


# What does not hold in place of what does, and the target that meets it.
WRONG: dict[str, tuple[object, str]] = {
    "smh_p2p.from_tables": (lambda _: smh_p2p.load(), "from_dict"),
    "smh_p2p.provenance.Summary.unread": ((), "read_summary"),
    "smh_p2p.command.escaped": (str, "command"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_hold_is_met(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, met_by = WRONG[name]
    monkeypatch.setattr(name, wrong)
    (target,) = (each for each in TARGETS if each.__name__ == met_by)
    contents = [file.read_bytes() for file in inputs(target)]
    with pytest.raises(AssertionError):
        deque(map(target, contents))


def test_every_file_of_the_corpus_is_of_a_target() -> None:
    assert {each.name for each in CORPUS.iterdir()} == {each.__name__ for each in TARGETS}
