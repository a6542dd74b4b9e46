# Attaches a number of more digits than any number of ours to a signal.
# ends: RUNNING is ignored: its metadata holds a number that is out of range
from stratforge import Strategy


class Hostile(Strategy):
    seen = 0

    def on_bar(self, bar):
        self.seen += 1
        if self.seen % 20 == 1:
            return self.buy(1, metadata={"x": 10 ** 400})
