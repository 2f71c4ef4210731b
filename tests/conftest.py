"""What every test may use."""

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, settings

import smh_p2p
from smh_p2p import Rule

T = TypeVar("T")

collect_ignore = ["downstream"]  # a project of its own
pytest.register_assert_rewrite("targets")  # of the fuzzer: they assert with `python -O`, too

HOUSE = Path(__file__).parents[1] / "src" / "smh_p2p"  # the sources, wherever the package is from

needs_docstrings = pytest.mark.skipif(sys.flags.optimize > 1, reason="Python drops docstrings")

EVERYTHING = "CI" in os.environ  # whether long tests leave nothing out
SEARCH = settings(database=None, max_examples=5_000, phases=[Phase.generate])  # for what is rare


def sample(cases: Iterable[T]) -> Sequence[T]:
    """Return the cases of a long test: all in continuous integration, and elsewhere a tenth."""
    return [*cases][:: 1 if EVERYTHING else 10]


# The rules that a document can break; the others are of origins and of pages.
RULES_OF_DOCUMENTS = [rule for rule in Rule if rule not in {Rule.ORIGIN, Rule.PART, Rule.COUNT}]


def without_surrogates(text: str) -> str:
    """Return a text with a replacement character for each surrogate, as many readers do."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@pytest.fixture
def exchange() -> smh_p2p.Exchange:
    return smh_p2p.load()


@pytest.fixture
def summary() -> smh_p2p.Summary:
    return smh_p2p.load_summary()


@pytest.fixture
def document() -> Any:
    """The canonical document, to be spoiled."""
    return json.loads(smh_p2p.resource("exchange.json").read_bytes())
