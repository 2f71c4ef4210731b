"""How texts are compared: what differs only in spelling, and what is nearly the same."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Literal

# What `fold` makes of ASCII: punctuation, separators, controls and the modifiers ^ and ` go.
_FOLDED = {
    ord(character): character.lower() if character.isalnum() or character in "$+<=>|~" else None
    for character in map(chr, range(128))
}
# The block Spacing Modifier Letters, which has the okina of Hawaii.
_MODIFIER_LETTERS = range(0x2B0, 0x300)
# To normalise marks in a row takes the square of their number. Unicode's Stream-Safe Text Process
# (UAX #15, section 13) sets a joiner after thirty of them; no mark is below U+0300.
_MARKS, _JOINER = 30, "\u034f"
_MAY_BE_MARKS = re.compile(f"[^\0-\u02ff]{{{_MARKS + 1},}}+")
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")
# The characters that a key must have for `near` to compare it: a longer one is no misspelt name.
_SHORTEST, _LONGEST = 3, 64
_MOST = 3  # names that `near` returns


def fold_case(text: str) -> str:
    """Return text without its differences of case and Unicode form.

    >>> fold_case("CAF\u00c9") == fold_case("cafe\u0301")
    True
    """
    if text.isascii():
        return text.lower()
    # Compatibility caseless matching, as the Unicode Standard defines it (section 3.13, D146).
    once = _normalized("NFD", text).casefold()
    return _normalized("NFKD", _normalized("NFKD", once).casefold())


def fold(key: str) -> str:
    """Return a name without its differences of case, Unicode form, spaces and punctuation.

    Apostrophes and modifier letters of every kind are punctuation here. A name of nothing but
    punctuation keeps it, so that it does not equal every other such name.

    >>> fold("N. Mariana  Islands")
    'nmarianaislands'
    >>> fold("Hawai\u02bbi") == fold("Hawai`i") == fold("Hawai\u2019i") == fold("HAWAII")
    True
    >>> fold("--")
    '--'
    """
    if key.isascii():
        folded = key.translate(_FOLDED)
    else:
        folded = _letters(fold_case(_letters(_normalized("NFD", key))))
    return folded or "".join(fold_case(key).split())


def _normalized(form: Literal["NFD", "NFKD"], text: str) -> str:
    from unicodedata import normalize  # ASCII text, which most is, does not pay for it

    return normalize(form, _MAY_BE_MARKS.sub(_with_joiners, text))


def _with_joiners(run: re.Match[str]) -> str:
    from unicodedata import combining

    pieces = ["".join(each) for _, each in groupby(run[0], lambda c: combining(c) > 0)]
    return "".join(
        _JOINER.join(piece[at : at + _MARKS] for at in range(0, len(piece), _MARKS))
        if combining(piece[0])
        else piece
        for piece in pieces
    )


def _letters(text: str) -> str:
    from unicodedata import category

    # The major categories P punctuation, Z separators, C controls and other unprintables; and Sk,
    # modifier symbols.
    return "".join(
        c
        for c in text
        if (kind := category(c))[0] not in "PZC"
        and kind != "Sk"
        and ord(c) not in _MODIFIER_LETTERS
    )


def escaped(text: str) -> str:
    r"""Return a text on one line: what a terminal would obey, or end a line at, is an escape.

    >>> print(escaped("one\n\x1b[2Jtwo\x9b"))
    one\n\x1b[2Jtwo\x9b
    """
    return _CONTROLS.sub(lambda control: ascii(control[0])[1:-1], text)


def near(key: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names that a misspelt key may mean, the likeliest first: three at most.

    Those come first of which a key is very like the misspelt one; then those of which a key begins
    with it, or has all of its words, or has no other words. Where there are none, a name that is a
    little like it is near.

    Args:
        key: The misspelt key.
        names: For each key that exists, the name that it stands for.

    >>> names = {"Ohio": "Ohio", "North Carolina": "North Carolina", "Penn.": "Pennsylvania"}
    >>> near("Ohoi", names), near("carolina", names), near("Texas", names)
    (('Ohio',), ('North Carolina',), ())
    """
    from difflib import get_close_matches  # paid for only by a miss that is shown

    if not _SHORTEST <= len(key) <= _LONGEST or not (folded := fold(key)):
        return ()
    cased, words = fold_case(key), _words(key)
    keys = {fold_case(each): name for each, name in names.items() if len(each) <= _LONGEST}
    likely = [keys[each] for each in get_close_matches(cased, keys, cutoff=0.8)]
    likely += (
        name
        for each, name in names.items()
        if len(folded) > _SHORTEST
        and (
            fold(each).startswith(folded)
            or (words and (others := _words(each)) and (words <= others or others <= words))
        )
    )
    if not likely:
        own = {fold_case(name): name for name in names.values() if len(name) <= _LONGEST}
        likely += map(own.__getitem__, get_close_matches(cased, own))
    return tuple(dict.fromkeys(likely))[:_MOST]


def _words(text: str) -> set[str]:
    return {folded for word in re.split(r"[\W_]+", text) if len(folded := fold(word)) > 2}
