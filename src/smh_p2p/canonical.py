"""The canonical exchange and the raw files that it ships in."""

import json
import os.path
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from smh_p2p.errors import NotFoundError
from smh_p2p.model import (
    SEA,
    Exchange,
    Group,
    JurisdictionKind,
    Objective,
    Organization,
    Period,
    Role,
    Session,
    Source,
    YearMonth,
)

if TYPE_CHECKING:
    from importlib_resources.abc import Traversable

# Of the canonical data, as of the package.
LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}

_lock = threading.Lock()


def load(*, inferred: bool = True) -> Exchange:
    """Return the canonical exchange: the School Mental Health P2P Exchange Series of 2019.

    Args:
        inferred: Whether to keep what the source does not say outright and a reader would
            conclude: the phase of each group.

    Returns:
        The same object at each call, in every thread.

    >>> load().title
    'School Mental Health Peer-to-Peer (P2P) Exchange Series'
    >>> load(inferred=False).group(1)
    Group(number=1, phase=None)
    """
    with _lock:
        return _load(inferred=inferred)


@cache
def _load(*, inferred: bool) -> Exchange:
    document = _read("exchange.json")
    if not inferred:
        for pointer, origin in _read("provenance.json")["origins"].items():
            if origin["origin"] == "inferred":
                _remove(document, pointer)
    return _exchange(document)


def _read(name: str) -> Any:
    # What pkgutil.get_data does. Measured: pkgutil itself would add 3 % to a process that only
    # looks something up, importlib.resources a fifth.
    path = os.path.join(os.path.dirname(__file__), "data", name)  # noqa: PTH118, PTH120 - likewise
    loader: Any = __spec__.loader  # whatever loaded this module, from a folder or a zip
    return json.loads(loader.get_data(path))


def _remove(document: Any, pointer: str) -> None:
    *parents, name = pointer.split("/")[1:]
    for token in parents:
        document = document[int(token) if isinstance(document, list) else token]
    del document[name]


def _exchange(document: dict[str, Any]) -> Exchange:
    """Make the records of a sound document by plain constructors, which check every rule.

    `from_dict` reads any document and reports all that is wrong with it; its converter costs more
    than the whole of this.
    """
    del document["format"]
    period = document["period"]
    return Exchange(
        **document
        | {
            "period": Period(**{end: YearMonth.parse(month) for end, month in period.items()}),
            "organizations": tuple(
                Organization(**each | {"role": Role(each["role"])})
                for each in document["organizations"]
            ),
            "groups": tuple(Group(**each) for each in document["groups"]),
            "sessions": tuple(
                Session(**each | {"groups": tuple(each["groups"])}) for each in document["sessions"]
            ),
            "objectives": tuple(
                Objective(**each | {"groups": tuple(each["groups"])})
                for each in document["objectives"]
            ),
            "seas": tuple(
                SEA(
                    **each
                    | {
                        "kind": JurisdictionKind(each["kind"]),
                        "aliases": tuple(each.get("aliases", ())),
                    }
                )
                for each in document["seas"]
            ),
            "source": Source(**document["source"]),
            "not_stated": tuple(document["not_stated"]),
        }
    )


def is_canonical(exchange: Exchange) -> bool:
    """Return whether an exchange is the canonical one, with or without what is inferred.

    >>> is_canonical(load(inferred=False))
    True
    """
    return exchange in (load(), load(inferred=False))


def version() -> str:
    """Return the version of the package, and so of the data; `0+unknown` if it is not installed."""
    from importlib import metadata  # takes longer than the rest of a lookup

    try:
        return metadata.version("smh_p2p")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def resource(name: str) -> "Traversable":
    """Return a raw file of the package, for other tools; from a zip too.

    Args:
        name: `exchange.json`, `provenance.json`, `schema.json` or `source.txt`.

    Raises:
        NotFoundError: There is no such file.

    >>> resource("source.txt").read_text(encoding="utf-8")[:20]
    'School Mental Health'
    """
    from importlib_resources import files  # only who asks for a raw file pays for it

    there = {each.name: each for each in files("smh_p2p").joinpath("data").iterdir()}
    if name not in there:
        raise NotFoundError("resource", name, tuple(sorted(there)), "this package")
    return there[name]
