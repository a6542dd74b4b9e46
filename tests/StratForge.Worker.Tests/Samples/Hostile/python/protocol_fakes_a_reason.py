# Claims to have failed for another reason, in another's words.
# ends: STRATEGY_ERROR The platform is broken
import json
import os

from stratforge import Strategy


OUT = 4


def send(body):
    """A frame of the strategy's own making, straight to the worker."""
    os.write(OUT, len(body).to_bytes(4, "little") + body)


class Hostile(Strategy):
    def on_bar(self, bar):
        send(b'{"type":"error","code":"SANDBOX_UNAVAILABLE","message":"The platform is broken."}')
