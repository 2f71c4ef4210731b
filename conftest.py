"""How every test is run, and that the examples of README, docs and docstrings are tests."""

import os
from doctest import ELLIPSIS
from importlib.util import find_spec
from pathlib import Path

from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser as MarkdownExamples
from sybil.parsers.rest import DocTestParser

# The readers of other people, which the extra `interop` installs; CI does without none of them.
READERS = """citeproc duckdb frictionless lxml openpyxl pandas playwright polars pyarrow pyld rdflib
xlsxwriter""".split()
MISSING = [] if "CI" in os.environ else [name for name in READERS if find_spec(name) is None]
PAGES = {"pandas.md", "polars.md", "duckdb.md", "catalogue.md", "excel.md"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what needs a reader that is missing."""
    needs = collection_path.parent.name == "interop" or collection_path.name in PAGES
    return True if MISSING and needs else None


def pytest_report_header() -> list[str]:
    """Say what is left out."""
    names = ", ".join(MISSING)
    return (
        [f"left out: tests/interop, which needs {names}: install '.[interop]'"] if MISSING else []
    )


pytest_collect_file = (
    Sybil(
        parsers=[MarkdownExamples(doctest_optionflags=ELLIPSIS)],
        patterns=["README.md", "docs/*.md"],
    )
    + Sybil(parsers=[DocTestParser()], patterns=["src/**/*.py"])
).pytest()

# Many properties share a run, so each has a moderate number of examples: few while one works, more
# in continuous integration. `--hypothesis-profile=long` asks for very many.
for profile, examples in {"default": 20, "ci": 30, "long": 1_000}.items():
    settings.register_profile(
        profile, deadline=None, max_examples=examples, report_multiple_bugs=False
    )
settings.load_profile("ci" if "CI" in os.environ else "default")
