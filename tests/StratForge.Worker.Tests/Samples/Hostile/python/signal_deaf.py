# Ignores every signal it can and spins.
# ends: EVENT_TIMEOUT CPU
import signal

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            pass
