# Leaks a little at every bar.
# ends: MEMORY_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def __init__(self):
        super().__init__()
        self.hoard = []

    def on_bar(self, bar):
        self.hoard.append(bytearray(24 << 20))
