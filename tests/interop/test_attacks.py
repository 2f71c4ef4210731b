"""Text from outside stays text in everything that is shown or exported."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import attrs
import pytest
from citeproc.source.bibtex import BibTeX

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
