"""What each release wrote, which every later release must read."""

import pickle
import tomllib
from pathlib import Path

import pytest

import smh_p2p
from keep_release import RELEASES

PROJECT = tomllib.loads((RELEASES.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
VERSION: str = PROJECT["project"]["version"]


def kept(release: Path) -> list[object]:
    """Return the exchange that a release wrote, from each of its forms."""
    return [
        smh_p2p.read(release / "exchange.json"),
        pickle.loads((release / "exchange.pickle").read_bytes()),  # noqa: S301 - our own bytes
        smh_p2p.read_data_package(release / "tables"),
    ]


@pytest.mark.parametrize("release", sorted(RELEASES.iterdir()), ids=lambda each: each.name)
def test_what_a_release_wrote_is_read(release: Path) -> None:
    document, unpickled, tables = kept(release)
    assert isinstance(document, smh_p2p.Exchange)
    assert unpickled == document
    assert tables == document
    assert hash(unpickled) == hash(document)
    assert document.sea("guam").fips == "66"


def test_this_release_is_kept(exchange: smh_p2p.Exchange) -> None:
    assert kept(RELEASES / VERSION) == [exchange] * 3, "run: python tools/keep_release.py"
