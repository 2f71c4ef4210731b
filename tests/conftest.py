"""What every test may use."""

import json
from typing import Any

import pytest
from hypothesis import settings

import smh_p2p

collect_ignore = ["downstream"]  # a project of its own

# No test asserts a time. Many properties share a run, so each has a moderate number of examples;
# `--hypothesis-profile=long` asks for more, `quick` for a first look.
for profile, examples in {"default": 50, "quick": 10, "long": 1_000}.items():
    settings.register_profile(profile, deadline=None, max_examples=examples)
settings.load_profile("default")


@pytest.fixture
def exchange() -> smh_p2p.Exchange:
    return smh_p2p.load()


@pytest.fixture
def document() -> Any:
    """The canonical document, to be spoiled."""
    return json.loads(smh_p2p.resource("exchange.json").read_bytes())
