# Starts an event loop.
# ends: STRATEGY_ERROR PermissionError
import asyncio

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        asyncio.run(asyncio.sleep(0))
        raise RuntimeError("escaped")
