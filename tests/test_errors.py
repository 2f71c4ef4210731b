"""The page of the errors: it has every class and every rule, and its messages are real."""

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import smh_p2p
from smh_p2p import InvalidError, Problem, Rule, SmhP2pError, errors

PAGE = Path(__file__).parents[1].joinpath("docs/errors.md").read_text(encoding="utf-8")
NAMES: dict[str, Any] = {
    **{name: getattr(smh_p2p, name) for name in dir(smh_p2p)},
    "evolve": attrs.evolve,
    "least": {"format": 1, "identifier": "x", "title": "X", "source": {"title": "X"}},
}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading of the page."""
    (table,) = re.findall(rf"## {heading}\n\n[^|]*\|.*\n\|[-|]*\n((?:\|.*\n)+)", PAGE)
    return [line.strip("|").strip().split(" | ") for line in table.splitlines()]


def raised(cell: str) -> tuple[SmhP2pError, str]:
    """Return the error that the example of a cell raises, and the message that the cell has."""
    code, message = re.fullmatch(r"`(.*)`<br>`(.*)`", cell.strip(" |")).groups()  # type: ignore[union-attr]
    with pytest.raises(SmhP2pError) as caught:
        eval(code, dict(NAMES))  # noqa: S307 - the examples are our own
    return caught.value, message


def built_in(kind: type) -> type:
    return next(base for base in kind.__mro__ if base.__module__ == "builtins")


def test_the_page_has_every_class_with_its_built_in() -> None:
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, SmhP2pError)
    ]
    cells = {each: f"`{each.__name__}` (`{built_in(each).__name__}`)" for each in classes}
    assert [cell for cell, *_ in rows("Classes")] == [*cells.values()]
    bases = [cell for each, cell in cells.items() if each.__subclasses__()]
    assert [cell for cell, *_, example in rows("Classes") if "<br>" not in example] == bases


def test_the_page_has_every_rule() -> None:
    assert [rule for rule, *_ in rows("Rules")] == [*Rule]


@pytest.mark.parametrize("row", [each for each in rows("Classes") if "<br>" in each[-1]])
def test_a_class_has_a_real_message(row: list[str]) -> None:
    error, message = raised(row[-1])
    assert (f"`{type(error).__name__}`", str(error)) == (row[0].partition(" ")[0], message)


@pytest.mark.parametrize("row", rows("Rules"), ids=lambda row: row[0])
def test_a_rule_has_a_real_message(row: list[str]) -> None:
    error, message = raised(row[-1])
    assert isinstance(error, InvalidError)
    assert ([each.rule for each in error.problems], str(error)) == ([row[0]], message)


def test_an_error_has_no_more_problems_than_it_was_given() -> None:
    problems = [Problem(f"/{name}", Rule.TEXT, "x", "") for name in "ab"]
    assert str(InvalidError(tuple(problems))) == "2 problems:\n  /a: x\n  /b: x"
