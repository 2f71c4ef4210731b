import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs
import pytest
import rdflib
from hypothesis import given, settings, strategies as st
from pyld import jsonld
from rdflib import RDF, Graph, Namespace

import smh_p2p
from smh_p2p import Exchange, Origin, Span, Summary
from smh_p2p.testing import Page, check_function, exchanges, summaries

SCHEMA = Namespace("https://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
DCTYPES = Namespace("http://purl.org/dc/dcmitype/")
PROV = Namespace("http://www.w3.org/ns/prov#")
SERIES = rdflib.URIRef("urn:smh-p2p:school-mental-health-p2p-exchange-series-2019")


def fetch_nothing(url: str, _: object) -> None:
    raise AssertionError(f"{url} was asked for")


def expanded(document: Any) -> Any:
    options: Any = {"documentLoader": fetch_nothing}
    return jsonld.expand(document, options)


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


# The dataset, after https://developers.google.com/search/docs/appearance/structured-data/dataset


def dataset_of(given: Exchange | Summary, base: str = "urn:smh-p2p:") -> Any:
    return smh_p2p.to_jsonld(given, base)["@graph"][1]


def test_a_dataset_says_what_it_is_about_and_on_what_terms(summary: Summary) -> None:
    base, identifier = "https://example.org/", summary.exchange.identifier
    dataset = dataset_of(summary, base)
    description = dataset.pop("description")
    assert description.endswith(f"{summary.exchange.background} {summary.exchange.definition}")
    assert dataset == {
        "@id": f"{base}{identifier}#/",
        "@type": "Dataset",
        "name": "School Mental Health Peer-to-Peer (P2P) Exchange Series",
        "about": {"@id": f"{base}{identifier}"},
        "isBasedOn": summary.exchange.source.address,
        "temporalCoverage": "2019-08/2019-09",
        "url": f"{base}{identifier}",
        "distribution": {
            "@type": "DataDownload",
            "contentUrl": f"{base}{identifier}/exchange.json",
            "encodingFormat": "application/json",
        },
        "license": "https://opensource.org/license/mit",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "The smh_p2p developers"},
        "version": smh_p2p.__version__,
    }


BACKGROUNDS = [None, "A", "x" * 6_000, "word " * 2_000, "\U0001f9e0 " * 4_000, "x" * 4_870 + " y"]


@given(exchanges(), st.sampled_from(BACKGROUNDS))
def test_a_description_of_any_dataset_is_of_50_to_5000_characters(
    exchange: Exchange, background: str | None
) -> None:
    for each in (exchange, attrs.evolve(exchange, background=background)):
        dataset = dataset_of(each)
        assert 50 <= len(dataset["description"]) <= 5_000
        assert dataset["name"] == exchange.title


def test_an_overlong_description_ends_at_a_word(exchange: Exchange) -> None:
    long = attrs.evolve(exchange, background="word " * 2_000)
    assert re.search("word word …$", dataset_of(long)["description"])


@given(exchanges())
def test_of_an_exchange_alone_no_terms_are_claimed(exchange: Exchange) -> None:
    dataset = dataset_of(exchange)
    assert not {"license", "isAccessibleForFree", "creator", "version"} & dataset.keys()
    assert not {"distribution", "url"} & dataset.keys()  # no web address, nothing to download


def test_what_is_published_is_where_the_graph_says(tmp_path: Path, summary: Summary) -> None:
    base = "https://example.org/"
    summary.write(tmp_path / summary.exchange.identifier)
    document = dataset_of(summary, base)["distribution"]["contentUrl"].removeprefix(base)
    assert smh_p2p.read(tmp_path / document) == summary.exchange
    text = smh_p2p.citations_to_jsonld(summary, base)["@graph"][1]
    published = (tmp_path / text["id"].removeprefix(base)).read_bytes()
    assert sha256(published).hexdigest() == text["sha256"]


@given(exchanges())
def test_every_session_objective_and_sea_leads_to_its_groups(exchange: Exchange) -> None:
    series, _ = smh_p2p.to_jsonld(exchange)["@graph"]
    number = {
        each["@id"]: group.number
        for each, group in zip(series.get("audience", ()), exchange.groups, strict=True)
    }
    for member, records in (("subEvent", exchange.sessions), ("teaches", exchange.objectives)):
        found = [
            tuple(number[group["@id"]] for group in each.get("audience", ()))
            for each in series.get(member, ())
        ]
        assert found == [record.groups for record in records]
    groups = [each.get("memberOf", {}).get("@id") for each in series.get("attendee", ())]
    assert [number.get(each) for each in groups] == [sea.group for sea in exchange.seas]


