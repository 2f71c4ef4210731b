"""The files of the project that are not code: addresses, links, workflows and forms."""

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TEXT = PROJECT.joinpath("pyproject.toml").read_text(encoding="utf-8")
ADDRESS: str = tomllib.loads(TEXT)["project"]["urls"]["Homepage"]
FOLDERS = (".ci", ".github", "benchmarks", "docs", "src", "tests", "tools")
FORGE = {
    "vendor.github-workflows": ".github/workflows/*",
    "vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*",
}


def files() -> list[Path]:
    """Return the files of the project that people write."""
    below = chain.from_iterable(PROJECT.joinpath(each).rglob("*") for each in FOLDERS)
    return [
        each
        for each in (*PROJECT.glob("*"), *below)
        if each.suffix in {"", ".cff", ".css", ".md", ".py", ".toml", ".yaml", ".yml"}
        if each.is_file() and "corpus" not in each.parts
    ]


def test_the_address_of_the_repository_is_in_one_file() -> None:
    urls: dict[str, str] = tomllib.loads(TEXT)["project"]["urls"]
    assert all(each.startswith(ADDRESS) for each in urls.values())
    assert set(re.findall(r"https?://[\w./-]*/smh_p2p(?=[/\"'])", TEXT)) == {ADDRESS}
    # The command that replaces the placeholder has to name it; PKG-INFO is made in each build.
    naming = [each for each in files() if ADDRESS in each.read_text("utf-8", "replace")]
    assert {each.name for each in naming} <= {"PKG-INFO", "pyproject.toml", "releasing.md"}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_a_link_leads_to_a_file(page: str) -> None:
    text = PROJECT.joinpath(page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    assert [each for each in links if not (PROJECT / each).is_file()] == []


@pytest.mark.parametrize(("schema", "pattern"), FORGE.items())
def test_the_files_of_the_forge_are_valid(schema: str, pattern: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    assert subprocess.run([*check, *PROJECT.glob(pattern)]).returncode == 0


def test_actions_of_the_workflows_are_pinned_to_a_commit() -> None:
    for workflow in PROJECT.glob(".github/workflows/*"):
        text = workflow.read_text(encoding="utf-8")
        for line in re.findall(r"uses: (?!\./).*", text):
            assert re.search(r"@[0-9a-f]{40} # v\d", line), line
