"""The files and the version of the package."""

import os.path
from typing import TYPE_CHECKING, Any

from smh_p2p.errors import NotFoundError

if TYPE_CHECKING:
    from importlib_resources.abc import Traversable

# Of the canonical data, as of the package.
CREATOR = "The smh_p2p developers"
LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}


def content(name: str) -> bytes:
    """Return what a file of the package holds; from a zip too."""
    # What pkgutil.get_data does. Measured: pkgutil itself would add 3 % to a process that only
    # looks something up, importlib.resources a fifth.
    path = os.path.join(os.path.dirname(__file__), "data", name)  # noqa: PTH118, PTH120 - likewise
    loader: Any = __spec__.loader  # whatever loaded this module, from a folder or a zip
    held: bytes = loader.get_data(path)
    return held


def resource(name: str) -> "Traversable":
    """Return a raw file of the package, for other tools; from a zip too.

    Args:
        name: `exchange.json`, `provenance.json`, `schema.json`, `jurisdictions.json` or
            `source.txt`.

    Raises:
        NotFoundError: There is no such file.

    >>> resource("source.txt").read_text(encoding="utf-8")[:20]
    'School Mental Health'
    """
    from importlib_resources import files  # only who needs a raw file pays for it

    shipped = {each.name: each for each in files("smh_p2p").joinpath("data").iterdir()}
    if not isinstance(name, str) or str(name) not in shipped:
        raise NotFoundError("resource", name, tuple(sorted(shipped)), "this package")
    return shipped[str(name)]


def version() -> str:
    """Return the version of the package, and so of the data; `0+unknown` if it is not installed."""
    from importlib import metadata  # takes longer than the rest of a lookup

    try:
        return metadata.version("smh_p2p")
    except metadata.PackageNotFoundError:
        return "0+unknown"
