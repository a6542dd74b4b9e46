# Puts modules of its own in front of the library's.
# ends: PROTOCOL_ERROR|STRATEGY_ERROR
import sys

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        class Fake:
            loads = staticmethod(lambda *_: {"type": "done"})
            dumps = staticmethod(lambda *_, **__: "x")

        sys.modules["json"] = Fake
        conversation = sys.modules["stratforge.host.conversation"]
        conversation.json = Fake
