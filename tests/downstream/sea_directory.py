"""A toy tool: a directory of the SEAs of an exchange, each with the code to mail it by."""

import json
from collections.abc import Mapping
from typing import TypeAlias

import smh_p2p

Directory: TypeAlias = Mapping[str, str | None]


def directory(exchange: smh_p2p.Exchange) -> Directory:
    """Return the USPS abbreviation of each SEA, by its name."""
    return {sea.name: sea.usps for sea in exchange.seas}


def read(document: bytes) -> Directory:
    """Read a directory from a document of an exchange."""
    return directory(smh_p2p.from_json(document))


def read_carelessly(document: bytes) -> Directory:
    """Do the same, as it is often done."""
    return {sea["name"]: sea["usps"] for sea in json.loads(document)["seas"]}


def code(exchange: smh_p2p.Exchange, key: str) -> str | None:
    """Return the USPS abbreviation of a SEA."""
    return exchange.sea(key).usps


def code_by_name(exchange: smh_p2p.Exchange, key: str) -> str | None:
    """Do the same, as it is often done."""
    return directory(exchange)[key]
