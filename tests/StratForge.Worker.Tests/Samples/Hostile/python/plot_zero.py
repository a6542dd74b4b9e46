# Draws a line whose name holds a zero character, which the database refuses.
# ends: RUNNING drawn
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        self.plot("a\0b", bar.close)
        self.log("drawn\0")
