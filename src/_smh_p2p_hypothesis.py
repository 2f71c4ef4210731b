"""Register the strategies of smh_p2p with Hypothesis, whichever of the two is imported first.

Hypothesis calls the entry point `register` when it starts. This module is outside the package, so
that programs that do not use smh_p2p do not import it.
"""

import sys
from typing import Any


def register() -> None:
    """Register a strategy for every record, if smh_p2p is imported."""
    if "smh_p2p" in sys.modules:
        from hypothesis.strategies import register_type_strategy

        from smh_p2p.exchange import RECORDS
        from smh_p2p.values import Drawn

        for record in RECORDS:
            register_type_strategy(record, _strategy)
        Drawn.strategy = _strategy


def _strategy(item: Any) -> Any:
    from smh_p2p.testing.strategies import strategy_of  # slow, and only what is drawn needs it

    return strategy_of(item)
