# Answers its own fault with a handler that never returns.
# ends: EVENT_TIMEOUT
import os
import signal

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        def forever(*_):
            while True:
                pass

        signal.signal(signal.SIGUSR1, forever)
        os.kill(os.getpid(), signal.SIGUSR1)
