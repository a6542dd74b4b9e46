"""How far prices move, and channels made of that."""

from __future__ import annotations

import math

from ..market import Bar
from .averages import Ema
from .series import NAN, Indicator, Series, SlidingRange, checked, total


def true_range(bar: Bar, previous_close: float) -> float:
    """The largest of high - low, abs(high - previous close), abs(low - previous close)."""
    size = bar.high - bar.low
    from_high = abs(bar.high - previous_close)
    from_low = abs(bar.low - previous_close)
    size = from_high if from_high > size else size
    return from_low if from_low > size else size


class StdDev(Indicator):
    """Population standard deviation of the last ``period`` closes."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self.mean = NAN
        """Mean of the same window; NaN while not ready."""
        self._window = [0.0] * period
        self._next = 0
        self._squares = NAN

    def add(self, value: float) -> None:
        window = self._window
        count = len(window)
        old = window[self._next]
        window[self._next] = value
        self._next += 1
        if self._next == count:
            self._next = 0
            self.mean = total(window) / count
            squares = 0.0
            for one in window:
                distance = one - self.mean
                squares += distance * distance
            self._squares = squares
        else:
            change = value - old
            mean = self.mean + change / count
            self._squares += change * ((value - mean) + (old - self.mean))
            self.mean = mean
        squares = 0.0 if self._squares < 0 else self._squares
        self.push(math.sqrt(squares / count))


class Bollinger(Indicator):
    """Bollinger bands; its own value is the middle band."""

    def __init__(self, period: int = 20, width: float = 2.0) -> None:
        super().__init__()
        self._deviation = StdDev(period)
        self._width = float(width)
        self.warm_up = period
        self.upper = Series()
        self.lower = Series()

    def add(self, value: float) -> None:
        deviation = self._deviation
        deviation.add(value)
        reach = self._width * deviation.value
        self.push(deviation.mean)
        self.upper.push(deviation.mean + reach)
        self.lower.push(deviation.mean - reach)


class Atr(Indicator):
    """Wilder's average true range, quote currency."""

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self.warm_up = checked(period) + 1
        self._period = period
        self._ranges = -1
        self._previous_close = 0.0
        self._sum = 0.0
        self._average = NAN

    def update(self, bar: Bar) -> None:
        period = self._period
        if self._ranges >= 0:
            size = true_range(bar, self._previous_close)
            if self._ranges < period:
                self._sum += size
                if self._ranges + 1 == period:
                    self._average = self._sum / period
            else:
                self._average = (self._average * (period - 1) + size) / period
        self._ranges = min(self._ranges + 1, period)
        self._previous_close = bar.close
        self.push(self._average)


class Donchian(Indicator):
    """Donchian channel of the last ``period`` bars, the newest included; its own value is the middle.

    A bar can't break out of a channel that holds it: compare a close with ``upper[1]``, the channel before the bar.
    """

    def __init__(self, period: int = 20) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._range = SlidingRange(period)
        self.upper = Series()
        self.lower = Series()

    def update(self, bar: Bar) -> None:
        span_of = self._range
        span_of.update(bar)
        self.push(span_of.middle)
        self.upper.push(span_of.high)
        self.lower.push(span_of.low)


class Keltner(Indicator):
    """Keltner channel, Raschke's form: an exponential average of closes and so many average true ranges to both sides; its own value is the middle."""

    def __init__(self, period: int = 20, width: float = 2.0, range_period: int = 10) -> None:
        super().__init__()
        self._width = float(width)
        self._middle = Ema(period)
        self._range = Atr(range_period)
        self.warm_up = max(self._middle.warm_up, self._range.warm_up)
        self.upper = Series()
        self.lower = Series()

    def update(self, bar: Bar) -> None:
        self._middle.add(bar.close)
        self._range.update(bar)
        middle = self._middle.value
        reach = self._width * self._range.value
        self.push(middle)
        self.upper.push(middle + reach)
        self.lower.push(middle - reach)
