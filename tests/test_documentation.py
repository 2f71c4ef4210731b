"""What the pages tell people to type: every command can run, and each path gives what it shows."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PATHS = [*PROJECT.glob("docs/paths/*.md")]
PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PATHS]
CODE = [*PROJECT.glob("src/**/*.py"), *PROJECT.glob("benchmarks/*.py")]

SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = SETTINGS["project"]["optional-dependencies"]
GROUPS = SETTINGS["dependency-groups"]
NEWER_PIP = "pip>=25.1"  # the first that knows --group; Python 3.11 brings pip 23.2
PACKAGES = {
    re.split(r"[^\w.-]", requirement)[0]
    for requirements in (SETTINGS["project"]["dependencies"], *EXTRAS.values(), *GROUPS.values())
    for requirement in requirements
} - {SETTINGS["project"]["name"]}  # no index has a release of this one


def mistakes(block: str) -> Iterator[str]:
    """Yield what fails in commands that start in or beside a fresh clone, with pip 23.2."""
    knows_groups = False
    for command in re.split(r"\n|&&", block):
        words = shlex.split(command, comments=True)
        for word in words:
            if word.endswith(".py") and not (PROJECT / word).exists():
                yield f"{command}: there is no file {word}"
        if "install" not in words:
            continue
        _, *arguments = words[words.index("install") :]
        knows_groups |= {"--upgrade", NEWER_PIP} <= {*arguments}
        before = ""
        for argument in arguments:
            extra = re.fullmatch(r"(?:\.|\.\./smh_p2p)(?:\[(\w+)\])?", argument)
            if before == "--group":
                if not knows_groups:
                    yield f"{command}: pip 23.2 does not know --group"
                if argument not in GROUPS:
                    yield f"{command}: there is no group {argument}"
            elif before == "-r":
                if not (PROJECT / argument).exists():
                    yield f"{command}: there is no file {argument}"
            elif extra:
                if extra[1] and extra[1] not in EXTRAS:
                    yield f"{command}: there is no extra {extra[1]}"
            elif (
                argument not in {NEWER_PIP, *"--group --upgrade --require-hashes -r -e".split()}
                and re.split(r"[^\w.-]", argument)[0] not in PACKAGES
            ):
                yield f"{command}: the project knows no package {argument}"
            before = argument


@pytest.mark.parametrize(
    "block",
    [
        "pip install 'smh_p2p[testing]'",
        "pip install --group docs .",
        "pip install --upgrade 'pip>=25.1' && pip install --group doc .",
        "python -m pip install -e '.[tests]'",
        "pip install '../smh_p2p[tests]'",
        "pip install .\npython tools/make.py",
        "pip install --require-hashes -r requirements.txt",
    ],
)
def test_a_command_that_cannot_run_is_found(block: str) -> None:
    assert len([*mistakes(block)]) == 1


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_block_of_commands_can_run_in_a_fresh_clone(page: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", read(page), re.M | re.S)
    assert [mistake for block in blocks for mistake in mistakes(block)] == []


def test_each_install_within_a_sentence_can_run_in_a_fresh_clone() -> None:
    installs = [
        install
        for path in (*PAGES, *CODE)
        for install in re.findall(r"`([^`\n]*pip install [^`\n]*)`", read(path))
    ]
    assert installs
    assert [mistake for install in installs for mistake in mistakes(install)] == []


def steps(page: str) -> Iterator[tuple[str, str]]:
    """Yield the steps of a path: the name and the text of a file, or a command and its output."""
    fence = re.compile(r"((?:.+\n)*)\n```(\w+)\n((?s:.*?))^```$", re.M)
    for before, language, text in fence.findall(page):
        if language == "console":
            for step in re.split(r"^\$ ", text, flags=re.M)[1:]:
                command, _, output = step.partition("\n")
                yield command, output
        elif language != "sh":
            yield re.findall(r"`([\w.-]+\.\w+)`", before)[-1], text


@pytest.mark.parametrize("page", PATHS, ids=lambda page: page.stem)
def test_a_path_gives_what_its_page_shows(page: Path, tmp_path: Path) -> None:
    for name, text in steps(read(page)):
        python, *arguments = shlex.split(name)
        if python != ".venv/bin/python":
            as_excel = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            tmp_path.joinpath(name).write_text(text, encoding=as_excel)
            continue
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            # A page shows what most people have: UTF-8, a folder to write to, nothing configured.
            env=os.environ | {"PYTHONUTF8": "1", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        )
        assert OutputChecker().check_output(text, done.stdout, ELLIPSIS), done.stdout
