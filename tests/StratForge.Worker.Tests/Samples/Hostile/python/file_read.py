# Reads the password file.
# ends: STRATEGY_ERROR PermissionError
from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        open("/etc/passwd").read()
        raise RuntimeError("escaped")
