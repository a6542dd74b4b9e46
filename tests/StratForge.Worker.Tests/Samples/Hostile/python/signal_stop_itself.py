# Stops itself, so that it uses no time at all.
# ends: EVENT_TIMEOUT one event
import os
import signal

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.kill(os.getpid(), signal.SIGSTOP)
