# Spins whenever garbage is collected.
# ends: EVENT_TIMEOUT CPU
import gc

from stratforge import Strategy


def forever(*_):
    while True:
        pass


class Hostile(Strategy):
    def on_bar(self, bar):
        gc.callbacks.append(forever)
        gc.collect()
