"""What every test may use."""

import json
from typing import Any

import pytest
from hypothesis import settings

import smh_p2p

collect_ignore = ["downstream"]  # a project of its own

settings.register_profile("default", deadline=None)  # no test asserts a time
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("default")


@pytest.fixture
def exchange() -> smh_p2p.Exchange:
    return smh_p2p.load()


@pytest.fixture
def document() -> Any:
    """The canonical document, to be spoiled."""
    return json.loads(smh_p2p.resource("exchange.json").read_bytes())
