"""The files and the version of the package."""

import os.path
from typing import TYPE_CHECKING, Any

from smh_p2p.errors import NotFoundError

if TYPE_CHECKING:
    from importlib_resources.abc import Traversable

# The creator and the licence of the canonical data, which are also those of the package.
CREATOR = "The smh_p2p developers"
LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}


def content(name: str) -> bytes:
    """Return the content of a file of the package, also from a zip."""
    # For one lookup, pkgutil.get_data would add 3 % to the time, importlib.resources a fifth.
    path = os.path.join(os.path.dirname(__file__), "data", name)  # noqa: PTH118, PTH120 - likewise
    loader: Any = __spec__.loader  # whatever loaded this module, from a folder or a zip
    data: bytes = loader.get_data(path)
    return data


def resource(name: str) -> "Traversable":
    """Return a raw file of the package for other tools, also from a zip.

    Args:
        name: `exchange.json`, `provenance.json`, `schema.json`, `provenance-schema.json`,
            `jurisdictions.json` or `source.txt`.

    Raises:
        NotFoundError: There is no such file.

    >>> resource("source.txt").read_text(encoding="utf-8")[:20]
    'School Mental Health'
    """
    from importlib_resources import files  # slow to import, and only raw files need it

    by_name = {each.name: each for each in files("smh_p2p").joinpath("data").iterdir()}
    if not isinstance(name, str) or str(name) not in by_name:
        raise NotFoundError("resource", name, tuple(sorted(by_name)), "this package")
    return by_name[str(name)]


def version() -> str:
    """Return the version of the package and its data; `0+unknown` if it is not installed."""
    from importlib import metadata  # slower to import than all the rest of a lookup

    try:
        return metadata.version("smh_p2p")
    except metadata.PackageNotFoundError:
        return "0+unknown"
