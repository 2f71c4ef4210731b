"""Run the examples of README, docs and docstrings as tests."""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser as MarkdownExamples
from sybil.parsers.rest import DocTestParser

pytest_collect_file = (
    Sybil(
        parsers=[MarkdownExamples(doctest_optionflags=ELLIPSIS)],
        patterns=["README.md", "docs/*.md"],
    )
    + Sybil(parsers=[DocTestParser()], patterns=["src/**/*.py"])
).pytest()
