"""An exchange and its citations as linked data (JSON-LD 1.1).

The contexts are written out in what these functions return, so that a reader fetches nothing. Every
record and every fact has an IRI: the base, the identifier of the exchange, `#`, its JSON Pointer.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from smh_p2p.canonical import is_canonical, load
from smh_p2p.exchange import Exchange
from smh_p2p.pointer import join
from smh_p2p.provenance import Citation, Origin, Span, Standard, citations
from smh_p2p.records import SEA, Organization
from smh_p2p.resources import LICENCE, content, version
from smh_p2p.values import Role

BASE = "urn:smh-p2p:"
AROUND = 32  # code points of the source before and after a quote


def _context(name: str) -> Any:
    """Return a context of `contexts.json`: the terms of a vocabulary that are used here."""
    return json.loads(content("contexts.json"))[name]


def _iri(exchange: Exchange, pointer: str, base: str) -> str:
    return (
        f"{base}{exchange.identifier}#{quote(pointer)}" if pointer else base + exchange.identifier
    )


def to_jsonld(exchange: Exchange, base: str = BASE) -> dict[str, Any]:
    """Return an exchange in the terms of schema.org, and a `Dataset` by which it is found.

    It is an `EventSeries`. Each session is an `EducationEvent` without a date of its own, its SEAs
    attend, its objectives are what it teaches. Months stay months.

    Args:
        exchange: Any exchange.
        base: What the IRIs begin with: an address where you publish them, if you do.

    >>> import smh_p2p
    >>> series, dataset = to_jsonld(smh_p2p.load())["@graph"]
    >>> series["startDate"], dataset["temporalCoverage"]
    ('2019-08', '2019-08/2019-09')
    """

    def iri(pointer: str) -> str:
        return _iri(exchange, pointer, base)

    def each(sequence: str) -> Iterator[tuple[str, Any]]:
        for index, record in enumerate(getattr(exchange, sequence)):
            yield iri(f"/{sequence}/{index}"), record

    audiences = {group.number: {"@id": name} for name, group in each("groups")}
    staff = {record: _organization(record, name) for name, record in each("organizations")}
    source = exchange.source
    document = {
        "@type": "DigitalDocument",
        "@id": source.address,
        "name": source.title,
        "publisher": source.publisher and {"@type": "Organization", "name": source.publisher},
    }
    series = {
        "@id": iri(""),
        "@type": ["EventSeries", "EducationEvent"],
        "identifier": exchange.identifier,
        "name": exchange.title,
        "description": _joined(exchange.background, exchange.definition),
        "disambiguatingDescription": exchange.goal,
        "startDate": exchange.period and str(exchange.period.start),
        "endDate": exchange.period and str(exchange.period.end),
        "organizer": next((staff[each] for each in staff if each.role is Role.FACILITATOR), None),
        "contributor": [staff[partner] for partner in exchange.partners],
        "audience": [
            {
                "@id": name,
                "@type": "Audience",
                "name": f"Group {group.number}",
                "audienceType": group.phase,
            }
            for name, group in each("groups")
        ],
        "subEvent": [
            {
                "@id": name,
                "@type": "EducationEvent",
                "identifier": str(session.number),
                "name": session.title,
                "superEvent": {"@id": iri("")},
                "audience": [audiences[number] for number in session.groups],
            }
            for name, session in each("sessions")
        ],
        "teaches": [
            {
                "@id": name,
                "@type": "DefinedTerm",
                "termCode": str(objective.number),
                "name": objective.text,
                "audience": [audiences[number] for number in objective.groups],
            }
            for name, objective in each("objectives")
        ],
        "attendee": [_sea(sea, name, audiences) for name, sea in each("seas")],
        "subjectOf": document,
    }
    dataset = {
        "@id": iri("/"),
        "@type": "Dataset",
        "name": exchange.title,
        "description": _joined(exchange.background, exchange.definition),
        "about": {"@id": iri("")},
        "isBasedOn": source.address,
        "temporalCoverage": exchange.period and str(exchange.period),
    }
    if is_canonical(exchange):
        dataset |= {"license": LICENCE["path"], "version": version()}
    return {"@context": _context("schema.org"), "@graph": [_given(series), _given(dataset)]}


def _joined(*texts: str | None) -> str | None:
    return " ".join(filter(None, texts)) or None


def _given(node: Any) -> Any:
    """Leave out what is not there."""
    if isinstance(node, dict):
        return {key: _given(value) for key, value in node.items() if value not in (None, [])}
    return [_given(each) for each in node] if isinstance(node, list) else node


def _organization(organization: Organization, name: str) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "Organization",
        "name": organization.name,
        "alternateName": organization.abbreviation,
    }


def _sea(sea: SEA, name: str, audiences: dict[int, Any]) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "GovernmentOrganization",
        "name": sea.name,
        "alternateName": [*filter(None, [sea.abbreviation]), *sea.aliases],
        "disambiguatingDescription": sea.kind.value,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": code, "value": value}
            for code, value in sea.codes.items()
        ],
        "memberOf": audiences[sea.group] if sea.group else None,
    }


def citations_to_jsonld(base: str = BASE) -> dict[str, Any]:
    """Return the origin of every fact of the canonical exchange.

    What is quoted or inferred is a Web Annotation: its body is the fact, its targets are the
    passages of the source, the first of which the value is read from. PROV-O says how a fact comes
    from them, from a standard, or from this package.

    Args:
        base: What the IRIs begin with, as in `to_jsonld`.

    >>> annotation = next(
    ...     each for each in citations_to_jsonld()["@graph"] if each["type"] == "Annotation"
    ... )
    >>> annotation["target"][0]["selector"]["exact"]
    'School Mental Health Peer-to-Peer (P2P) Exchange Series'
    """
    exchange = load()
    text = content("source.txt").decode()
    source = {
        "id": exchange.source.address,
        "type": "Entity",
        "title": exchange.source.title,
    }
    facts = (_fact(exchange, citation, text, base) for citation in citations())
    return {"@context": _context("annotation"), "@graph": [source, *facts]}


def _fact(exchange: Exchange, citation: Citation, text: str, base: str) -> dict[str, Any]:
    record = citation.pointer.rpartition("/")[0]
    fact: dict[str, Any] = {
        "id": _iri(exchange, citation.pointer, base),
        "type": "Entity",
        "value": str(citation.value),
        "isPartOf": _iri(exchange, record, base),
    }
    source = exchange.source.address
    match citation:
        case Citation(standard=Standard() as standard):
            return fact | {
                "hadPrimarySource": {
                    "id": f"{base}{quote(standard.title)}",
                    "type": "Entity",
                    "title": standard.title,
                    "comment": standard.edition,
                }
            }
        case Citation(origin=Origin.ASSIGNED):
            agent = {"id": f"{base}smh_p2p", "type": "SoftwareAgent", "label": "smh_p2p"}
            return fact | {"wasAttributedTo": agent}
        case Citation(origin=Origin.INFERRED):
            why = {"type": "Activity", "label": "inference", "comment": citation.because}
            fact |= {"wasDerivedFrom": source, "wasGeneratedBy": why}
        case _:
            fact |= {"wasQuotedFrom": source}
    return {
        "id": _iri(exchange, join("/citations", citation.pointer), base),
        "type": "Annotation",
        "motivation": "describing",
        "body": fact | {"type": ["Entity", "TextualBody"]},
        "target": [
            {
                "type": "SpecificResource",
                "source": source,
                "selector": _selector(span, text),
            }
            for span in citation.spans
        ],
    }


def _selector(span: Span, text: str) -> dict[str, Any]:
    return {
        "type": "TextQuoteSelector",
        "exact": span.quote,
        "prefix": text[max(span.start - AROUND, 0) : span.start],
        "suffix": text[span.end : span.end + AROUND],
        "refinedBy": {"type": "TextPositionSelector", "start": span.start, "end": span.end},
    }
