# Fails as if somebody had pressed a key.
# ends: STRATEGY_ERROR KeyboardInterrupt
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        raise KeyboardInterrupt
