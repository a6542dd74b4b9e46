"""Averages of prices."""

from __future__ import annotations

from .. import exchange
from ..market import Bar, is_crypto
from .series import NAN, Indicator, checked, total


class Sma(Indicator):
    """Simple moving average of the last ``period`` closes: a running sum, taken anew each time the window was replaced as a whole."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._window = [0.0] * period
        self._next = 0
        self._sum = NAN

    def add(self, value: float) -> None:
        window = self._window
        self._sum += value - window[self._next]
        window[self._next] = value
        self._next += 1
        if self._next == len(window):
            self._next = 0
            self._sum = total(window)
        self.push(self._sum / len(window))


class Ema(Indicator):
    """Exponential moving average of closes, weight 2 / (period + 1) on the newest; starts with the simple average."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._period = period
        self._weight = 2.0 / (period + 1)
        self._seen = 0
        self._sum = 0.0
        self._average = NAN

    def add(self, value: float) -> None:
        if self._seen < self._period:
            self._sum += value
            self._seen += 1
            if self._seen == self._period:
                self._average = self._sum / self._period
        else:
            self._average += self._weight * (value - self._average)
        self.push(self._average)


class Wma(Indicator):
    """Linearly weighted moving average of the last ``period`` closes: the newest counts ``period`` times, the oldest once."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._window = [0.0] * period
        self._weights = period * (period + 1.0) / 2.0
        self._next = 0
        self._sum = NAN
        self._weighted = NAN

    def add(self, value: float) -> None:
        window = self._window
        self._weighted += len(window) * value - self._sum
        self._sum += value - window[self._next]
        window[self._next] = value
        self._next += 1
        if self._next == len(window):
            self._next = 0
            plain = weighted = 0.0
            for i, one in enumerate(window):
                plain += one
                weighted += (i + 1) * one
            self._sum = plain
            self._weighted = weighted
        self.push(self._weighted / self._weights)


class Vwap(Indicator):
    """Volume-weighted average price since the day began: midnight in New York for stocks, midnight UTC for crypto."""

    def __init__(self) -> None:
        super().__init__()
        self.warm_up = 1
        self._value = 0.0
        self._volume = 0.0
        self._day_ends = -1 << 62

    def update(self, bar: Bar) -> None:
        opens_at = bar.opens_at_ms
        if opens_at >= self._day_ends:
            if is_crypto(bar.symbol):
                self._day_ends = exchange.midnight(exchange.date_of(opens_at)) + exchange.DAY_MS
            else:
                # The next midnight in New York: a day has 23 to 25 hours.
                self._day_ends = exchange.at(exchange.date_of(exchange.midnight(exchange.date_at(opens_at)) + exchange.DAY_MS), 0)
            self._value = 0.0
            self._volume = 0.0
        typical = (bar.high + bar.low + bar.close) / 3.0
        self._value += typical * bar.volume
        self._volume += bar.volume
        self.push(typical if self._volume == 0 else self._value / self._volume)
