# Is no Python.
# ends: STRATEGY_ERROR line
class Hostile(Strategy:
    pass
