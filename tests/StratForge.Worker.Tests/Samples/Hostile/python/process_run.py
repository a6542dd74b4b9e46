# Runs a program.
# ends: STRATEGY_ERROR PermissionError
import subprocess

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        subprocess.run(["/bin/touch", "__FOLDER__/__MARKER__"], check=True)
        raise RuntimeError("escaped")
