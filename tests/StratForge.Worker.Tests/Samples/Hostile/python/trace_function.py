# Watches every line that the runner executes, and never comes back.
# ends: EVENT_TIMEOUT CPU
import sys

from stratforge import Strategy


def forever(*_):
    while True:
        pass


class Hostile(Strategy):
    def on_bar(self, bar):
        sys.settrace(forever)
        len(str(bar))
        self.log("x")