def test_sparql_gives_the_seas_and_the_quote_behind_each_name(everything: Graph) -> None:
    rows = everything.query(
        """
        PREFIX schema: <https://schema.org/>
        PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?name ?quote ?start WHERE {
            ?series a schema:EventSeries; schema:attendee ?sea .
            ?sea schema:name ?name .
            ?annotation oa:hasBody ?fact; oa:hasTarget ?passage .
            ?fact dcterms:isPartOf ?sea; rdf:value ?name .
            ?passage oa:hasSelector/oa:exact ?quote; oa:hasSelector/oa:start ?start .
        } ORDER BY ?start
        """
    )
    found = [(str(row[0]), str(row[1])) for row in rows]  # type: ignore[index]
    assert found == [(sea.name, sea.name) for sea in smh_p2p.load().seas]


# Annotations: what https://www.w3.org/TR/annotation-model/ says of selectors


def selected(selector: Any, text: str) -> list[tuple[int, int]]:
    """Return the ranges of a text, in code points, that a selector selects."""
    match selector:
        case {"type": "TextPositionSelector", "start": start, "end": end, **others}:
            found = [(start, end)]
        case {
            "type": "TextQuoteSelector",
            "exact": exact,
            "prefix": before,
            "suffix": after,
            **others,
        }:
            matches = re.finditer(f"(?={re.escape(before + exact + after)})", text)
            starts = [match.start() + len(before) for match in matches]
            found = [(start, start + len(exact)) for start in starts]
        case _:
            raise AssertionError(selector)
    assert not others  # above all no `refinedBy`, which would select within the passage
    return found


def units(text: str) -> int:
    """Return the length of a text for a browser: a character of UTF-16 is one unit or two."""
    return len(text.encode("utf-16-le")) // 2


def check_annotations(summary: Summary) -> None:
    """Check that each selector selects the cited quote, and only that."""
    page, source, *facts = smh_p2p.citations_to_jsonld(summary)["@graph"]
    representation = summary.files()["source.txt"]
    assert source == {
        "id": f"urn:smh-p2p:{summary.exchange.identifier}/source.txt",
        "type": ["Entity", "Text"],
        "format": "text/plain",
        "sha256": sha256(representation).hexdigest(),
        "wasDerivedFrom": page["id"],
    }
    text = representation.decode("utf-8-sig")  # as browsers do, without a byte order mark
    annotations = [each for each in facts if each["type"] == "Annotation"]
    cited = [each for each in summary.origins.values() if each.spans]
    for annotation, citation in zip(annotations, cited, strict=True):
        for target, span in zip(annotation["target"], citation.spans, strict=True):
            assert target["source"] == source["id"]
            quote, position = target["selector"]
            ((start, end),) = selected(position, text)
            assert selected(quote, text) == [(start, end)]
            assert quote["exact"] == text[start:end] == span.quote
            first, last = units(text[:start]), units(text[:end])
            assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == span.quote


def test_every_selector_of_the_packaged_summary_selects_the_cited_quote(summary: Summary) -> None:
    check_annotations(summary)


@given(summaries(), st.sampled_from(["", "\U0001f9e0 \U0001d54a\U0001d544\u210d, Zoe\u0308\n\n"]))
def test_every_selector_selects_the_cited_quote_on_any_page(page: Page, above: str) -> None:
    mark = page.text[: page.text.startswith("\ufeff")]
    check_annotations(smh_p2p.read_summary(mark + above + page.text.removeprefix(mark)))


def test_a_quote_that_stands_twice_with_all_around_it_is_told_apart() -> None:
    item = "- To share what works with families and schools in rural districts (Group 1)\n"
    summary = smh_p2p.read_summary(f"Rural P2P Exchange\n\nP2P Objectives:\n{item * 4}")
    assert len(summary.exchange.objectives) == 4
    check_annotations(summary)


def test_a_code_point_beyond_the_first_plane_is_two_units_of_a_browser() -> None:
    text = "\U0001f9e0 P2P Exchange\n\nParticipating SEAs: Guam"
    annotations = smh_p2p.citations_to_jsonld(smh_p2p.read_summary(text))["@graph"]
    quotes = [each["target"][0]["selector"] for each in annotations if "target" in each]
    ((_, position),) = (each for each in quotes if each[0]["exact"] == "Guam")
    assert (position["start"], position["end"]) == (36, 40)
    assert (units(text[:36]), units(text[:40])) == (37, 41)


