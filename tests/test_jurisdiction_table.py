import json
from typing import Any

import attrs
import pycountry
import pytest
import us

import smh_p2p
from smh_p2p import (
    SEA,
    Exchange,
    JurisdictionKind,
    NotFoundError,
    fold,
    jurisdiction,
    jurisdictions,
)
from smh_p2p.records import CODES

TABLE: Any = json.loads(smh_p2p.resource("jurisdictions.json").read_bytes())
BIE = "Bureau of Indian Education"
# Some versions of `us` count the District of Columbia among the states, and some do not.
STATES: Any = {state.abbr: state for state in (*us.states.STATES_AND_TERRITORIES, us.states.DC)}


def test_every_state_district_commonwealth_and_area_is_in_the_table_once() -> None:
    names = [sea.name for sea in jurisdictions()]
    assert set(names) == {state.name for state in STATES.values()} | {BIE}
    assert names == sorted(names)
    assert len(names) == 57


def test_every_code_is_the_one_that_others_publish() -> None:
    for sea in jurisdictions():
        if sea.name == BIE:
            assert sea.codes == {"CCD": "59", "CCD abbr.": "BI"}
            continue
        state = STATES[sea.usps]
        subdivision: Any = pycountry.subdivisions.get(code=sea.iso_3166_2)  # type: ignore[no-untyped-call]
        assert (state.name, state.abbr, state.fips) == (sea.name, sea.usps, sea.fips)
        assert sea.iso_3166_2 == f"US-{sea.usps}"
        assert fold(subdivision.name) in map(fold, sea.names)
        # NCES takes the FIPS number and the USPS abbreviation of all but its own two.
        assert (sea.ccd, sea.ccd_abbreviation) == (sea.fips, sea.usps)


def test_the_kinds_are_those_of_federal_education_law() -> None:
    by_kind = {
        kind: [sea.usps for sea in jurisdictions() if sea.kind is kind] for kind in JurisdictionKind
    }
    assert by_kind[JurisdictionKind.OUTLYING_AREA] == ["AS", "GU", "MP", "VI"]
    assert by_kind[JurisdictionKind.FEDERAL] == [None]
    assert {"DC", "PR"} < {*by_kind[JurisdictionKind.STATE]}


def test_the_canonical_exchange_agrees_with_the_table(exchange: Exchange) -> None:
    for sea in exchange.seas:
        known = jurisdiction(sea.name)
        for name in ("name", "abbreviation", "kind", *CODES):
            assert getattr(known, name) == getattr(sea, name)
        assert sea.aliases == known.aliases[: len(sea.aliases)]


def test_every_column_has_its_standard() -> None:
    columns = {name for row in TABLE["jurisdictions"] for name in row}
    assert columns == TABLE["columns"].keys()
    assert set(TABLE["columns"].values()) == TABLE["standards"].keys()
    for standard in TABLE["standards"].values():
        assert standard["title"]
        assert standard["edition"]


def test_the_standards_are_those_that_the_origins_name() -> None:
    origins: Any = json.loads(smh_p2p.resource("provenance.json").read_bytes())
    for name in ("usps", "fips", "iso_3166_2", "ccd_documentation_1"):
        assert TABLE["standards"][name]["title"] == origins["standards"][name]["title"]


def test_no_two_jurisdictions_share_a_key_or_a_tile() -> None:
    for sea in jurisdictions():
        for key in sea.keys:
            assert jurisdiction(key) is sea
            assert jurisdiction(f" {key.swapcase()} ") is sea
    tiles = [tuple(row["tile"]) for row in TABLE["jurisdictions"]]
    assert len(set(tiles)) == len(tiles)


@pytest.mark.parametrize(
    ("key", "usps"),
    {
        "Penn.": "PA",
        "Pa.": "PA",
        "Mass.": "MA",
        "W. Va.": "WV",
        "Calif.": "CA",
        "N. Carolina": "NC",
        "State of Ohio": "OH",
        "the State of Ohio": None,
        "New York State": "NY",
        "Commonwealth of Pennsylvania": "PA",
        "Commonwealth of Ohio": None,
        "Washington": "WA",
        "Washington State": "WA",
        "Washington, D.C.": "DC",
        "Washington DC": "DC",
        "D.C.": "DC",
        "U.S. Virgin Islands": "VI",
        "Virgin Islands, U.S.": "VI",
        "USVI": "VI",
        "CNMI": "MP",
        "N. Mariana Is.": "MP",
        "Puerto Rico": "PR",
        "Hawai\u02bbi": "HI",
        "Virginia": "VA",
        "60": "AS",
        "GA": "GA",
        "US-GU": "GU",
        "BIE": None,
    }.items(),
)
def test_a_jurisdiction_is_found_by_what_people_write(key: str, usps: str | None) -> None:
    if usps or key == "BIE":
        assert jurisdiction(key).usps == usps
    else:
        with pytest.raises(NotFoundError):
            jurisdiction(key)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("Alasca", "no SEA 'Alasca' in the table of jurisdictions; did you mean 'Alaska'?"),
        (
            2,
            "no SEA 2 in the table of jurisdictions; "
            "codes are text of two digits: did you mean '02'?",
        ),
    ],
)
def test_a_miss_says_what_helps(key: Any, message: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        jurisdiction(key)
    assert str(caught.value) == message


def test_an_exchange_is_written_with_its_codes(exchange: Exchange) -> None:
    own = Exchange(
        identifier="own",
        title="Own",
        source=exchange.source,
        seas=[jurisdiction(key) for key in ("AL", "CA", "BIE")],  # type: ignore[arg-type]
    )
    assert own.sea("Calif.").fips == "06"
    assert smh_p2p.from_json(smh_p2p.to_json(own)) == own
    everybody = attrs.evolve(own, seas=jurisdictions())
    assert [everybody.sea(sea.ccd or "") for sea in jurisdictions()] == [*jurisdictions()]


def test_a_sea_is_known_by_any_of_its_keys(exchange: Exchange) -> None:
    printed = SEA(name="Washington DC", kind=JurisdictionKind.STATE, usps="DC")
    own = attrs.evolve(exchange, seas=(printed,))
    with pytest.raises(NotFoundError, match="did you mean 'Washington DC'"):
        own.sea("District of Columbia")
