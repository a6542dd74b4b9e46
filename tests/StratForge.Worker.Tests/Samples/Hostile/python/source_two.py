# Holds two strategies.
# ends: STRATEGY_ERROR 2 classes
from stratforge import Strategy


class One(Strategy):
    pass


class Two(Strategy):
    pass
