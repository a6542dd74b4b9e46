# Counts how often it has run in a place that runs might share.
# ends: STRATEGY_ERROR count 1
# copies: 2
import sys

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        module = sys.modules["math"]
        module.runs = getattr(module, "runs", 0) + 1
        raise ValueError(f"count {module.runs}")
