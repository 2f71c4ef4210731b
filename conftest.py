"""Run the examples of README, docs and docstrings as tests."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser as MarkdownExamples
from sybil.parsers.rest import DocTestParser

pytest_collect_file = (
    Sybil(parsers=[MarkdownExamples()], patterns=["README.md", "docs/*.md"])
    + Sybil(parsers=[DocTestParser()], patterns=["src/**/*.py"])
).pytest()
