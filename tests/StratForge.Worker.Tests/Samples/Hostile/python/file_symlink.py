# Plants a symbolic link.
# ends: STRATEGY_ERROR PermissionError
import os

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        os.symlink("/etc/passwd", "__FOLDER__/__MARKER__")
        raise RuntimeError("escaped")
