"""CITATION.cff, by which others cite the package."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import smh_p2p

PROJECT = Path(__file__).parents[1]
FILE = PROJECT / "CITATION.cff"


def is_valid(file: Path) -> bool:
    """Return whether a file has the Citation File Format; the schema is the one of cffconvert."""
    check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    return subprocess.run([sys.executable, *check, file]).returncode == 0


def test_it_has_the_citation_file_format() -> None:
    assert is_valid(FILE)


@pytest.mark.parametrize(
    ("line", "instead"),
    [("title: smh_p2p\n", ""), ("license: MIT\n", "license: mine\n"), ("url: https", "url: //")],
)
def test_a_mistake_in_it_is_found(tmp_path: Path, line: str, instead: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert line in text
    (tmp_path / "CITATION.cff").write_text(text.replace(line, instead), encoding="utf-8")
    assert not is_valid(tmp_path / "CITATION.cff")


def test_it_agrees_with_the_package_and_the_page(exchange: smh_p2p.Exchange) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    source = exchange.source
    publisher = {"name": source.publisher}
    cited = YAML(typ="safe").load(FILE)
    assert cited == {
        "cff-version": "1.2.0",
        "message": cited["message"],
        "title": project["name"],
        "abstract": f"{project['description']}.",
        "type": "software",
        "version": project["version"],
        "license": project["license"],
        "keywords": project["keywords"],
        "authors": project["authors"],
        "references": [
            {
                "type": "report",
                "title": source.title,
                "authors": [publisher],
                "publisher": publisher,
                "url": source.address,
            }
        ],
    }
