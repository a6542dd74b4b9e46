# Asks for more text than there is memory.
# ends: MEMORY_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        return "x" * (1 << 40)
