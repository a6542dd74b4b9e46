# Fails with an error whose text never ends.
# ends: EVENT_TIMEOUT CPU
from stratforge import Strategy


class Endless(Exception):
    def __str__(self):
        while True:
            pass


class Hostile(Strategy):
    def on_bar(self, bar):
        raise Endless
