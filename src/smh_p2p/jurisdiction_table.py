"""Every jurisdiction whose SEA could take part in an exchange, with its codes and other names.

The table, `jurisdictions.json`, has the fifty states, the District of Columbia, Puerto Rico, the
four outlying areas and the Bureau of Indian Education, and the standard of each column.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from smh_p2p.lookup import Index, number_in
from smh_p2p.records import SEA, spelled_codes
from smh_p2p.resources import content
from smh_p2p.spelling import fold
from smh_p2p.values import JurisdictionKind


@cache
def _table() -> Any:
    table = json.loads(content("jurisdictions.json"))
    table["tiles"] = {}
    for row in table["jurisdictions"]:
        table["tiles"][row["name"]] = tuple(row.pop("tile"))
        row["kind"] = JurisdictionKind(row["kind"])
    return table


@cache
def jurisdictions() -> tuple[SEA, ...]:
    """Return the SEA of every jurisdiction, in the order of the names.

    >>> len(jurisdictions()), jurisdictions()[0].name
    (57, 'Alabama')
    """
    return tuple(SEA(**row) for row in _table()["jurisdictions"])


@cache
def _index() -> Index[SEA]:
    entries = ((sea, sea.name, sea.names, spelled_codes(sea)) for sea in jurisdictions())
    return Index("SEA", entries, "the table of jurisdictions")


def _by_rule(sea: SEA) -> Iterator[str]:
    """Yield the longer names of a jurisdiction: "State of Ohio"."""
    for pattern in _table()["patterns"].get(sea.kind, ()):
        yield pattern.format(name=sea.name)


@cache
def _ruled() -> dict[str, SEA]:
    return {fold(name): sea for sea in jurisdictions() for name in _by_rule(sea)}


def jurisdiction(key: str) -> SEA:
    """Return the SEA of a jurisdiction, with all of its codes and other names.

    Args:
        key: A name, also `"Penn."` or `"State of Ohio"`, or a code, by the rules of `Exchange.sea`.

    Raises:
        NotFoundError: No jurisdiction has the key. The error names those with similar keys.

    >>> jurisdiction("PA").fips, jurisdiction("Washington, D.C.").name
    ('42', 'District of Columbia')
    """
    return known(key) or _index().find(key)


def known(key: object) -> SEA | None:
    """Return the only SEA of a jurisdiction that has a key, or `None`.

    >>> known("State of Ohio").usps, known("Narnia")
    ('OH', None)
    """
    try:
        return _meant(key) if isinstance(key, str) else None
    except TypeError:  # a value without a hash is not a key
        return None


@lru_cache(maxsize=1024)  # a reader tries many parts of a list, and pages name the same SEAs
def _meant(key: str) -> SEA | None:
    meant = _index().meant(key)
    return next(iter(meant.values())) if len(meant) == 1 else _ruled().get(fold(key))


@cache
def beginnings() -> frozenset[str]:
    """Return the folded start of each name with a comma or "and": of "Washington, D.C."."""
    names = (name for sea in jurisdictions() for name in sea.names)
    return frozenset(
        fold(name[: end.start()]) for name in names if (end := _SEPARATOR.search(name))
    )


_SEPARATOR = re.compile(r",\s|\sand\s")


def standard(column: str) -> dict[str, str]:
    """Return the name, the title and the edition of the standard of a column of the table.

    >>> standard("fips")["title"]
    'FIPS state codes (INCITS 38)'
    """
    name = _table()["columns"][column]
    return {"name": name, **_table()["standards"][name]}


def help_with(key: Any, seas: Index[SEA]) -> str:
    """Return advice about a key of a jurisdiction that no SEA of an exchange has.

    >>> help_with("Ala.", Index("SEA", []))
    'Alabama is not one of its SEAs'
    """
    number = number_in(key)
    code = key if number is None else f"{number:02}"
    try:
        sea = jurisdiction(code)
    except LookupError:
        return ""
    for each in (*sea.names, *_by_rule(sea), *sea.codes.values()):
        if meant := seas.meant(each):
            return f"did you mean {' or '.join(map(repr, meant))}?"
    if code == key:
        return f"{sea.name} is not one of its SEAs"
    return f"codes are text of two digits, and {code!r} ({sea.name}) is not one of its SEAs"


def on_tiles(seas: Iterable[SEA]) -> dict[tuple[int, int], SEA]:
    """Return the SEAs that have a tile on the map, by the column and the row of the tile.

    The code or the name of a jurisdiction comes before an alias.

    >>> [*on_tiles([jurisdiction("AK")])]
    [(0, 0)]
    """
    strong = [(sea, (*sea.codes.values(), sea.name)) for sea in seas]
    found: dict[tuple[int, int], SEA] = {}
    for sea, keys in (*strong, *((sea, sea.keys) for sea, _ in strong)):
        if meant := next(filter(None, map(known, keys)), None):
            found.setdefault(_table()["tiles"][meant.name], sea)
    return found
