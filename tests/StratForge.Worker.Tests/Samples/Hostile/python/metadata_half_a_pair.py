# Attaches half of a surrogate pair to a signal.
# ends: PROTOCOL_ERROR whose text is not UTF-8
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        send(b'{"type":"done","of":"bar","seq":1,"signals":[{"action":"BUY","quantity":"1","metadata":{"a":"\\ud800"}}]}')
