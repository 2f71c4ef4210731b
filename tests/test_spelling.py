import difflib
import random
import unicodedata

import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p.spelling import fold, fold_case, near

NAMES = {key: sea.name for sea in smh_p2p.jurisdictions() for key in sea.keys}


@given(st.text())
def test_case_form_spaces_and_punctuation_make_no_difference(text: str) -> None:
    folded = fold(text)
    assert fold(f" {text}\t") == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(unicodedata.normalize("NFC", text)) == folded


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_text_is_folded_as_any_other(text: str) -> None:
    other = fold(f"{text}\N{GREEK SMALL LETTER OMEGA}").removesuffix("\N{GREEK SMALL LETTER OMEGA}")
    assert fold(text) == (other or "".join(fold_case(text).split()))


@pytest.mark.parametrize(
    "apostrophe",
    ["'", "`", "\u2018", "\u2019", "\u02bb", "\u02bc", "\u02b9", "\u00b4", "\uff07", "\u055a", ""],
)
def test_apostrophes_and_modifier_letters_of_every_kind_go(apostrophe: str) -> None:
    assert fold(f"Hawai{apostrophe}i") == "hawaii"
    assert smh_p2p.jurisdiction(f"State of Hawai{apostrophe}i").usps == "HI"


def misspelt(word: str, chance: random.Random) -> str:
    """Return a word with one mistake: a letter dropped, doubled, changed or swapped."""
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def test_what_is_near_is_right_more_often_than_difflib() -> None:
    chance = random.Random(2019)  # noqa: S311 - a sample, and the same one at each run
    names = {name.casefold(): name for name in NAMES.values()}
    ours, theirs, rounds = 0, 0, 0
    for key, name in NAMES.items():
        for mistakes in (1, 1, 2) if len(key) > 5 else (1,) if len(key) > 3 else ():
            wrong = key
            for _ in range(mistakes):
                wrong = misspelt(wrong, chance)
            rounds += 1
            ours += near(wrong, NAMES)[:1] == (name,)
            close = difflib.get_close_matches(wrong.casefold(), names, n=1)
            theirs += [names[match] for match in close] == [name]
    assert rounds > 300
    assert theirs < 0.75 * rounds
    assert ours > 0.9 * rounds


def test_what_is_near_is_right_about_names_as_often_as_difflib() -> None:
    chance = random.Random(2019)  # noqa: S311 - likewise
    names = {name.casefold(): name for name in NAMES.values()}
    for name in names.values():
        wrong = misspelt(misspelt(name, chance), chance)
        close = difflib.get_close_matches(wrong.casefold(), names, n=1)
        if len(wrong) > 2 and [names[match] for match in close] == [name]:
            assert near(wrong, NAMES)[0] == name


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("Alasca", ("Alaska",)),
        ("CNMII", ("Northern Mariana Islands",)),
        ("Carolina", ("South Carolina", "North Carolina")),
        ("Pennsylvania Department of Education", ("Pennsylvania",)),
        ("Massachussets", ("Massachusetts",)),
        ("Mariana", ("Northern Mariana Islands",)),
        ("Pennsylv", ("Pennsylvania",)),
        ("XX", ()),
        ("", ()),
        ("Elsewhere", ()),
        ("x" * 1_000_000, ()),
    ],
)
def test_what_is_near(key: str, names: tuple[str, ...]) -> None:
    assert near(key, NAMES)[: max(len(names), 1)] == names
