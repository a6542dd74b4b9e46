# Writes what a terminal would obey.
# ends: STRATEGY_ERROR \u001b[2J
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        print("\x1b[2J\x00\x07")
        raise ValueError("\x1b[2J\x00\ud800")
