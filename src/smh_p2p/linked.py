"""An exchange and its citations as linked data (JSON-LD 1.1).

The contexts are written out, so that a reader fetches nothing. The IRI of a record or a fact is the
base, the identifier of the exchange, `#` and its JSON Pointer. That of a file of the summary is the
base, the identifier, `/` and its name.
"""

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from textwrap import shorten
from typing import Any
from urllib.parse import quote

from smh_p2p.datapackage import without_empty
from smh_p2p.exchange import SEQUENCES, Exchange
from smh_p2p.pointer import join
from smh_p2p.provenance import FILES, Citation, Cited, Origin, Span, Summary, parts
from smh_p2p.resources import content
from smh_p2p.values import Role

BASE = "urn:smh-p2p:"
AROUND = 32  # code points on each side of a quote, or more if another passage is the same
_DOCUMENT, _TEXT = (f"/{name}" for name in FILES[::2])
_LONGEST = 5_000  # characters of a description that Google's dataset search takes
_ABOUT = (
    "The sessions, objectives and participating state educational agencies (SEAs) of a "
    "peer-to-peer (P2P) exchange, as data."
)


def _linked(vocabulary: str, graph: object) -> dict[str, Any]:
    return {"@context": json.loads(content("contexts.json"))[vocabulary], "@graph": graph}


def _iri(exchange: Exchange, base: str, pointer: str) -> str:
    return f"{base}{exchange.identifier}{'#' if pointer else ''}{quote(pointer)}"


def _record(exchange: Exchange, base: str, pointer: str) -> str:
    """Return the IRI in `to_jsonld` of the record of a fact."""
    place = pointer.split("/")[:3]
    if "source" in place:  # the page is named by its address
        return exchange.source.address or _iri(exchange, base, "/source")
    return _iri(exchange, base, "/".join(place) if SEQUENCES.keys() & place else "")


def to_jsonld(given: Cited, base: str = BASE) -> dict[str, Any]:
    """Return an exchange in the terms of schema.org, and a `Dataset` by which it is found.

    It is an `EventSeries`: each session is an `EducationEvent` without a date of its own, the SEAs
    attend, and it teaches the objectives. Months stay months.

    Args:
        given: An exchange or a summary.
        base: The start of every IRI. A web address states that you publish there: a page by the
            name of the identifier, and the files of `Summary.write` in a folder of that name.

    >>> import smh_p2p
    >>> series, dataset = to_jsonld(smh_p2p.load())["@graph"]
    >>> series["startDate"], dataset["temporalCoverage"]
    ('2019-08', '2019-08/2019-09')
    """
    exchange, summary = parts(given)
    iri = partial(_iri, exchange, base)

    def identified(sequence: str) -> Iterator[tuple[str, Any]]:
        for index, record in enumerate(getattr(exchange, sequence)):
            yield iri(f"/{sequence}/{index}"), record

    audiences = {group.number: {"@id": name} for name, group in identified("groups")}
    staff = [
        (each.role, _node(name, "Organization", name=each.name, alternateName=each.abbreviation))
        for name, each in identified("organizations")
    ]
    source, page = exchange.source, _record(exchange, base, "/source")
    described = " ".join(filter(None, [exchange.background, exchange.definition]))
    series = {
        "@id": iri(""),
        "@type": ["EventSeries", "EducationEvent"],
        "identifier": exchange.identifier,
        "name": exchange.title,
        "description": described or None,
        "disambiguatingDescription": exchange.goal,
        "startDate": exchange.period and str(exchange.period.start),
        "endDate": exchange.period and str(exchange.period.end),
        "organizer": next((node for role, node in staff if role is Role.FACILITATOR), None),
        "contributor": [node for role, node in staff if role is Role.PARTNER],
        "audience": [
            _node(name, "Audience", name=f"Group {group.number}", audienceType=group.phase)
            for name, group in identified("groups")
        ],
        "subEvent": [
            _node(
                name,
                "EducationEvent",
                identifier=str(session.number),
                name=session.title,
                superEvent={"@id": iri("")},
                audience=[audiences[number] for number in session.groups],
            )
            for name, session in identified("sessions")
        ],
        "teaches": [
            _node(
                name,
                "DefinedTerm",
                termCode=str(objective.number),
                name=objective.text,
                audience=[audiences[number] for number in objective.groups],
            )
            for name, objective in identified("objectives")
        ],
        "attendee": [
            _node(
                name,
                "GovernmentOrganization",
                name=sea.name,
                alternateName=[*sea.names[1:]],
                disambiguatingDescription=sea.kind and sea.kind.value,
                identifier=[
                    {"@type": "PropertyValue", "propertyID": code, "value": value}
                    for code, value in sea.codes.items()
                ],
                memberOf=sea.group and audiences[sea.group],
            )
            for name, sea in identified("seas")
        ],
        "subjectOf": {
            "@type": "DigitalDocument",
            "@id": page,
            "name": source.title,
            "publisher": source.publisher and {"@type": "Organization", "name": source.publisher},
        },
    }
    dataset: dict[str, Any] = {
        "@id": iri("/"),
        "@type": "Dataset",
        "name": exchange.title,
        "description": shorten(f"{_ABOUT} {described}", _LONGEST, placeholder=" …"),
        "about": {"@id": iri("")},
        "isBasedOn": page,
        "temporalCoverage": exchange.period and str(exchange.period),
    }
    if base.startswith(("http://", "https://")):
        dataset |= {
            "url": iri(""),
            "distribution": {
                "@type": "DataDownload",
                "contentUrl": iri("") + _DOCUMENT,
                "encodingFormat": "application/json",
            },
        }
    if summary:
        dataset |= {
            "license": (summary.licence or {}).get("path"),
            "isAccessibleForFree": bool(summary.licence) or None,
            "creator": summary.creator and {"@type": "Organization", "name": summary.creator},
            "version": summary.version,
        }
    return _linked("schema.org", without_empty([series, dataset]))


