"""How every test is run, and that the examples of README, docs and docstrings are tests."""

import os
from doctest import ELLIPSIS
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser as MarkdownExamples
from sybil.parsers.rest import DocTestParser

# The readers of other people, which the group `interop` installs. Some runs must have all of them.
READERS = """citeproc duckdb frictionless lxml openpyxl pandas playwright polars pyarrow pyld re2
rdflib xlsxwriter""".split()
REQUIRED = {"CI", "REQUIRE_READERS"} & os.environ.keys()
MISSING = [] if REQUIRED else [name for name in READERS if find_spec(name) is None]
PAGES = {"pandas.md", "polars.md", "duckdb.md", "catalogue.md", "excel.md"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what needs a reader that is missing."""
    needs = collection_path.parent.name == "interop" or collection_path.name in PAGES
    return True if MISSING and needs else None


# The examples of a file share their names, so they stay in order and in one process.


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put examples in order again after a plugin has shuffled the tests."""
    places = [at for at, item in enumerate(items) if isinstance(item, SybilItem)]
    examples = [item for item in items if isinstance(item, SybilItem)]
    examples.sort(key=lambda item: (item.path, item.example.line, item.example.column))
    for at, item in zip(places, examples, strict=True):
        items[at] = item


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Send the examples of a file to one process, and each test to whichever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if nodeid.startswith("tests/") else nodeid.partition("::")[0]

    return Scheduling(config, log)


def pytest_report_header() -> list[str]:
    """Say what is left out."""
    names = ", ".join(MISSING)
    return [f"left out: tests/interop, which needs {names}: see CONTRIBUTING.md"] if MISSING else []


pytest_collect_file = (
    Sybil(
        parsers=[MarkdownExamples(doctest_optionflags=ELLIPSIS)],
        patterns=["README.md", "docs/*.md"],
    )
    + Sybil(parsers=[DocTestParser()], patterns=["src/**/*.py"])
).pytest()

# Many properties share a run, so each has a moderate number of examples, and more in continuous
# integration. `--hypothesis-profile=` chooses few of them, or very many. Nothing explains failures:
# many tests make a law fail, and an explanation takes as long as the failure itself.
PHASES = [each for each in Phase if each is not Phase.explain]
for profile, examples in {"few": 3, "default": 10, "ci": 20, "long": 1_000}.items():
    settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        phases=PHASES,
        report_multiple_bugs=False,
    )
settings.load_profile("ci" if "CI" in os.environ else "default")
