# Takes an order back that is none.
# ends: PROTOCOL_ERROR of which a part is missing
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        send(b'{"type":"done","of":"bar","seq":1,"cancels":[null]}')
