"""Read by mypy and pyright, never run: what users may rely on, and lines that must fail.

To both an unused `type: ignore` is an error, so each of them states that its line is refused.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false

from typing import assert_type

import attrs
import cattrs
from hypothesis.strategies import SearchStrategy

import smh_p2p
from smh_p2p.testing import exchanges, seas

exchange = smh_p2p.load()
assert_type(exchange, smh_p2p.Exchange)
assert_type(exchange.sea("AK"), smh_p2p.SEA)
assert_type(exchange.seas, tuple[smh_p2p.SEA, ...])
assert_type(smh_p2p.load().seas[0], smh_p2p.SEA)
assert_type([sea.usps for sea in exchange.seas], list[str | None])
assert_type(exchange.sea("AK").fips, str | None)
assert_type(exchange.sea("AK").kind, smh_p2p.JurisdictionKind | None)
assert_type(exchange.session(1).groups, tuple[int, ...])
assert_type(exchange.seas_of(smh_p2p.JurisdictionKind.STATE), tuple[smh_p2p.SEA, ...])
assert_type(exchange.period, smh_p2p.Period | None)
assert_type(smh_p2p.Period.parse("2019-08/2019-09").start.year, int)
assert_type(exchange.has_sea("AK"), bool)
record = exchange.record(exchange.find("workforce")[0])
if isinstance(record, smh_p2p.Session):
    assert_type(record.title, str)
assert_type(smh_p2p.jurisdiction("PA"), smh_p2p.SEA)
assert_type(smh_p2p.jurisdictions(), tuple[smh_p2p.SEA, ...])
assert_type(smh_p2p.cite("/title").quote, str | None)
assert_type(smh_p2p.load_summary(), smh_p2p.Summary)
assert_type(smh_p2p.read_summary(""), smh_p2p.Summary)
assert_type(smh_p2p.load_summary().exchange, smh_p2p.Exchange)
assert_type(smh_p2p.to_html(exchange), str)
assert_type(smh_p2p.to_html(smh_p2p.load_summary()), str)
assert_type(smh_p2p.to_iframe(smh_p2p.load_summary()), str)
assert_type(smh_p2p.from_json(b"{}"), smh_p2p.Exchange)
assert_type(smh_p2p.__version__, str)
assert_type(attrs.evolve(exchange.group(1), phase="early"), smh_p2p.Group)
assert_type(exchanges(min_seas=1), SearchStrategy[smh_p2p.Exchange])
assert_type(seas(), SearchStrategy[smh_p2p.SEA])
smh_p2p.register_hooks(cattrs.Converter())

exchange.period.start  # type: ignore[union-attr]
exchange.titel  # type: ignore[attr-defined]
exchange.title = "another"  # type: ignore[misc]
exchange.sea(2)  # type: ignore[arg-type]
exchange.session("1")  # type: ignore[arg-type]
exchange.sea("AK").fips.upper()  # type: ignore[union-attr]
smh_p2p.lode()  # type: ignore[attr-defined]
smh_p2p.load(False)  # type: ignore[call-arg]
smh_p2p.citations_to_jsonld()  # type: ignore[call-arg]
smh_p2p.Group(1)  # type: ignore[call-arg]
smh_p2p.Group(number="1")  # type: ignore[arg-type]
smh_p2p.Session(number=1, title="T", groups=[1])  # type: ignore[arg-type]
exchange.sea("AK").fpis  # type: ignore[attr-defined]
exchange.seas[0].nmae  # type: ignore[attr-defined]
exchange.sea("AK").name = "another"  # type: ignore[misc]
exchange.seas[0] = exchange.sea("AK")  # type: ignore[index]
exchange.sea("AK") < exchange.sea("GU")  # type: ignore[operator]
exchanges(minimum=1)  # type: ignore[arg-type]
