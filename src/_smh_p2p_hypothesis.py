"""Tell Hypothesis how the records of smh_p2p are drawn, whichever of the two is imported first.

Hypothesis calls `register` when it starts, as an entry point. This module stands beside the package
and not in it, so that whoever has smh_p2p installed and does not use it does not import it.
"""

import sys
from typing import Any


def register() -> None:
    """Register a strategy for every record, once smh_p2p is imported; until then, do nothing."""
    if "smh_p2p" in sys.modules:
        from hypothesis.strategies import register_type_strategy

        from smh_p2p.exchange import RECORDS
        from smh_p2p.values import Drawn

        for record in RECORDS:
            register_type_strategy(record, _strategy)
        Drawn.strategy = _strategy_of


def _strategy(record: type[Any]) -> Any:
    from smh_p2p.testing.strategies import STRATEGIES  # only who draws a record pays for them

    return STRATEGIES[record]()


def _strategy_of(mark: Any) -> Any:
    from smh_p2p.testing.strategies import strategy_of

    return strategy_of(mark)