def test_origins_that_do_not_hold_are_exported_as_they_are(summary: Summary) -> None:
    citation = smh_p2p.cite("/title")
    spans = (Span(start=-5, end=-2, quote=""), Span(start=9, end=2, quote="x"))
    origins = {each: attrs.evolve(citation, pointer=each, spans=spans) for each in ("", "/seas")}
    own = attrs.evolve(summary, text="aaaaaa", origins=origins)
    *_, annotation = smh_p2p.citations_to_jsonld(own)["@graph"]
    positions = [target["selector"][1] for target in annotation["target"]]
    assert [(each["start"], each["end"]) for each in positions] == [(-5, -2), (9, 2)]


def identified(node: Any) -> set[str]:
    """Return the identifiers of all nodes that a JSON-LD value describes, and not only names."""
    if isinstance(node, list):
        return set().union(*map(identified, node))
    if not isinstance(node, dict):
        return set()
    own = {node["@id"]} if {"@id", "@type"} <= node.keys() else set()
    return own | identified(list(node.values()))


def check_facts(summary: Summary) -> None:
    """Check that each fact belongs to the record that holds it, and that is described."""
    name = f"urn:smh-p2p:{summary.exchange.identifier}"
    described = identified(smh_p2p.to_jsonld(summary)["@graph"])
    page, _, *facts = smh_p2p.citations_to_jsonld(summary)["@graph"]
    records = {each.removeprefix(name).removeprefix("#"): each for each in described}
    assert page["id"] in described
    records["/source"] = page["id"]
    for fact, pointer in zip(facts, summary.origins, strict=True):
        holders = [each for each in records if f"{pointer}/".startswith(f"{each}/")]
        assert fact.get("body", fact)["isPartOf"] == records[max(holders, key=len)]


@given(summaries(), st.sampled_from([None, "https://example.org/page"]))
def test_every_fact_is_part_of_a_record_that_is_described(page: Page, address: str | None) -> None:
    check_facts(smh_p2p.load_summary())
    check_facts(smh_p2p.load_summary(inferred=False))
    check_facts(smh_p2p.read_summary(page.text, address=address))


def test_every_fact_says_how_it_comes_about(everything: Graph) -> None:
    ways = {
        Origin.QUOTED: PROV.wasQuotedFrom,
        Origin.INFERRED: PROV.wasDerivedFrom,
        Origin.REFERENCE: PROV.hadPrimarySource,
        Origin.ASSIGNED: PROV.wasAttributedTo,
    }
    for origin, way in ways.items():
        facts = set(everything.subjects(way)) - set(everything.subjects(RDF.type, DCTYPES.Text))
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
    page, text, *facts = expanded(smh_p2p.citations_to_jsonld(summary))
    assert page["@id"] == summary.exchange.source.address
    assert text["http://www.w3.org/ns/prov#wasDerivedFrom"] == [{"@id": page["@id"]}]
    assert len(facts) == len(summary.origins)


def test_a_summary_gives_its_own_terms_or_none(summary: Summary) -> None:
    licence = {"name": "own", "title": "Own", "path": "https://example.org/own"}
    own = attrs.evolve(summary, licence=licence, creator="We", version="9")
    dataset = dataset_of(own)
    assert (dataset["license"], dataset["version"]) == ("https://example.org/own", "9")
    assert dataset["creator"] == {"@type": "Organization", "name": "We"}
    without = attrs.evolve(summary, licence=None, creator=None, version=None)
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
def test_any_exchange_is_an_event_series_and_a_dataset_of_its_page(exchange: Exchange) -> None:
    document = smh_p2p.to_jsonld(exchange, base="https://example.org/")
    series, dataset = expanded(document)
    (page,) = series["https://schema.org/subjectOf"]
    assert dataset["https://schema.org/isBasedOn"] == [{"@id": page["@id"]}]
    assert series["@id"] == f"https://example.org/{exchange.identifier}"
    assert len(series.get("https://schema.org/attendee", ())) == len(exchange.seas)


def test_no_exchange_is_refused_or_changed() -> None:
    check_function(smh_p2p.to_jsonld)
    check_function(smh_p2p.citations_to_jsonld)
