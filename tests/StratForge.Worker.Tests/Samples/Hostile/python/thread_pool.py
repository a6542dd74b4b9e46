# Starts a pool of threads.
# ends: STRATEGY_ERROR can't start new thread
import concurrent.futures

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        concurrent.futures.ThreadPoolExecutor().submit(print)
        raise RuntimeError("escaped")
