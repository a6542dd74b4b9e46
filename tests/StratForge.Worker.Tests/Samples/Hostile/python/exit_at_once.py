# Leaves without a word.
# ends: EXITED
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os._exit(0)
