# Reads the worker's frames itself.
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
        while True:
            os.read(3, 65536)
