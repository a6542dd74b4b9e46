# Fills a list without end.
# ends: MEMORY_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        hoard = []
        while True:
            hoard.append(bytearray(1 << 20))