def _node(iri: str, kind: str, /, **members: Any) -> dict[str, Any]:
    return {"@id": iri, "@type": kind, **members}


def citations_to_jsonld(given: Cited, base: str = BASE) -> dict[str, Any]:
    """Return the origin of every fact of a summary.

    A quoted or inferred fact is the body of a Web Annotation, and its passages are the targets. The
    first gives the value. Two selectors select each: by its quote, and by its code points in the
    text without a byte order mark. PROV-O says how the text comes from the page, and a fact from
    the text, a standard or this package.

    Args:
        given: A summary. Nothing in an exchange alone is cited.
        base: As in `to_jsonld`.

    >>> import smh_p2p
    >>> graph = citations_to_jsonld(smh_p2p.load_summary())["@graph"]
    >>> annotation = next(each for each in graph if each["type"] == "Annotation")
    >>> annotation["target"][0]["selector"][1]
    {'type': 'TextPositionSelector', 'start': 0, 'end': 55}
    """
    exchange, summary = parts(given)
    page = _record(exchange, base, "/source")
    graph: list[Any] = [{"id": page, "type": "Entity", "title": exchange.source.title}]
    if summary:
        text = {
            "id": _iri(exchange, base, "") + _TEXT,
            "type": ["Entity", "Text"],
            "format": "text/plain",
            "sha256": sha256(summary.text.encode()).hexdigest(),
            "wasDerivedFrom": page,
        }
        graph += [text, *(_fact(summary, each, base) for each in summary.origins.values())]
    return _linked("annotation", graph)


def _fact(summary: Summary, citation: Citation, base: str) -> dict[str, Any]:
    iri = partial(_iri, summary.exchange, base)
    text = iri("") + _TEXT
    fact: dict[str, Any] = {
        "id": iri(citation.pointer),
        "type": "Entity",
        "value": str(citation.value),
        "isPartOf": _record(summary.exchange, base, citation.pointer),
    }
    if citation.standard:
        fact["hadPrimarySource"] = {
            "id": f"{base}{quote(citation.standard.title)}",
            "type": "Entity",
            "title": citation.standard.title,
            "comment": citation.standard.edition,
        }
    elif citation.origin is Origin.ASSIGNED:
        agent = {"id": f"{base}smh_p2p", "type": "SoftwareAgent", "label": "smh_p2p"}
        fact["wasAttributedTo"] = agent
    elif citation.origin is Origin.INFERRED:
        reason = {"type": "Activity", "label": "inference", "comment": citation.because}
        fact |= {"wasDerivedFrom": text, "wasGeneratedBy": reason}
    else:
        fact["wasQuotedFrom"] = text
    if not citation.spans:
        return fact
    return {
        "id": iri(join("/citations", citation.pointer)),
        "type": "Annotation",
        "motivation": "describing",
        "body": fact | {"type": ["Entity", "TextualBody"]},
        "target": [
            {"type": "SpecificResource", "source": text, "selector": _selectors(span, summary.text)}
            for span in citation.spans
        ],
    }


def _selectors(span: Span, page: str) -> list[dict[str, Any]]:
    text = page.removeprefix("\ufeff")  # as a reader of UTF-8 has it
    start, end = (each - len(page) + len(text) for each in (span.start, span.end))
    around = AROUND
    while True:
        before, after = text[max(start - around, 0) : start], text[end : end + around]
        passage = before + span.quote + after
        if around >= len(text) or text.find(passage) == text.rfind(passage):
            break
        around *= 2
    return [
        {"type": "TextQuoteSelector", "exact": span.quote, "prefix": before, "suffix": after},
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]
