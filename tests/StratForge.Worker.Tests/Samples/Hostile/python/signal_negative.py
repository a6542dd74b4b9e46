# Buys less than nothing.
# ends: STRATEGY_ERROR Error
import math

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        return self.buy(-1)
