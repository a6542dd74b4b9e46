# Asks for a temporary file.
# ends: STRATEGY_ERROR FileNotFoundError
import tempfile

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        tempfile.TemporaryFile().write(b"x")
        raise RuntimeError("escaped")
