# Nests objects until the interpreter's own stack is used up.
# ends: CRASHED|MEMORY_LIMIT|STRATEGY_ERROR|EVENT_TIMEOUT
import sys

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        sys.setrecursionlimit(1 << 30)
        nested = []
        for _ in range(1_000_000):
            nested = [nested]
        repr(nested)
