# Forks as fast as it can, whatever the answer.
# ends: EVENT_TIMEOUT CPU
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        while True:
            try:
                if os.fork() == 0:
                    continue
            except OSError:
                pass
