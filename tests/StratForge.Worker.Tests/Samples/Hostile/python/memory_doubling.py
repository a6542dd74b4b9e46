# Doubles a list until nothing is left.
# ends: MEMORY_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        hoard = [0]
        while True:
            hoard = hoard + hoard
