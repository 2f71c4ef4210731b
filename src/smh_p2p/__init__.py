"""The School Mental Health Peer-to-Peer (P2P) Exchange Series of 2019 as typed, cited data.

>>> import smh_p2p
>>> exchange = smh_p2p.load()                      # the canonical exchange: immutable, the same object each time
>>> exchange.session(3).title
'Sustain and Expand SMH Programs'
>>> str(exchange.period)
'2019-08/2019-09'
>>> exchange.sea("GU") is exchange.sea("guam") is exchange.sea("66")
True
>>> exchange.sea("Northern Marianas").usps, exchange.sea("BIE").ccd, exchange.sea("BIE").fips
('MP', '59', None)
>>> exchange.sea("Alasca")
Traceback (most recent call last):
    ...
smh_p2p.NotFoundError: no SEA 'Alasca' in this exchange; did you mean 'Alaska'?
>>> [o.number for o in exchange.objectives_for(2)]
[3, 4]
>>> exchange.seas_in(1)
Traceback (most recent call last):
    ...
smh_p2p.NotStatedError: the source does not state which SEAs were in group 1
>>> [hit.where for hit in exchange.find("workforce")]
['/sessions/3/title']
>>> smh_p2p.cite("/sessions/2/title").quote
'Sustain and Expand SMH Programs'
>>> smh_p2p.from_json(smh_p2p.to_json(exchange)) == exchange
True
>>> smh_p2p.jurisdiction("PA").fips                # any SEA there is, with its codes
'42'
>>> page_text = smh_p2p.resource("source.txt").read_text(encoding="utf-8")
>>> summary = smh_p2p.read_summary(page_text)      # another page of the family
>>> summary.exchange.session(3).title, summary.cite("/sessions/2/title").quote, summary.unread
('Sustain and Expand SMH Programs', 'Sustain and Expand SMH Programs', ())
"""

import sys
from typing import TYPE_CHECKING

from smh_p2p.canonical import load
from smh_p2p.document import from_dict, to_dict
from smh_p2p.errors import (
    AmbiguousKeyError,
    InvalidDocumentError,
    InvalidError,
    InvalidOriginError,
    InvalidRecordError,
    InvalidSummaryError,
    NotFoundError,
    NotStatedError,
    Problem,
    Rule,
    SmhP2pError,
)
from smh_p2p.exchange import Exchange, Hit
from smh_p2p.records import (
    SEA,
    Group,
    Objective,
    Organization,
    Period,
    Session,
    Source,
    YearMonth,
)
from smh_p2p.resources import resource
from smh_p2p.spelling import fold
from smh_p2p.values import JurisdictionKind, Role

if TYPE_CHECKING:
    from smh_p2p import summary as summary
    from smh_p2p.datapackage import read_data_package, write_data_package
    from smh_p2p.hooks import register_hooks
    from smh_p2p.jsontext import from_json, read, to_json, write
    from smh_p2p.jurisdiction_table import jurisdiction, jurisdictions
    from smh_p2p.linked import citations_to_jsonld, to_jsonld
    from smh_p2p.packaged import citations, cite, coverage, load_summary, verify
    from smh_p2p.provenance import (
        Citation,
        Coverage,
        Origin,
        Span,
        Standard,
        Summary,
        Unread,
    )
    from smh_p2p.references import Reference, reference
    from smh_p2p.render import to_html, to_iframe, to_svg, to_text
    from smh_p2p.summary import read_summary
    from smh_p2p.tables import from_tables, to_tables

    __version__: str
else:
    # Loaded when first needed: a lookup needs neither files nor citations.
    _ROOMS = {
        "datapackage": "read_data_package write_data_package",
        "hooks": "register_hooks",
        "jsontext": "from_json read to_json write",
        "jurisdiction_table": "jurisdiction jurisdictions",
        "linked": "citations_to_jsonld to_jsonld",
        "packaged": "citations cite coverage load_summary verify",
        "provenance": "Citation Coverage Origin Span Standard Summary Unread",
        "references": "Reference reference",
        "render": "to_html to_iframe to_svg to_text",
        "summary": "read_summary",
        "tables": "from_tables to_tables",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name == "__version__":
            return import_module("smh_p2p.resources").version()
        for room, names in _ROOMS.items():
            if name in (room, *names.split()):
                found = import_module(f"smh_p2p.{room}")
                return found if name == room else getattr(found, name)
        raise AttributeError(f"module 'smh_p2p' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "SEA",
    "AmbiguousKeyError",
    "Citation",
    "Coverage",
    "Exchange",
    "Group",
    "Hit",
    "InvalidDocumentError",
    "InvalidError",
    "InvalidOriginError",
    "InvalidRecordError",
    "InvalidSummaryError",
    "JurisdictionKind",
    "NotFoundError",
    "NotStatedError",
    "Objective",
    "Organization",
    "Origin",
    "Period",
    "Problem",
    "Reference",
    "Role",
    "Rule",
    "Session",
    "SmhP2pError",
    "Source",
    "Span",
    "Standard",
    "Summary",
    "Unread",
    "YearMonth",
    "citations",
    "citations_to_jsonld",
    "cite",
    "coverage",
    "fold",
    "from_dict",
    "from_json",
    "from_tables",
    "jurisdiction",
    "jurisdictions",
    "load",
    "load_summary",
    "read",
    "read_data_package",
    "read_summary",
    "reference",
    "register_hooks",
    "resource",
    "to_dict",
    "to_html",
    "to_iframe",
    "to_json",
    "to_jsonld",
    "to_svg",
    "to_tables",
    "to_text",
    "verify",
    "write",
    "write_data_package",
]

if sys.modules.get("hypothesis"):  # imported first, it did not know the records before
    from _smh_p2p_hypothesis import register

    register()
