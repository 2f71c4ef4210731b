import json
from typing import Any

import attrs
import pytest
import rdflib
from hypothesis import given, settings
from pyld import jsonld
from rdflib import RDF, Graph, Namespace

import smh_p2p
from smh_p2p import Exchange, Origin, Summary
from smh_p2p.testing import check_function, exchanges

SCHEMA = Namespace("https://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SERIES = rdflib.URIRef("urn:smh-p2p:school-mental-health-p2p-exchange-series-2019")


def fetch_nothing(url: str, _: object) -> None:
    raise AssertionError(f"{url} was asked for")


def expanded(document: Any) -> Any:
    return jsonld.expand(document, {"documentLoader": fetch_nothing})


def graph(*documents: Any) -> Graph:
    made = Graph()
    for document in documents:
        made.parse(data=json.dumps(document), format="json-ld")
    return made


@pytest.fixture(scope="module")
def everything() -> Graph:
    summary = smh_p2p.load_summary()
    return graph(smh_p2p.to_jsonld(summary), smh_p2p.citations_to_jsonld(summary))


def test_the_series_has_its_sessions_its_staff_and_its_seas(everything: Graph) -> None:
    assert (SERIES, RDF.type, SCHEMA.EventSeries) in everything
    sessions = set(everything.objects(SERIES, SCHEMA.subEvent))
    assert len(sessions) == 4
    for session in sessions:
        assert (session, RDF.type, SCHEMA.EducationEvent) in everything
        assert not list(everything.objects(session, SCHEMA.startDate))  # no invented days
    assert len(list(everything.objects(SERIES, SCHEMA.attendee))) == 14
    assert len(list(everything.objects(SERIES, SCHEMA.contributor))) == 4
    (organizer,) = everything.objects(SERIES, SCHEMA.organizer)
    assert str(everything.value(organizer, SCHEMA.name)) == "State Support Network"
    assert len(list(everything.objects(SERIES, SCHEMA.audience))) == 2


def test_months_stay_months(everything: Graph) -> None:
    start, end = (everything.value(SERIES, SCHEMA[name]) for name in ("startDate", "endDate"))
    assert start == rdflib.Literal("2019-08", datatype=rdflib.XSD.gYearMonth)
    assert end == rdflib.Literal("2019-09", datatype=rdflib.XSD.gYearMonth)


def test_a_dataset_says_what_it_is_about_and_on_what_terms(everything: Graph) -> None:
    (dataset,) = everything.subjects(RDF.type, SCHEMA.Dataset)
    assert everything.value(dataset, SCHEMA.about) == SERIES
    assert str(everything.value(dataset, SCHEMA.license)).endswith("/mit")
    assert len(str(everything.value(dataset, SCHEMA.description))) >= 50


def test_sparql_gives_the_seas_and_the_quote_behind_each_name(everything: Graph) -> None:
    rows = everything.query(
        """
        PREFIX schema: <https://schema.org/>
        PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?name ?quote ?start WHERE {
            ?series a schema:EventSeries; schema:attendee ?sea .
            ?sea schema:name ?name .
            ?annotation oa:hasBody ?fact; oa:hasTarget/oa:hasSelector ?selector .
            ?fact dcterms:isPartOf ?sea; rdf:value ?name .
            ?selector oa:exact ?quote; oa:refinedBy/oa:start ?start .
        } ORDER BY ?start
        """
    )
    found = [(str(row[0]), str(row[1])) for row in rows]  # type: ignore[index]
    assert found == [(sea.name, sea.name) for sea in smh_p2p.load().seas]


def test_selectors_hold_in_the_source(everything: Graph) -> None:
    source = smh_p2p.resource("source.txt").read_text(encoding="utf-8")
    selectors = list(everything.subjects(RDF.type, OA.TextQuoteSelector))
    assert len(selectors) == sum(len(each.spans) for each in smh_p2p.citations())
    for selector in selectors:
        exact, prefix, suffix = (
            str(everything.value(selector, OA[name])) for name in ("exact", "prefix", "suffix")
        )
        position = everything.value(selector, OA.refinedBy)
        start, end = (everything.value(position, OA[name]).value for name in ("start", "end"))  # type: ignore[union-attr]
        assert source[start:end] == exact
        assert source[:start].endswith(prefix)
        assert source[end:].startswith(suffix)
        assert source.count(prefix + exact + suffix) == 1


def test_every_fact_says_how_it_comes_about(everything: Graph) -> None:
    ways = {
        Origin.QUOTED: PROV.wasQuotedFrom,
        Origin.INFERRED: PROV.wasDerivedFrom,
        Origin.REFERENCE: PROV.hadPrimarySource,
        Origin.ASSIGNED: PROV.wasAttributedTo,
    }
    for origin, way in ways.items():
        facts = set(everything.subjects(way))
        assert len(facts) == sum(each.origin is origin for each in smh_p2p.citations())
    (why,) = {
        str(everything.value(activity, rdflib.RDFS.comment))
        for activity in everything.objects(None, PROV.wasGeneratedBy)
    }
    assert why == smh_p2p.cite("/groups/0/phase").because


def test_pyld_expands_both_and_nothing_is_fetched(summary: Summary) -> None:
    (series, dataset) = expanded(smh_p2p.to_jsonld(summary))
    assert series["@type"][0] == "https://schema.org/EventSeries"
    assert dataset["@type"] == ["https://schema.org/Dataset"]
    source, *facts = expanded(smh_p2p.citations_to_jsonld(summary))
    assert source["@id"] == summary.exchange.source.address
    assert len(facts) == len(summary.origins)


def test_a_summary_gives_its_own_licence_and_version_or_none(summary: Summary) -> None:
    own = {"name": "own", "title": "Own", "path": "https://example.org/own"}
    _, dataset = smh_p2p.to_jsonld(attrs.evolve(summary, licence=own, version="9"))["@graph"]
    assert (dataset["license"], dataset["version"]) == ("https://example.org/own", "9")
    without = attrs.evolve(summary, licence=None, version=None)
    assert smh_p2p.to_jsonld(without) == smh_p2p.to_jsonld(summary.exchange)


@settings(max_examples=50)
@given(exchanges())
def test_nothing_is_cited_of_an_exchange_alone(exchange: Exchange) -> None:
    document = smh_p2p.citations_to_jsonld(exchange, base="https://example.org/")
    assert {fact["type"] for fact in document["@graph"]} <= {"Entity"}  # the source at most
    assert len(expanded(document)) == len(document["@graph"])


def test_a_source_without_an_address_is_cited_all_the_same(summary: Summary) -> None:
    source = attrs.evolve(summary.exchange.source, address=None)
    own = attrs.evolve(summary, exchange=attrs.evolve(summary.exchange, source=source))
    document = smh_p2p.citations_to_jsonld(own)
    assert expanded(document)
    quoted = [each for each in own.origins.values() if each.spans]
    assert len(set(graph(document).subjects(RDF.type, OA.Annotation))) == len(quoted)


@settings(max_examples=50)
@given(exchanges())
def test_any_exchange_is_an_event_series(exchange: Exchange) -> None:
    document = smh_p2p.to_jsonld(exchange, base="https://example.org/")
    series, _ = expanded(document)
    assert series["@id"] == f"https://example.org/{exchange.identifier}"
    assert len(series.get("https://schema.org/attendee", ())) == len(exchange.seas)
    assert "https://schema.org/license" not in json.dumps(document)
    assert '"license"' not in json.dumps(document["@graph"])


def test_no_exchange_is_refused_or_changed() -> None:
    check_function(smh_p2p.to_jsonld)
    check_function(smh_p2p.citations_to_jsonld)
