"""What every test may use."""

import json
import re
from typing import Any

import pytest

import smh_p2p
from smh_p2p import Rule

collect_ignore = ["downstream"]  # a project of its own

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
