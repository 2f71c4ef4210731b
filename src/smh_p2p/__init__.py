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

from smh_p2p.canonical import load as load  # not lazily, so that a signal handler may call it

if TYPE_CHECKING:
    from smh_p2p import summary as summary, testing as testing
    from smh_p2p.datapackage import (
        read_data_package as read_data_package,
        write_data_package as write_data_package,
    )
    from smh_p2p.document import from_dict as from_dict, to_dict as to_dict
    from smh_p2p.errors import (
        AmbiguousKeyError as AmbiguousKeyError,
        InvalidDocumentError as InvalidDocumentError,
        InvalidError as InvalidError,
        InvalidOriginError as InvalidOriginError,
        InvalidRecordError as InvalidRecordError,
        InvalidSummaryError as InvalidSummaryError,
        NotFoundError as NotFoundError,
        NotStatedError as NotStatedError,
        Problem as Problem,
        Rule as Rule,
        SmhP2pError as SmhP2pError,
    )
    from smh_p2p.exchange import Exchange as Exchange, Hit as Hit
    from smh_p2p.hooks import register_hooks as register_hooks
    from smh_p2p.jsontext import (
        from_json as from_json,
        read as read,
        to_json as to_json,
        write as write,
    )
    from smh_p2p.jurisdiction_table import (
        jurisdiction as jurisdiction,
        jurisdictions as jurisdictions,
    )
    from smh_p2p.linked import citations_to_jsonld as citations_to_jsonld, to_jsonld as to_jsonld
    from smh_p2p.packaged import (
        citations as citations,
        cite as cite,
        coverage as coverage,
        load_summary as load_summary,
        verify as verify,
    )
    from smh_p2p.provenance import (
        Citation as Citation,
        Coverage as Coverage,
        Origin as Origin,
        Span as Span,
        Standard as Standard,
        Summary as Summary,
        Unread as Unread,
    )
    from smh_p2p.records import (
        SEA as SEA,
        Group as Group,
        Objective as Objective,
        Organization as Organization,
        Period as Period,
        Session as Session,
        Source as Source,
        YearMonth as YearMonth,
    )
    from smh_p2p.references import Reference as Reference, reference as reference
    from smh_p2p.render import (
        to_html as to_html,
        to_iframe as to_iframe,
        to_svg as to_svg,
        to_text as to_text,
    )
    from smh_p2p.resources import resource as resource
    from smh_p2p.spelling import fold as fold
    from smh_p2p.summary import read_summary as read_summary
    from smh_p2p.tables import from_tables as from_tables, to_tables as to_tables
    from smh_p2p.values import JurisdictionKind as JurisdictionKind, Role as Role

    __version__: str
else:
    # The public names of each module. A module is imported at the first use of a name.
    _ROOMS = {
        "canonical": "load",
        "datapackage": "read_data_package write_data_package",
        "document": "from_dict to_dict",
        "errors": """AmbiguousKeyError InvalidDocumentError InvalidError InvalidOriginError
            InvalidRecordError InvalidSummaryError NotFoundError NotStatedError Problem Rule
            SmhP2pError""",
        "exchange": "Exchange Hit",
        "hooks": "register_hooks",
        "jsontext": "from_json read to_json write",
        "jurisdiction_table": "jurisdiction jurisdictions",
        "linked": "citations_to_jsonld to_jsonld",
        "packaged": "citations cite coverage load_summary verify",
        "provenance": "Citation Coverage Origin Span Standard Summary Unread",
        "records": "SEA Group Objective Organization Period Session Source YearMonth",
        "references": "Reference reference",
        "render": "to_html to_iframe to_svg to_text",
        "resources": "resource",
        "spelling": "fold",
        "summary": "read_summary",
        "tables": "from_tables to_tables",
        "values": "JurisdictionKind Role",
        "testing": "",
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name == "__version__":
            return import_module("smh_p2p.resources").version()
        for room, names in _ROOMS.items():
            if name in (room, *names.split()):
                module = import_module(f"smh_p2p.{room}")
                globals()[name] = value = module if name == room else getattr(module, name)
                return value
        raise AttributeError(f"module 'smh_p2p' has no attribute {name!r}")

    def __dir__() -> list[str]:
        from importlib.util import find_spec

        rooms = ["summary", *["testing"] * bool(find_spec("hypothesis"))]  # help() imports each
        return sorted([*rooms, *" ".join(_ROOMS.values()).split()])


# The names to begin with, which `help(smh_p2p)` describes.
__all__ = ["cite", "jurisdiction", "load", "read_summary", "to_html", "to_json", "to_tables"]

if sys.modules.get("hypothesis"):  # Hypothesis was imported before the records existed
    from _smh_p2p_hypothesis import register

    register()
