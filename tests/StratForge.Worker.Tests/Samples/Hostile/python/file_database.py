# Keeps a database.
# ends: STRATEGY_ERROR OperationalError
import sqlite3

from stratforge import Strategy


class Hostile(Strategy):
    def on_bar(self, bar):
        sqlite3.connect("__FOLDER__/__MARKER__").execute("create table t (x)")
        raise RuntimeError("escaped")
