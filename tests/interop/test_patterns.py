"""The patterns of the JSON Schema in the engines of several languages."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

import jsonschema
import jsonschema_rs
import pytest
import re2
from hypothesis import given, strategies as st
from jsonschema import validators

import smh_p2p
from conftest import without_surrogates
from smh_p2p import values
from smh_p2p.testing.strategies import strategy_of
from smh_p2p.values import TEXT, Scalar

RULES = json.loads(smh_p2p.resource("schema.json").read_bytes())["$defs"]
SCALARS = {
    each.name: each
    for each in vars(values).values()
    if isinstance(each, Scalar) and "pattern" in RULES.get(each.name, ())
}

Search: TypeAlias = Callable[[str, str], object]  # whether a pattern is somewhere in a text

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None and "REQUIRE_NODE" not in os.environ,
    reason="needs Node.js: apt-get install nodejs",
)
IN_NODE = """
require("readline").createInterface({input: process.stdin}).on("line", line => {
  const [pattern, flags, text] = JSON.parse(line);
  console.log(new RegExp(pattern, flags).test(text));
});
"""


def in_rust(options: Any) -> Search:
    validator = cache(
        lambda pattern: jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=options
        )
    )
    return lambda pattern, text: validator(pattern).is_valid(without_surrogates(text))


# RE2 and Rust read UTF-8, which has no surrogates.
ENGINES: dict[str, Search] = {
    "Python": re.search,
    "RE2": lambda pattern, text: re2.search(pattern, without_surrogates(text)),
    "Rust, regex": in_rust(jsonschema_rs.RegexOptions()),
    "Rust, fancy-regex": in_rust(jsonschema_rs.FancyRegexOptions()),
}
FLAGS = {"JavaScript": "", "JavaScript, u": "u"}


@pytest.fixture(
    scope="module", params=[*ENGINES, *(pytest.param(name, marks=needs_node) for name in FLAGS)]
)
def search(request: pytest.FixtureRequest) -> Iterator[Search]:
    """What each engine says of a pattern and a text."""
    if request.param in ENGINES:
        yield ENGINES[request.param]
        return
    flags = FLAGS[request.param]
    with subprocess.Popen(
        [NODE or "node", "-e", IN_NODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as node:

        def test(pattern: str, text: str) -> object:
            assert node.stdin
            assert node.stdout
            node.stdin.write(json.dumps([pattern, flags, text]) + "\n")
            return json.loads(node.stdout.readline())

        yield test


def validator(schema: Any, search: Search) -> Any:
    """Return a validator whose patterns an engine searches for."""

    def pattern(_: object, pattern: str, text: str, __: object) -> Iterator[Exception]:
        if not search(pattern, text):
            yield jsonschema.ValidationError(pattern)

    extend: Any = validators.extend
    return extend(jsonschema.Draft202012Validator, {"pattern": pattern})(schema)


HOSTILE = (
    "",
    *"\0\x08\t\n\v\r \x1f\x7f\x85\xa0\xad\u200b\u2028\u2029\ufeff\ufffd\ufffe\uffff",
    *"\uff12\uff21\uff41\ud7ff\ud800\udbff\udc00\udfff\ue000\U00010000\U0001f600\U0010ffff",
    *("\r\n", "\ud83d\ude00", "\ude00\ud83d"),
)
NEARLY = """
0000-01 0001-01 0010-12 0100-10 1000-09 2019-00 2019-13 a- -a a--b US- http:// ftp://x
""".split()


def test_every_rule_of_a_text_has_its_pattern() -> None:
    assert set(SCALARS) == {name for name in RULES if RULES[name]["type"] == "string"}


@pytest.mark.parametrize("scalar", SCALARS.values(), ids=SCALARS)
def test_a_pattern_means_the_same_in_every_engine(scalar: Scalar, search: Search) -> None:
    valid = validator(RULES[scalar.name], search).is_valid

    @given(st.data(), strategy_of(scalar) | st.sampled_from(NEARLY) | st.text(st.characters()))
    def test(data: st.DataObject, text: str) -> None:
        at = data.draw(st.sampled_from([0, len(text)]) | st.integers(0, len(text)))
        for each in HOSTILE:
            spoiled = f"{text[:at]}{each}{text[at:]}"
            assert valid(spoiled) is bool(scalar.accepts(without_surrogates(spoiled)))

    test()


def test_a_text_has_the_same_characters_in_every_engine(search: Search) -> None:
    valid = validator(RULES["Text"], search).is_valid
    # The characters of a text are ranges: they are the same where the ends are.
    ends = {ord(c) + step for c in RULES["Text"]["pattern"] for step in (-1, 0, 1)}
    for character in map(chr, sorted({*range(0x100), *ends})):
        for text in (character, f"0{character}"):
            assert valid(text) is bool(TEXT.accepts(text)), ascii(text)


@given(strategy_of(TEXT), st.sampled_from(HOSTILE))
def test_no_text_has_a_lone_surrogate_and_no_pattern_says_so(text: str, hostile: str) -> None:
    valid = validator(RULES["Text"], re.search).is_valid(text + hostile)
    lone_surrogate = without_surrogates(hostile) != hostile
    assert bool(TEXT.accepts(text + hostile)) is (valid and not lone_surrogate)
