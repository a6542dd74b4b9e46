# Emits ten signals at every bar.
# ends: SIGNAL_LIMIT
import math

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        for _ in range(10):
            self.buy(1)
