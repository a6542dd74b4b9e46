# Never finishes to be built.
# ends: INIT_TIMEOUT
from stratforge import Strategy


class Hostile(Strategy):
    def __init__(self):
        super().__init__()
        while True:
            pass

    def on_bar(self, bar):
        pass
