# Never returns from a bar.
# ends: EVENT_TIMEOUT CPU
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        while True:
            pass
