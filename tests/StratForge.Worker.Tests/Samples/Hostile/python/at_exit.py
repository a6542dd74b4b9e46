# Spins when it is to end.
# ends: STRATEGY_ERROR SystemExit
import atexit

from stratforge import Strategy


def forever():
    while True:
        pass


class Hostile(Strategy):
    def on_bar(self, bar):
        atexit.register(forever)
        raise SystemExit
