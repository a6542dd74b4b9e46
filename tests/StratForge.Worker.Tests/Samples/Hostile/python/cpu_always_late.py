# Uses less than the limit for each bar, at every bar.
# ends: CPU_LIMIT|EVENT_TIMEOUT
import time

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        end = time.process_time() + 0.03
        while time.process_time() < end:
            pass
