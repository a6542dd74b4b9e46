# Says that it is loaded, leaves its parameters out, and waits.
# ends: PROTOCOL_ERROR of which a part is missing
import os
import time

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_start(self):
        send(b'{"type":"loaded","name":"x","warmUp":0}')
        time.sleep(3600)
