# Starts a thread.
# ends: STRATEGY_ERROR can't start new thread
import threading

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        threading.Thread(target=print).start()
        raise RuntimeError("escaped")
