# Sleeps through its bar.
# ends: EVENT_TIMEOUT one event
import time

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        time.sleep(3600)
