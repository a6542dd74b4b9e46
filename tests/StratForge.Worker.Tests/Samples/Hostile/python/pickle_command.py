# Unpickles a command.
# ends: STRATEGY_ERROR PermissionError
import pickle

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        if pickle.loads(b"cposix\nsystem\n(S'touch __FOLDER__/__MARKER__'\ntR.") != 0:
            raise PermissionError("no shell")
        raise RuntimeError("escaped")
