# Buys a quantity that is no number.
# ends: STRATEGY_ERROR Error
import math

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        return self.buy(math.nan)
