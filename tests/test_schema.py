import json
from typing import Any

import attrs
import jsonschema
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings

import smh_p2p
from conftest import RULES_OF_DOCUMENTS, needs_docstrings, without_surrogates
from smh_p2p import Rule
from smh_p2p.record import fields_of
from smh_p2p.testing import InvalidDocument, documents, invalid_documents
from smh_p2p.testing.strategies import STRATEGIES

SCHEMA = json.loads(smh_p2p.resource("schema.json").read_bytes())
UNSAID = {Rule(rule) for rule in SCHEMA["$comment"].partition(": ")[2].split(", ")}
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
IN_RUST = jsonschema_rs.Draft202012Validator(SCHEMA)


def written(document: bytes) -> str:
    """Return a document without escapes."""
    return json.dumps(json.loads(document.decode("utf-8-sig")), ensure_ascii=False)


def accepts(document: bytes) -> bool:
    text = written(document)
    accepted = VALIDATOR.is_valid(json.loads(text))
    assert IN_RUST.is_valid(json.loads(without_surrogates(text))) is accepted
    return accepted


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_canonical_document_is_accepted() -> None:
    assert accepts(smh_p2p.resource("exchange.json").read_bytes())


@given(documents())
def test_every_valid_document_is_accepted(document: bytes) -> None:
    assert accepts(document)


@pytest.mark.parametrize("rule", [rule for rule in RULES_OF_DOCUMENTS if rule not in UNSAID])
def test_every_mistake_that_a_schema_can_say_is_refused(rule: Rule) -> None:
    @given(invalid_documents({rule}))
    def test(invalid: InvalidDocument) -> None:
        text = written(invalid.document)
        lone_surrogate = without_surrogates(text) != text  # no pattern can say it
        assert accepts(invalid.document) is lone_surrogate

    test()


@pytest.mark.parametrize("rule", [Rule.ORDER, Rule.REFERENCE, Rule.DOUBLED_KEY, Rule.SIZE])
def test_no_schema_can_say_the_other_rules(rule: Rule) -> None:
    every: Any = HealthCheck

    @settings(suppress_health_check=list(every))
    @given(invalid_documents({rule}))
    def test(invalid: InvalidDocument) -> None:
        assert accepts(invalid.document)

    test()


@given(invalid_documents({Rule.UNIQUE}))
def test_what_is_unique_is_said_of_plain_arrays_alone(invalid: InvalidDocument) -> None:
    in_an_array_of_its_own = invalid.where.rpartition("/")[2].isdigit()
    assert accepts(invalid.document) is not in_an_array_of_its_own


@needs_docstrings
@pytest.mark.parametrize("record", STRATEGIES)
def test_every_attribute_has_its_description(record: type[Any]) -> None:
    listed = (record.__doc__ or "").partition("\nAttributes:\n")[2].splitlines()
    descriptions = {field.name: field.description for field in fields_of(record)}
    assert list(descriptions) == [attribute.name for attribute in attrs.fields(record)]
    assert all(descriptions.values())
    assert listed == [f"    {name}: {text}" for name, text in descriptions.items()]
    if record is not smh_p2p.YearMonth:  # a month is text in a document
        schema = SCHEMA if record is smh_p2p.Exchange else SCHEMA["$defs"][record.__name__]
        for name, text in descriptions.items():
            assert schema["properties"][name]["description"] == text


def test_an_editor_may_be_told_where_the_schema_is(document: Any) -> None:
    assert VALIDATOR.is_valid({"$schema": "https://example.org/schema.json", **document})


def test_a_whole_number_with_a_point_is_for_the_reader_to_refuse(document: Any) -> None:
    document["groups"][0]["number"] = 1.0
    assert VALIDATOR.is_valid(document)
    with pytest.raises(smh_p2p.InvalidDocumentError, match=r"/groups/0/number: found 1\.0"):
        smh_p2p.from_dict(document)


@pytest.mark.parametrize("text", ["AK\n", "AK\r", "\nAK", "ak"])
def test_a_code_is_all_of_a_text(text: str, document: Any) -> None:
    document["seas"][0]["usps"] = text
    assert not VALIDATOR.is_valid(document)
