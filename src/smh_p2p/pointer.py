"""JSON Pointers (RFC 6901): the places in a document."""

from collections.abc import Iterator
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def join(where: str, token: object) -> str:
    """Return the pointer of a member or item of what `where` points to.

    >>> join("/sessions", 2), join("", "a/b~c")
    ('/sessions/2', '/a~1b~0c')
    """
    return f"{where}/{str(token).replace('~', '~0').replace('/', '~1')}"


def leaves(document: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the pointer and value of every leaf: whatever has no members or items.

    >>> list(leaves({"title": "T", "groups": [1, 2]}))
    [('/title', 'T'), ('/groups/0', 1), ('/groups/1', 2)]
    """
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from leaves(value, join(where, key))
    elif isinstance(document, list) and document:
        for index, item in enumerate(document):
            yield from leaves(item, join(where, index))
    else:
        yield where, document
