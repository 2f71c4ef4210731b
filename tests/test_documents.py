import json
import re

import pytest
from hypothesis import HealthCheck, find, given, settings, strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.vendor.pretty import pretty

import smh_p2p
from conftest import RULES_OF_DOCUMENTS, SEARCH, sample
from smh_p2p import Exchange, InvalidDocumentError, Rule
from smh_p2p.testing import InvalidDocument, documents, exchanges, invalid_documents


@given(documents())
def test_documents_are_valid(document: bytes) -> None:
    assert isinstance(smh_p2p.from_json(document), Exchange)


@given(st.data(), exchanges())
def test_every_spelling_of_a_document_means_the_same(
    data: st.DataObject, exchange: Exchange
) -> None:
    assert smh_p2p.from_json(data.draw(documents(st.just(exchange)))) == exchange


@pytest.mark.parametrize(
    "spelling",
    [b"\xef\xbb\xbf", b"\\u", b"\r\n", b"\t", b" :", b'"groups":[]', b"\\/", rb"\ud83"],
)
def test_documents_are_spelled_in_every_way(spelling: bytes) -> None:
    find(
        documents(exchanges(title=st.just("\U0001f600/"))),
        lambda document: spelling in document,
        settings=SEARCH,
    )


def test_keys_come_in_any_order() -> None:
    canonical = documents(st.just(smh_p2p.load()))

    def has_title_last(document: bytes) -> bool:
        keys: list[str] = list(json.loads(document.decode("utf-8-sig")))
        return keys[-1] == "title"

    find(canonical, has_title_last, settings=SEARCH)


def complaints(invalid: InvalidDocument) -> list[tuple[str, Rule]]:
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_json(invalid.document)
    return [(problem.where, problem.rule) for problem in caught.value.problems]


@pytest.mark.parametrize("rule", RULES_OF_DOCUMENTS)
def test_every_rule_is_a_kind_of_mistake_and_found_where_it_is(rule: Rule) -> None:
    @settings(suppress_health_check=[HealthCheck.data_too_large] if rule is Rule.SIZE else [])
    @given(invalid_documents({rule}))
    def test(invalid: InvalidDocument) -> None:
        assert invalid.rule is rule
        found = complaints(invalid)
        assert (invalid.where, rule) in found
        # One mistake is told at one place. What is nested deeply is no text either.
        assert {where for where, _ in found} - {"/title"} <= {invalid.where}

    test()


def test_no_reference_is_a_second_mistake_where_the_number_of_a_group_is_wrong() -> None:
    of_groups: list[InvalidDocument] = []

    def are_several(invalid: InvalidDocument) -> bool:
        if re.fullmatch("/groups/[0-9]+/number", invalid.where):
            of_groups.append(invalid)
        return len(of_groups) >= 5

    find(invalid_documents({Rule.NUMBER}), are_several, settings=SEARCH)
    for invalid in of_groups:
        assert complaints(invalid) == [(invalid.where, Rule.NUMBER)]


@pytest.mark.long
def test_mistakes_of_every_kind_are_drawn_without_being_asked_for() -> None:
    drawn: set[Rule] = set()

    def all_drawn(invalid: InvalidDocument) -> bool:
        drawn.add(invalid.rule)
        return drawn == set(RULES_OF_DOCUMENTS)

    find(invalid_documents(), all_drawn, settings=SEARCH)


@pytest.mark.long
@pytest.mark.parametrize(
    ("rule", "pattern"),
    sample(
        [
            (Rule.UNIQUE, "/groups/[0-9]+/number"),
            (Rule.TYPE, "/seas/[0-9]+/group"),
            (Rule.TYPE, "/sessions/[0-9]+/groups/[0-9]+"),
            (Rule.TYPE, ""),
            (Rule.UNIQUE, "/seas/[0-9]+/(usps|fips|iso_3166_2|ccd|ccd_abbreviation)"),
            (Rule.UNIQUE, "/not_stated/[0-9]+"),
            (Rule.REFERENCE, "/objectives/[0-9]+/groups/[0-9]+"),
            (Rule.REFERENCE, "/seas/[0-9]+/group"),
            (Rule.MISSING_KEY, "/groups/[0-9]+"),
            (Rule.UNKNOWN_KEY, "/a~1b~0c"),
            (Rule.DOUBLED_KEY, "/source/title"),
        ]
    ),
)
def test_mistakes_are_made_in_every_part(rule: Rule, pattern: str) -> None:
    find(
        invalid_documents({rule}),
        lambda invalid: re.fullmatch(pattern, invalid.where) is not None,
        settings=SEARCH,
    )


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule not in RULES_OF_DOCUMENTS])
def test_only_rules_of_documents_can_be_asked_for(rule: Rule) -> None:
    with pytest.raises(InvalidArgument, match=f"^{rule!r} is not a rule of documents; use one of "):
        invalid_documents({rule})


def test_a_very_long_document_is_shown_in_short_and_whole() -> None:
    invalid = find(invalid_documents({Rule.SIZE}), lambda _: True, settings=SEARCH)
    assert len(pretty(invalid)) < 100_000
    assert eval(repr(invalid.document)) == invalid.document  # noqa: S307 - it can be pasted
