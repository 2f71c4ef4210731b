"""JSON Pointers (RFC 6901): the places in a document."""

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def join(where: str, token: object) -> str:
    """Return the pointer of a member or item of what `where` points to.

    >>> join("/sessions", 2), join("", "a/b~c")
    ('/sessions/2', '/a~1b~0c')
    """
    return f"{where}/{str(token).replace('~', '~0').replace('/', '~1')}"


def get(document: Any, where: str) -> Any:
    """Return the value that a pointer points to.

    Raises:
        LookupError: Nothing is there.

    >>> get({"sessions": [{"number": 1}]}, "/sessions/0/number")
    1
    """
    for token in tokens(where):
        document = document[int(token) if isinstance(document, list | tuple) else token]
    return document


def tokens(where: str) -> Iterator[str]:
    """Yield the keys and indices that a pointer leads through.

    >>> list(tokens("/a~1b/0"))
    ['a/b', '0']
    """
    return (token.replace("~1", "/").replace("~0", "~") for token in where.split("/")[1:])


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


_BLANK = re.compile(r"[ \t\n\r]+")
_decoder = JSONDecoder(parse_int=str)  # any number of digits


def offsets(text: str, deepest: int) -> Iterator[tuple[str, int]]:
    """Yield the pointer of every value of a JSON text, and where it begins.

    Args:
        text: JSON that can be parsed.
        deepest: The levels to go down to.

    >>> list(offsets('{"a": [1, 2]}', 9))
    [('', 0), ('/a', 6), ('/a/0', 7), ('/a/1', 10)]
    """
    yield from _offsets(text, _after_blank(text, 0), "", deepest)


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _offsets(text: str, at: int, where: str, levels: int) -> Iterator[tuple[str, int]]:
    """Yield as `offsets` does for the value at `at`."""
    yield where, at
    if text[at] not in "{[" or levels == 0:
        return
    keyed, index = text[at] == "{", 0
    at = _after_blank(text, at + 1)
    while text[at] not in "}]":
        token: object = index
        if keyed:
            token, at = _decoder.raw_decode(text, at)
            at = _after_blank(text, _after_blank(text, at) + 1)  # over the colon
        yield from _offsets(text, at, join(where, token), levels - 1)
        _, at = _decoder.raw_decode(text, at)
        at = _after_blank(text, at)
        if text[at] == ",":
            at = _after_blank(text, at + 1)
        index += 1
