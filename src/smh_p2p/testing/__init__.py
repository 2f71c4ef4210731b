"""Test a tool against every exchange, with Hypothesis.

Strategies draw exchanges, records, valid and invalid documents, pages, and variations of an
exchange. They need Hypothesis, which `pip install hypothesis` installs.

>>> from hypothesis import given
>>> import smh_p2p
>>> from smh_p2p.testing import exchanges
>>> @given(exchanges(min_seas=1))
... def test_a_name_is_a_key(exchange):
...     for sea in exchange.seas:
...         assert exchange.sea(sea.name).name == sea.name
"""

try:
    import hypothesis  # noqa: F401  # pyright: ignore[reportUnusedImport] - first, because its start needs the strategies
except ModuleNotFoundError as _error:
    message = "smh_p2p.testing needs Hypothesis, which `pip install hypothesis` installs"
    raise ModuleNotFoundError(message, name=_error.name) from _error

from smh_p2p.testing.documents import InvalidDocument, documents, invalid_documents
from smh_p2p.testing.laws import (
    LawError,
    check_function,
    check_query,
    check_reading,
    check_refusal,
    check_round_trip,
)
from smh_p2p.testing.strategies import (
    exchanges,
    groups,
    objectives,
    organizations,
    periods,
    seas,
    sessions,
    sources,
    year_months,
)
from smh_p2p.testing.summaries import Page, summaries
from smh_p2p.testing.variations import Edit, Variation, variations

__all__ = [
    "Edit",
    "InvalidDocument",
    "LawError",
    "Page",
    "Variation",
    "check_function",
    "check_query",
    "check_reading",
    "check_refusal",
    "check_round_trip",
    "documents",
    "exchanges",
    "groups",
    "invalid_documents",
    "objectives",
    "organizations",
    "periods",
    "seas",
    "sessions",
    "sources",
    "summaries",
    "variations",
    "year_months",
]
