"""Makes the files that depend on others: run `python tools/make_data.py` after you change those.

If a made file is not current, a test fails and names this command.
"""

import json
import re
from contextlib import redirect_stdout
from enum import Enum
from inspect import getdoc
from io import StringIO
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import attrs

import smh_p2p
from smh_p2p.command import main
from smh_p2p.document import FORMAT
from smh_p2p.errors import Rule
from smh_p2p.exchange import Exchange
from smh_p2p.packaged import make_summary
from smh_p2p.provenance import SHAPES, Origin
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.records import YearMonth
from smh_p2p.tables import value_type
from smh_p2p.values import YEAR_MONTH_TEXT, Role, Scalar

PROJECT = Path(__file__).parents[1]

# The rules that no JSON Schema can state: those of the text of a document, which a schema does not
# see, and those between values at different places. A schema states `unique` for plain arrays only.
# No pattern that every engine reads can match a surrogate.
UNSAID = (
    *(Rule.DEPTH, Rule.DOUBLED_KEY, Rule.ENCODING, Rule.SIZE, Rule.SYNTAX),
    *(Rule.ORDER, Rule.REFERENCE, Rule.UNIQUE),
)


def made() -> dict[str, str]:
    """Return what each made file holds, by its path in the project."""
    summary = make_summary()
    files = summary.files()
    return {
        **{
            f"src/smh_p2p/data/{name}": files[name].decode()
            for name in ("exchange.json", "provenance.json")
        },
        "src/smh_p2p/data/schema.json": json.dumps(to_schema(), indent=2) + "\n",
        "src/smh_p2p/data/provenance-schema.json": json.dumps(origins_schema(), indent=2) + "\n",
        "docs/map.svg": smh_p2p.to_svg(summary),
        **golden(),
    }


BASE = "https://example.org/"
# Of the facts of the small page: one of each origin, each reading, and each link of a group.
FACTS = """/identifier /title /groups/0/phase /sessions/0/groups/0 /objectives/0/groups/1
/period/start /seas/2/ccd""".split()
COMMANDS = "show not-stated find sea cite read validate export".split()


def golden() -> dict[str, str]:
    """Return the outputs for a small page, in each format, for people to review.

    The documents and origins of an exchange are among the other made files.
    """
    folder = "tests/golden"
    page = (PROJECT / folder / "page.txt").read_text(encoding="utf-8")
    summary = smh_p2p.read_summary(page, identifier="reading", address=f"{BASE}page")
    facts = {each: summary.cite(each) for each in FACTS}
    few = attrs.evolve(summary, origins=facts)
    phase, ccd = "/groups/0/phase", "/seas/2/ccd"
    references = [smh_p2p.reference(few, where) for where in (None, phase, ccd)]
    references.append(smh_p2p.reference(smh_p2p.load_summary()))  # which has a publisher
    fragments = (summary, summary.exchange.session(1), summary.cite(phase))
    formats = {
        "help.txt": "\n".join(map(_help, ("", *COMMANDS))),
        "exchange.txt": smh_p2p.to_text(summary),
        "page.html": _tags(smh_p2p.to_html(summary)),
        "frame.html": re.sub('srcdoc="[^"]*"', 'srcdoc="page.html"', smh_p2p.to_iframe(summary)),
        "notebook.html": "\n".join(_tags(each._repr_html_()) for each in fragments) + "\n",
        "map.svg": _tags(smh_p2p.to_svg(summary)),
        "exchange.jsonld": _json(smh_p2p.to_jsonld(summary, BASE)),
        "citations.jsonld": _json(smh_p2p.citations_to_jsonld(few, BASE)),
        "references.txt": "".join(f"{each}\n" for each in references),
        "references.bib": "".join(each.bibtex() for each in references),
        "references.json": _json([each.csl() for each in references]),
    }
    with TemporaryDirectory() as place:
        smh_p2p.write_data_package(few, Path(place, "package"))
        for file in Path(place, "package").iterdir():
            formats[f"package/{file.name}"] = file.read_bytes().decode()
    return {f"{folder}/{name}": formats[name] for name in sorted(formats)}


def _help(command: str) -> str:
    """Return the help of a command as every release of Python words it, a paragraph a line."""
    with redirect_stdout(StringIO()) as written, patch.dict(environ, COLUMNS="999"):
        main([*command.split(), "--help"])
    paragraphs = (" ".join(each.split()) for each in written.getvalue().split("\n\n"))
    text = "".join(f"{each}\n" for each in paragraphs)
    return text.replace("-o PATH, ", "-o, ").replace("[--from PATH | PATH]", "[--from PATH] [PATH]")


