"""What every test may use."""

import json
from typing import Any

import pytest

import smh_p2p

collect_ignore = ["downstream"]  # a project of its own


@pytest.fixture
def exchange() -> smh_p2p.Exchange:
    return smh_p2p.load()


@pytest.fixture
def document() -> Any:
    """The canonical document, to be spoiled."""
    return json.loads(smh_p2p.resource("exchange.json").read_bytes())
