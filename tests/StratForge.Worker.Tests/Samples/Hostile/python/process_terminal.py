# Forks behind a terminal of its own.
# ends: STRATEGY_ERROR Error
import pty

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        pty.fork()
        raise RuntimeError("escaped")
