# Sets itself an alarm.
# ends: STRATEGY_ERROR itimer_error
import signal

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        raise RuntimeError("escaped")
