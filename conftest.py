"""How every test is run, and that the examples of README, docs and docstrings are tests."""

import os
from doctest import ELLIPSIS

from hypothesis import settings
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

# Many properties share a run, so each has a moderate number of examples: few while one works, more
# in continuous integration. `--hypothesis-profile=long` asks for very many.
for profile, examples in {"default": 10, "ci": 30, "long": 1_000}.items():
    settings.register_profile(
        profile, deadline=None, max_examples=examples, report_multiple_bugs=False
    )
settings.load_profile("ci" if "CI" in os.environ else "default")
