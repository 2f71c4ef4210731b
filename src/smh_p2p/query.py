"""What lookups and search are made of: folding, and an index that never guesses."""

import unicodedata
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from smh_p2p.errors import AmbiguousKeyError, NotFoundError

T = TypeVar("T")


def fold_case(text: str) -> str:
    """Return text without its differences of case and Unicode form.

    >>> fold_case("CAF\u00c9") == fold_case("cafe\u0301")
    True
    """
    # Compatibility caseless matching, as the Unicode Standard defines it (section 3.13, D146).
    once = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", once).casefold())


def fold(key: str) -> str:
    """Return a key without its differences of case, Unicode form, spaces and punctuation.

    A key of nothing but punctuation keeps it, so that it is not every other such key.

    >>> fold("N. Mariana  Islands")
    'nmarianaislands'
    >>> fold("US-GU"), fold("--")
    ('usgu', '--')
    """
    cased = fold_case(key)
    # The major categories: P punctuation, Z separators, C controls and other unprintables.
    return "".join(c for c in cased if unicodedata.category(c)[0] not in "PZC") or "".join(
        cased.split()
    )


class Index(dict[Hashable, T], Generic[T]):
    """Records by key; a key as it is written costs one dict access, any other spelling is folded.

    Args:
        what: What the records are, for errors: `"SEA"`.
        entries: Each record with its keys; the first key is its name in errors.

    >>> index = Index("fruit", [("a pear", ["Pear", "pyrus"]), ("a fig", ["Fig"])])
    >>> index["PEAR"]
    'a pear'
    >>> index["figg"]
    Traceback (most recent call last):
        ...
    smh_p2p.NotFoundError: no fruit 'figg' in this exchange; did you mean 'Fig'?
    """

    def __init__(self, what: str, entries: Iterable[tuple[T, Iterable[str | int]]]) -> None:
        super().__init__()
        self._what = what
        self._names: list[str | int] = []
        self._folded: dict[str, dict[str | int, T]] = {}
        written: list[str] = []
        for record, given in entries:
            name, *others = given
            self._names.append(name)
            for key in (name, *others):
                if isinstance(key, str):
                    written.append(key)
                    self._folded.setdefault(fold(key), {})[name] = record
                else:
                    self[key] = record
        for key in written:
            if len(meant := self._folded[fold(key)]) == 1:
                (self[key],) = meant.values()

    def __missing__(self, key: object) -> T:
        meant = self._folded.get(fold(key), {}) if isinstance(key, str) else {}
        if not meant:
            raise NotFoundError(self._what, key, tuple(self._names))
        if len(meant) > 1:
            raise AmbiguousKeyError(self._what, str(key), tuple(map(str, meant)))
        (record,) = meant.values()
        return record
