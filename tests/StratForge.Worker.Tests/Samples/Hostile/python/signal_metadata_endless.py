# Attaches what holds itself to a signal.
# ends: STRATEGY_ERROR Error
import math

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        loop = {}
        loop["loop"] = loop
        return self.buy(1, metadata=loop)
