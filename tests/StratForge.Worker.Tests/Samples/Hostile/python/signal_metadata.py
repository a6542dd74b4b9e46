# Attaches a megabyte to a signal.
# ends: STRATEGY_ERROR metadata
import math

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        return self.buy(1, metadata={"x": "y" * 1_000_000})
