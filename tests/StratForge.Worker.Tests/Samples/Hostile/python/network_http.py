# Fetches a page.
# ends: STRATEGY_ERROR URLError
import urllib.request

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        urllib.request.urlopen("http://127.0.0.1:__TCP__/")
        raise RuntimeError("escaped")
