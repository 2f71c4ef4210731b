"""Text from outside stays text in everything that is shown or exported."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import attrs
import pytest
from citeproc.source.bibtex import BibTeX
from playwright.sync_api import sync_playwright
from test_browser import CHROMIUM, pytestmark as needs_browser

import smh_p2p
from smh_p2p import Exchange, Reference
from smh_p2p.record import fields_of

ATTACKS = (
    "</script><script>attacked = 1</script>",
    "</title></style></textarea><img src=x onerror='top.attacked = 1'>",
    '"><svg onload="top.attacked = 1">',
    "]]><script>attacked = 1</script><![CDATA[",
    "<!--<script>attacked = 1//",
    "javascript:top.attacked=1",
    "\u202e$(7*7)<%= 7 %>#@,",
    "a\rb\tc\nd",
)


def attacked_by(attack: str) -> Exchange:
    """The canonical exchange, with an attack in each of its texts."""
    exchange = smh_p2p.load()
    changes: dict[str, Any] = {}
    for field in fields_of(Exchange):
        value = getattr(exchange, field.name)
        if field.many and isinstance(field.item, type):
            changes[field.name] = tuple(
                attrs.evolve(
                    each,
                    **{
                        inner.name: f"{attack} {index}"
                        for inner in fields_of(field.item)
                        if inner.is_text and not inner.many
                    },
                )
                for index, each in enumerate(value)
            )
        elif field.is_text:
            changes[field.name] = (attack,) if field.many else attack
    source = attrs.evolve(exchange.source, title=attack, publisher=attack, address="https://[")
    return attrs.evolve(exchange, **changes, source=source)


@needs_browser
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_in_a_browser_and_nothing_is_lost(attack: str, tmp_path: Path) -> None:
    exchange = attacked_by(attack)
    data = json.dumps(smh_p2p.to_jsonld(exchange)).replace("<", "\\u003c")
    host = (
        f'<!DOCTYPE html><script type="application/ld+json">{data}</script>'
        f"{smh_p2p.to_svg(exchange)}{smh_p2p.to_iframe(exchange)}{exchange._repr_html_()}"
    )
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, html in (("host", host), ("page", smh_p2p.to_html(exchange))):
            file = tmp_path / f"{name}.html"
            file.write_text(html, encoding="utf-8", newline="")
            page = browser.new_page()
            page.on("request", lambda request: requests.append(request.url))
            page.on("dialog", lambda dialog: pytest.fail(dialog.message))
            page.goto(file.as_uri())
            assert page.evaluate("typeof attacked") == "undefined"
            assert "".join(attack.split()) in "".join(page.inner_text("body").split())
            if name == "host":
                found = page.text_content("script[type='application/ld+json']")
                assert json.loads(str(found)) == smh_p2p.to_jsonld(exchange)
        browser.close()
    assert [url.rpartition("/")[2] for url in requests if url.startswith("file:")] == [
        "host.html",
        "page.html",
    ]
    assert not [url for url in requests if not url.startswith(("file:", "about:", "data:"))]


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_reader_of_xml_finds_each_text_as_it_is(attack: str) -> None:
    texts = "".join(ET.fromstring(smh_p2p.to_svg(attacked_by(attack))).itertext())
    assert attack in texts


@pytest.mark.filterwarnings("ignore:Unsupported BibTeX field 'howpublished'")
@pytest.mark.parametrize("attack", ATTACKS)
def test_another_reader_of_bibtex_finds_one_entry(attack: str, tmp_path: Path) -> None:
    reference = Reference(key="k", title=attack, publisher=attack, address="https://[")
    path = tmp_path / "page.bib"
    path.write_text(reference.bibtex(), encoding="utf-8")
    assert [*BibTeX(str(path), "utf-8")] == ["k"]
