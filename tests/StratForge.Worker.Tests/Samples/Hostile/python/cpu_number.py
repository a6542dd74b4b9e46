# Raises a number to a power that takes for ever, in one instruction.
# ends: EVENT_TIMEOUT|MEMORY_LIMIT
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        return 9 ** 9 ** 9
