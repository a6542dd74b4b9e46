# Calls itself without end.
# ends: STRATEGY_ERROR RecursionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        self.on_bar(bar)
