"""JSON Pointers (RFC 6901) in a document, and lines and columns in a text."""

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from json import loads
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def join(where: str, token: object) -> str:
    """Return the pointer of a member or an item of the value at `where`.

    >>> join("/sessions", 2), join("", "a/b~c")
    ('/sessions/2', '/a~1b~0c')
    """
    return f"{where}/{str(token).replace('~', '~0').replace('/', '~1')}"


def get(document: Any, where: str) -> Any:
    """Return the value at a pointer.

    Raises:
        LookupError: The document has no value at the pointer.

    >>> get({"sessions": [{"number": 1}]}, "/sessions/0/number")
    1
    """
    for token in tokens(where):
        document = document[int(token) if isinstance(document, list | tuple) else token]
    return document


def tokens(where: str) -> Iterator[str]:
    """Yield the keys and indices of a pointer: `"a/b"` and `"0"` of `"/a~1b/0"`."""
    every = where.split("/")[1:]
    if "~" not in where:
        return iter(every)
    return (token.replace("~1", "/").replace("~0", "~") for token in every)


def leaves(document: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the pointer and the value of every leaf: a value without members or items.

    >>> list(leaves({"title": "T", "groups": [1, 2]}))
    [('/title', 'T'), ('/groups/0', 1), ('/groups/1', 2)]
    """
    found: list[tuple[str, Json]] = []
    _add_leaves(document, where, found.append)
    return iter(found)


def _add_leaves(node: Json, where: str, add: Callable[[tuple[str, Json]], None]) -> None:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            _add_leaves(value, join(where, key), add)
    elif isinstance(node, list) and node:
        for index, item in enumerate(node):
            _add_leaves(item, f"{where}/{index}", add)
    else:
        add((where, node))


_TOKENS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+")[ \t\n\r]*:|(?P<opens>[{\[])|(?P<closes>[}\]])'
    r'|"(?:[^"\\]|\\.)*+"|[^ \t\n\r{}\[\],:"]+'
)


def offsets(text: str, deepest: int) -> Iterator[tuple[str, int]]:
    """Yield the pointer of every value of a valid JSON text down to a level, and its offset.

    >>> list(offsets('{"a": [1, 2]}', 9))
    [('', 0), ('/a', 6), ('/a/0', 7), ('/a/1', 10)]
    """
    where, key = "", None
    holders: list[list[Any]] = []  # the open arrays and objects: their pointers and next indices
    for token in _TOKENS.finditer(text):
        if token["key"]:
            key = loads(token["key"])
        elif token["closes"]:
            holders.pop()
        elif len(holders) <= deepest:
            if holders:
                holder, index = holders[-1]
                where, key = join(holder, index if key is None else key), None
                holders[-1][1] += 1
            yield where, token.start()
        if token["opens"]:
            holders.append([where, 0])


def position(text: str) -> Callable[[int], tuple[int, int]]:
    r"""Return a function from an offset in a text to its line and its column, counted from 1.

    >>> position("a\r\nbc")(4)
    (2, 2)
    """
    starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def place(at: int) -> tuple[int, int]:
        line = bisect(starts, at)
        return line, at - starts[line - 1] + 1

    return place
