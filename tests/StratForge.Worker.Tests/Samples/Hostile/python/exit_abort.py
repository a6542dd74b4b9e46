# Aborts.
# ends: CRASHED signal 6
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.abort()
