# Leaves by an exception that programs leave by.
# ends: STRATEGY_ERROR SystemExit
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        raise SystemExit(0)
