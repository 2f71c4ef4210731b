"""Keep what this release writes in `tests/releases`, where later releases must read it.

Run it once for each release, after the version is set: python tools/keep_release.py
"""

import pickle
from pathlib import Path

import smh_p2p

RELEASES = Path(__file__).parents[1] / "tests" / "releases"


def keep(folder: Path) -> None:
    """Write the canonical exchange as a document, a pickle and a Data Package."""
    exchange = smh_p2p.load()
    folder.mkdir(parents=True)
    smh_p2p.write(exchange, folder / "exchange.json")
    folder.joinpath("exchange.pickle").write_bytes(pickle.dumps(exchange, protocol=4))
    smh_p2p.write_data_package(exchange, folder / "tables")


if __name__ == "__main__":
    keep(RELEASES / smh_p2p.__version__)
