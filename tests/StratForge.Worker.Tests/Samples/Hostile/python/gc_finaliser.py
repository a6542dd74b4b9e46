# Spins in a finaliser.
# ends: EVENT_TIMEOUT CPU
from stratforge import Strategy


class Endless:
    def __del__(self):
        while True:
            pass


class Hostile(Strategy):
    def on_bar(self, bar):
        Endless()
