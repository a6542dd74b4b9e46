"""What a strategy is written against: the same nouns as in C#, in Python's spelling.

    class SmaCross(Strategy):
        fast_len = param(5, min=2, max=100)
        slow_len = param(20, min=5, max=400)

        def on_start(self):
            self.fast, self.slow = sma(self.fast_len), sma(self.slow_len)

        def on_bar(self, bar):
            if self.fast.crossed_above(self.slow):
                return self.target_percent(0.2)
            if self.fast.crossed_below(self.slow):
                return self.close()

A strategy's file needs no import: the names below are there already. docs/strategies.md tells the rest.
"""

from . import indicators as _indicators
from .feeds import BarFeed
from .indicators import *  # noqa: F403
from .market import Bar, Quote, TimerEvent, Trade
from .orders import Fill, OrderUpdate, Position, Ticket
from .parameters import param
from .signals import Signal
from .strategy import Strategy

__all__ = [
    *(name for name in _indicators.__all__ if name != "KEPT"),
    "Bar", "BarFeed", "Fill", "OrderUpdate", "Position", "Quote", "Signal", "Strategy", "Ticket", "TimerEvent", "Trade", "param",
]
