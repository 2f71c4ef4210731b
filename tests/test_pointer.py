from functools import reduce
from typing import Any

from hypothesis import given, strategies as st

from smh_p2p.pointer import get, join, tokens

KEYS = st.text("ab~/01")  # those that a pointer escapes, and others


@given(st.lists(KEYS))
def test_the_keys_of_a_pointer_are_those_it_was_joined_of(keys: list[str]) -> None:
    assert [*tokens(reduce(join, keys, ""))] == keys


@given(st.lists(KEYS), st.integers())
def test_a_pointer_leads_to_its_value(keys: list[str], value: int) -> None:
    document: Any = value
    for key in reversed(keys):
        document = {key: document}
    assert get(document, reduce(join, keys, "")) == value
