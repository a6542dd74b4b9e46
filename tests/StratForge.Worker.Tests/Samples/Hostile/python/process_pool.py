# Starts worker processes.
# ends: STRATEGY_ERROR Error
import multiprocessing

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        multiprocessing.Pool(2)
        raise RuntimeError("escaped")
