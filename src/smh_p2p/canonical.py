"""The canonical exchange."""

import json
from typing import Any

from smh_p2p.document import from_dict
from smh_p2p.exchange import Exchange
from smh_p2p.pointer import get
from smh_p2p.resources import content

_loaded: dict[bool, Exchange] = {}


def load(*, inferred: bool = True) -> Exchange:
    """Return the canonical exchange: the School Mental Health P2P Exchange Series of 2019.

    Args:
        inferred: Whether to keep inferred facts: the phase of each group, which the source does not
            say outright, but a reader would conclude.

    Returns:
        The same object for each call, in every thread.

    >>> load().title
    'School Mental Health Peer-to-Peer (P2P) Exchange Series'
    >>> load(inferred=False).group(1)
    Group(number=1)
    """
    try:
        return _loaded[inferred]
    except KeyError:  # no lock: if several threads read it, one result wins
        return _loaded.setdefault(inferred, from_dict(_document(inferred=inferred)))


def _document(*, inferred: bool) -> Any:
    document = json.loads(content("exchange.json"))
    if not inferred:
        for pointer, origin in json.loads(content("provenance.json"))["origins"].items():
            if origin["origin"] == "inferred":
                where, _, name = pointer.rpartition("/")
                del get(document, where)[name]
    return document
