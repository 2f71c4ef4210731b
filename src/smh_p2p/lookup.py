"""An index of records by their names and codes, which never guesses."""

import re
from collections.abc import Hashable, Iterable
from typing import Any, Generic, TypeVar

from smh_p2p.errors import AmbiguousKeyError, NotFoundError
from smh_p2p.spelling import fold
from smh_p2p.values import Scalar

T = TypeVar("T")


class Index(dict[Hashable, T], Generic[T]):
    """Records by key. After its first lookup, a key in its own spelling costs one dict access.

    Another spelling of a name is matched after folding, that of a code by its rule.

    Args:
        what: The kind of record, for errors: `"SEA"`.
        entries: Each record with its name, its other names, and its codes with their rules.
        place: The place of the records, for errors.
    """

    def __init__(
        self,
        what: str,
        entries: Iterable[tuple[T, str | int, Iterable[str], Iterable[tuple[Scalar, str]]]],
        place: str = "this exchange",
    ) -> None:
        super().__init__()
        self._what = what
        self._place = place
        self._names: list[str | int] = []
        self._keys: dict[str, str] = {}  # each key in its own spelling, and its name
        self._by_name: dict[str, dict[str | int, T]] = {}
        self._by_code: dict[tuple[Scalar, str | None], dict[str | int, T]] = {}
        self._code_sets: dict[Scalar, None] = {}
        for record, name, others, codes in entries:
            self._names.append(name)
            if isinstance(name, int):
                self[name] = record
                continue
            for each in (name, *others):
                self._by_name.setdefault(fold(each), {})[name] = record
                self._keys.setdefault(each, name)
            for scalar, code in codes:
                self._by_code.setdefault((scalar, code), {})[name] = record
                self._keys.setdefault(code, name)
                self._code_sets[scalar] = None

    def meant(self, key: str) -> dict[str | int, T]:
        """Return the records that a key could mean, by name."""
        meant = dict(self._by_name.get(fold(key), {}))
        for scalar in self._code_sets:
            meant |= self._by_code.get((scalar, scalar.code(key)), {})
        return meant

    def __missing__(self, key: object) -> T:
        meant = self.meant(key) if isinstance(key, str) else {}
        if not meant:
            raise self.miss(key)
        if len(meant) > 1:
            raise AmbiguousKeyError(self._what, str(key), tuple(map(str, meant)))
        (record,) = meant.values()
        if key in self._keys:
            self[key] = record
        return record

    def find(self, key: object) -> T:
        """Return the record for a key of any type; `True` and `1.0` are not the number 1."""
        if isinstance(key, str) or (hasattr(key, "__index__") and not isinstance(key, bool)):
            try:
                return self[key]
            except TypeError:  # a value without a hash is not a key
                pass
        raise self.miss(key)

    def miss(self, key: object) -> NotFoundError:
        """Return the error for a key that no record has."""
        number, hint = number_in(key), ""
        if number in self:
            hint = f"did you mean {number}, a whole number?"
        elif number is not None and (code := f"{number:02}") in self._keys:
            hint = f"codes are text of two digits: did you mean {code!r}?"
        elif number is None and not isinstance(key, str) and self._keys:
            hint = "names and codes are text"
        return NotFoundError(self._what, key, (*self._names,), self._place, {**self._keys}, hint)


def number_in(key: Any) -> int | None:
    """Return the number from 0 to 9999 that a key stands for, or `None`.

    >>> number_in(2), number_in("002"), number_in(2.0), number_in("2.0"), number_in("two")
    (2, 2, 2, 2, None)
    """
    if isinstance(key, bool) or (isinstance(key, str) and not re.fullmatch(r"\d+(\.0*)?", key)):
        return None
    try:
        number = float(key)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if number in range(10_000) else None
