import json
from typing import Any

import attrs
import cattrs
import pytest
from hypothesis import given

import smh_p2p
from smh_p2p import (
    SEA,
    Exchange,
    InvalidDocumentError,
    JurisdictionKind,
    Organization,
    Period,
    Session,
    Source,
    YearMonth,
)
from smh_p2p.testing import exchanges


@attrs.frozen
class Shelf:
    label: str
    exchanges: list[Exchange]
    months: dict[str, YearMonth]
    kind: JurisdictionKind
    session: Session | None
    period: Period
    staff: tuple[Organization, ...]


def shelf(*some: Exchange) -> Shelf:
    canonical = smh_p2p.load()
    assert canonical.period
    return Shelf(
        "a",
        [*some],
        {"first": canonical.period.start},
        JurisdictionKind.STATE,
        canonical.session(1),
        canonical.period,
        canonical.organizations,
    )


def converter(*, detailed: bool = True) -> cattrs.Converter:
    new_converter = cattrs.Converter(detailed_validation=detailed)
    smh_p2p.register_hooks(new_converter)
    return new_converter


@given(exchanges())
def test_what_a_converter_writes_it_reads_back_equal(exchange: Exchange) -> None:
    for detailed in (True, False):
        own = converter(detailed=detailed)
        document = json.loads(json.dumps(own.unstructure(shelf(exchange))))
        assert document["exchanges"] == [smh_p2p.to_dict(exchange)]
        assert document["months"] == {"first": "2019-08"}
        assert own.structure(document, Shelf) == shelf(exchange)


def test_every_record_is_read_and_written_by_itself(exchange: Exchange) -> None:
    own = converter()
    period = exchange.period
    assert period
    records = (
        exchange,
        exchange.source,
        exchange.seas[8],
        exchange.groups[0],
        period,
        period.start,
    )
    for record in records:
        written = json.loads(json.dumps(own.unstructure(record)))
        assert own.structure(written, type(record)) == record


def test_transform_error_names_the_place_and_the_reason_of_every_problem() -> None:
    document: Any = json.loads(json.dumps(converter().unstructure(shelf(smh_p2p.load()))))
    first = document["exchanges"][0]
    del first["title"], first["sessions"][1]["title"]
    first["seas"][3]["fips"] = 66
    first["seas"][4]["colour"] = "red"
    first["sessions"][2]["groups"][1] = 0
    first["groups"] = {}
    first["period"]["start"] = "August"
    document["period"] = 7
    document["months"]["first"] = "2019-13"
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure(document, Shelf)
    assert sorted(cattrs.transform_error(caught.value)) == sorted(
        [
            "required field missing @ $.exchanges[0].title",
            "required field missing @ $.exchanges[0].sessions[1].title",
            "invalid value for type, expected two digits in text, such as '02', found 66"
            " @ $.exchanges[0].seas[3].fips",
            "extra fields found (colour) @ $.exchanges[0].seas[4]",
            "invalid value for type, expected a whole number from 1 to 9999, found 0"
            " @ $.exchanges[0].sessions[2].groups[1]",
            "invalid value for type, expected an array, found an object @ $.exchanges[0].groups",
            "invalid value for type, expected a month, such as '2019-08', found 'August'"
            " @ $.exchanges[0].period.start",
            "invalid type (found 7, expected an object) @ $.period",
            "invalid type (found '2019-13', expected a month, such as '2019-08')"
            " @ $.months['first']",
        ]
    )


def lines(error: BaseException, indent: str = "") -> list[str]:
    """An error and those within it, each with its notes, as a traceback shows them."""
    notes = getattr(error, "__notes__", [])
    within = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    inner = [line for each in within for line in lines(each, f"{indent}  ")]
    return [f"{indent}{' '.join([type(error).__name__, str(error), *notes])}", *inner]


def test_a_traceback_names_the_place_of_every_problem() -> None:
    document = smh_p2p.to_dict(smh_p2p.load())
    document["groups"][1]["number"] = 0
    del document["title"]
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure({**document, "x": 1}, Exchange)
    assert lines(caught.value) == [
        "ClassValidationError While structuring Exchange (3 sub-exceptions)",
        "  ForbiddenExtraKeysError Extra fields in constructor for Exchange: x",
        "  KeyError 'title' At title",
        "  IterableValidationError In groups (1 sub-exception) At groups",
        "    ClassValidationError In 1 (1 sub-exception) At 1",
        "      ValueError /groups/1/number: found 0, expected a whole number from 1 to 9999"
        " At number",
    ]


def test_a_key_of_digits_is_a_key_and_no_index() -> None:
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure({"title": "", "0": 1}, Source)
    text = "text that is not blank and has no control characters"
    assert sorted(cattrs.transform_error(caught.value)) == [
        "extra fields found (0) @ $",
        f"invalid value for type, expected {text}, found '' @ $.title",
    ]
    document = smh_p2p.to_dict(smh_p2p.load())
    document["source"] |= {"title": "", "0": 1}
    document["groups"][1] |= {"number": 0, "1": 1}
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure(document, Exchange)
    assert sorted(cattrs.transform_error(caught.value)) == [
        "extra fields found (0) @ $.source",
        "extra fields found (1) @ $.groups[1]",
        "invalid value for type, expected a whole number from 1 to 9999, found 0"
        " @ $.groups[1].number",
        f"invalid value for type, expected {text}, found '' @ $.source.title",
    ]


def test_problems_past_a_thousand_are_counted() -> None:
    document = {**smh_p2p.to_dict(smh_p2p.load()), "not_stated": [1] * 1_500}
    with pytest.raises(cattrs.ClassValidationError) as caught:
        converter().structure(document, Exchange)
    assert cattrs.transform_error(caught.value)[-1] == "invalid type (and 500 more problems) @ $"


def test_without_detailed_validation_the_error_is_that_of_a_document() -> None:
    with pytest.raises(InvalidDocumentError, match=r"^\(whole\): missing key 'title'$"):
        converter(detailed=False).structure({}, Source)


def test_a_subclass_is_not_read_as_the_record() -> None:
    @attrs.frozen(kw_only=True)
    class Visited(SEA):
        on: str

    own = converter()
    document = {"name": "Ohio", "kind": "state", "on": "Monday"}
    read = own.structure(document, Visited)
    assert (type(read), read.on) == (Visited, "Monday")
    assert own.unstructure(read)["on"] == "Monday"


def test_other_types_stay_as_they_are() -> None:
    assert converter().structure("1", int) == 1
