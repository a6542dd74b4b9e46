# Never finishes its start handler.
# ends: INIT_TIMEOUT
from stratforge import Strategy


class Hostile(Strategy):
    def on_start(self):
        while True:
            pass

    def on_bar(self, bar):
        pass
