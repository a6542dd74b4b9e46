# Sends half a frame and waits.
# ends: EVENT_TIMEOUT
import json
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        os.write(OUT, b"\x10\x00")
        os.read(3, 1)
