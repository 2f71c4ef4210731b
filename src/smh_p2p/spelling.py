"""Comparison of texts: differences of spelling, and similar names."""

import re
from collections.abc import Mapping
from typing import Literal

# `fold` for ASCII: it removes punctuation, separators, controls and the modifiers ^ and `.
_FOLDED = {
    ord(character): character.lower() if character.isalnum() or character in "$+<=>|~" else None
    for character in map(chr, range(128))
}
_MODIFIER_LETTERS = range(0x2B0, 0x300)  # with the okina of Hawaii
# The time to normalise a run of marks grows with the square of its length, so a joiner stands after
# thirty (Stream-Safe Text Process, UAX #15). No mark is below U+0300.
_MARKS, _JOINER = 30, "\u034f"
_MAY_BE_MARKS = re.compile(f"[^\0-\u02ff]{{{_MARKS + 1},}}+")
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")
_SHORTEST, _LONGEST = 3, 64  # lengths of a misspelt key
_MOST = 3  # names that `near` returns


def fold_case(text: str) -> str:
    """Return a text without differences of case and Unicode form.

    >>> fold_case("CAF\u00c9") == fold_case("cafe\u0301")
    True
    """
    if text.isascii():
        return text.lower()
    # Compatibility caseless matching (Unicode Standard, D146).
    once = _normalized("NFD", text).casefold()
    return _normalized("NFKD", _normalized("NFKD", once).casefold())


def fold(key: str) -> str:
    """Return a name without differences of case, Unicode form, spaces and punctuation.

    Apostrophes and modifier letters are punctuation. A name of only punctuation keeps it, so that
    two such names stay different.

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
    from unicodedata import normalize  # ASCII text, the usual case, does not need it

    return normalize(form, _MAY_BE_MARKS.sub(_with_joiners, text))


def _with_joiners(run: re.Match[str]) -> str:
    from unicodedata import combining

    text, marks = "", 0
    for character in run[0]:
        marks = marks + 1 if combining(character) else 0
        if marks > _MARKS:
            text, marks = text + _JOINER, 1
        text += character
    return text


def _letters(text: str) -> str:
    from unicodedata import category

    # P punctuation, Z separators, C controls and other unprintables, and Sk modifier symbols
    omitted = ("P", "Z", "C", "Sk")
    return "".join(
        c for c in text if not category(c).startswith(omitted) and ord(c) not in _MODIFIER_LETTERS
    )


def escaped(text: str) -> str:
    r"""Return a text on one line, with escapes for line ends and the controls of a terminal.

    >>> print(escaped("one\n\x1b[2Jtwo\x9b"))
    one\n\x1b[2Jtwo\x9b
    """
    return _CONTROLS.sub(lambda control: ascii(control[0])[1:-1], text)


def near(key: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return at most three names that a misspelt key may mean, the most likely first.

    Names with a very similar key come first, then those with a key that begins with the misspelt
    one, has all of its words, or has no other words; if there are none, names with some similarity.

    Args:
        key: The misspelt key.
        names: The name of each existing key.

    >>> names = {"Ohio": "Ohio", "North Carolina": "North Carolina", "Penn.": "Pennsylvania"}
    >>> near("Ohoi", names), near("carolina", names), near("Texas", names)
    (('Ohio',), ('North Carolina',), ())
    """
    from difflib import get_close_matches  # slow to import, and only a miss needs it

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