def _json(value: Any) -> str:
    """Return JSON with its innermost objects on a line each."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return re.sub(r"{[^][{}]*}", lambda inner: " ".join(inner[0].split()), text) + "\n"


def _tags(markup: str) -> str:
    """Return markup with a tag a line, and without what other files show: styles and tiles."""
    for other in ("<style>.*?</style>", '<g [^>]*"other"><(?!g).*?</g>', r"(?<!\A)<svg.*</svg>"):
        markup = re.sub(other, "", markup, flags=re.DOTALL)
    return re.sub("(?<=>)(?=<)", "\n", markup)


def to_schema() -> dict[str, Any]:
    """Return the JSON Schema of documents, draft 2020-12.

    `from_dict` refuses what the schema refuses.
    """
    parts: dict[str, Any] = {}
    exchange = _object(Exchange, parts)
    facilitator = {"properties": {"role": {"const": Role.FACILITATOR.value}}, "required": ["role"]}
    one_at_most = {"contains": facilitator, "minContains": 0, "maxContains": 1}
    exchange["properties"]["organizations"] |= one_at_most
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "A reader must also check that no text has a lone surrogate, and these rules: "
        + ", ".join(UNSAID),
        "title": "A peer-to-peer (P2P) exchange",
        **exchange,
        "properties": {
            "$schema": {"description": "Where this schema is, for editors; it is ignored."},
            "format": {"description": "The format of the document.", "const": FORMAT},
            **exchange["properties"],
        },
        "required": ["format", *exchange["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def _object(record: type[Record], parts: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a record, and put those of its parts among `parts`."""
    fields = fields_of(record)
    return {
        "description": (getdoc(record) or "").partition("\n")[0],
        "type": "object",
        "properties": {
            each.name: {"description": each.description, **_values(each, parts)} for each in fields
        },
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _values(field: Field, parts: dict[str, Any]) -> dict[str, Any]:
    item = _item(field.item, parts)
    if not field.many:
        return item
    unique = {"uniqueItems": True} if isinstance(field.item, Scalar) else {}
    return {"type": "array", "items": item, **unique}


def _item(item: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if item is YearMonth:
        item = YEAR_MONTH_TEXT
    if isinstance(item, type) and issubclass(item, Enum):
        return value_type(item)[1]
    name = item.name if isinstance(item, Scalar) else item.__name__
    if name not in parts:
        parts[name] = value_schema(item) if isinstance(item, Scalar) else _object(item, parts)
    return {"$ref": f"#/$defs/{name}"}


def value_schema(scalar: Scalar) -> dict[str, Any]:
    """Return the schema of the values that a rule allows."""
    kind, constraints = value_type(scalar)
    if "pattern" in constraints:
        constraints["pattern"] = f"^(?:{constraints['pattern']})$"
    if scalar.rule is Rule.CODE:
        # In some engines `$` also matches before a line break at the end. A code is visible ASCII.
        constraints["not"] = {"pattern": "[^!-~]"}
    return {"description": scalar.expected, "type": kind, **constraints}


_TYPES: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    (str, int): {"type": ["string", "integer"]},
    Origin: {"enum": list(Origin)},
}
# What the objects and arrays of the file of origins hold.
_HOLDS = {"standards": "standard", "origins": "origin", "labels": "span", "spans": "span"}


def origins_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file of origins, draft 2020-12."""
    file = _shape("origins")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The origins of the facts of a peer-to-peer (P2P) exchange",
        "description": "By the JSON Pointer of each leaf of the document, where its value is from.",
        **file,
        "$defs": {name: _shape(name) for name in ("standard", "origin", "span")},
    }


def _shape(name: str) -> dict[str, Any]:
    properties = {}
    for key, kind in SHAPES[name].items():
        member = key.rstrip("?")
        held = {"$ref": f"#/$defs/{_HOLDS.get(member)}"}
        if kind is dict:
            properties[member] = {"type": "object", "additionalProperties": held}
        elif kind is list:
            properties[member] = {"type": "array", "items": held}
        else:
            properties[member] = _TYPES[kind]
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in SHAPES[name] if not key.endswith("?")],
        "additionalProperties": False,
    }


if __name__ == "__main__":
    for path, text in made().items():
        place = PROJECT / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
        print(path)
