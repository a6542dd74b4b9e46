# Matches with a pattern that backtracks for ever.
# ends: EVENT_TIMEOUT CPU
import re

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        re.match(r"(a+)+$", "a" * 60 + "b")
