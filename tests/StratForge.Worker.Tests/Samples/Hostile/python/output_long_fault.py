# Fails with a text of ten million characters.
# ends: STRATEGY_ERROR ValueError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        raise ValueError("x" * 10_000_000)
