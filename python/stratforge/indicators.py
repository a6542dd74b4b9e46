"""Indicators: each bar in constant (amortised) time.

Python and C# compute the same bits: the same IEEE 754 double operations in the same order. Formulas and their sources stand with the C#
twins in StratForge.Strategies/Indicators; a test compares both bit by bit. Who changes one changes the other.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Callable, TypeVar

from .market import Bar

KEPT = 256
"""Values an indicator keeps to look back at."""

_NAN = math.nan


class Series:
    """A row of numbers, one per bar, newest first. NaN stands for "not known yet"."""

    def __init__(self) -> None:
        self._ring = [_NAN] * KEPT
        self._newest = 0

    @property
    def value(self) -> float:
        """The newest value; NaN while not ready."""
        return self._ring[self._newest]

    @property
    def is_ready(self) -> bool:
        """Whether there is a value yet."""
        value = self._ring[self._newest]
        return value == value

    def __getitem__(self, ago: int) -> float:
        """The value ``ago`` bars ago; NaN when there was none yet."""
        if not 0 <= ago < KEPT:
            raise IndexError(f"{ago} bars ago: 0 to {KEPT - 1} are kept.")
        return self._ring[(self._newest - ago) % KEPT]

    def crossed_above(self, other: Series | float) -> bool:
        """At the newest bar this row came from at or below the other (a row or a level) to above it."""
        now, before = (other[0], other[1]) if isinstance(other, Series) else (other, other)
        return self[1] <= before and self[0] > now

    def crossed_below(self, other: Series | float) -> bool:
        """At the newest bar this row came from at or above the other (a row or a level) to below it."""
        now, before = (other[0], other[1]) if isinstance(other, Series) else (other, other)
        return self[1] >= before and self[0] < now

    def push(self, value: float) -> None:
        """Appends the value of a new bar."""
        self._newest = (self._newest + 1) % KEPT
        self._ring[self._newest] = value


class Indicator(Series):
    """A row of numbers computed from bars."""

    warm_up = 0
    """Bars until the first value."""

    def update(self, bar: Bar) -> None:
        """Takes the next closed bar."""
        self.add(bar.close)

    def add(self, value: float) -> None:
        """Takes the next value, for indicators of closes."""
        raise NotImplementedError(f"{type(self).__name__} defines neither update nor add.")


class Sma(Indicator):
    """Simple moving average of the last ``period`` closes: a running sum, taken anew each time the window was replaced as a whole."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = _period(period)
        self._window = [0.0] * period
        self._next = 0
        self._sum = _NAN

    def add(self, value: float) -> None:
        window = self._window
        self._sum += value - window[self._next]
        window[self._next] = value
        self._next += 1
        if self._next == len(window):
            self._next = 0
            self._sum = _sum(window)
        self.push(self._sum / len(window))


class Ema(Indicator):
    """Exponential moving average of closes, weight 2 / (period + 1) on the newest; starts with the simple average."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = _period(period)
        self._period = period
        self._weight = 2.0 / (period + 1)
        self._seen = 0
        self._sum = 0.0
        self._average = _NAN

    def add(self, value: float) -> None:
        if self._seen < self._period:
            self._sum += value
            self._seen += 1
            if self._seen == self._period:
                self._average = self._sum / self._period
        else:
            self._average += self._weight * (value - self._average)
        self.push(self._average)


class Rsi(Indicator):
    """Wilder's relative strength index of closes, 0 to 100; 50 when nothing moved."""

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self.warm_up = _period(period) + 1
        self._period = period
        self._changes = -1
        self._previous = 0.0
        self._gain = 0.0
        self._loss = 0.0

    def add(self, value: float) -> None:
        change = value - self._previous
        self._previous = value
        if self._changes < 0:
            self._changes = 0
            self.push(_NAN)
            return
        up = change if change > 0 else 0.0
        down = -change if change < 0 else 0.0
        period = self._period
        if self._changes < period:
            self._gain += up
            self._loss += down
            self._changes += 1
            if self._changes < period:
                self.push(_NAN)
                return
            self._gain /= period
            self._loss /= period
        else:
            self._gain = (self._gain * (period - 1) + up) / period
            self._loss = (self._loss * (period - 1) + down) / period
        moved = self._gain + self._loss
        self.push(50.0 if moved == 0 else 100.0 * self._gain / moved)


class StdDev(Indicator):
    """Population standard deviation of the last ``period`` closes."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.warm_up = _period(period)
        self.mean = _NAN
        """Mean of the same window; NaN while not ready."""
        self._window = [0.0] * period
        self._next = 0
        self._squares = _NAN

    def add(self, value: float) -> None:
        window = self._window
        count = len(window)
        old = window[self._next]
        window[self._next] = value
        self._next += 1
        if self._next == count:
            self._next = 0
            self.mean = _sum(window) / count
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
        self.warm_up = _period(period) + 1
        self._period = period
        self._ranges = -1
        self._previous_close = 0.0
        self._sum = 0.0
        self._average = _NAN

    def update(self, bar: Bar) -> None:
        period = self._period
        if self._ranges >= 0:
            size = bar.high - bar.low
            from_high = abs(bar.high - self._previous_close)
            from_low = abs(bar.low - self._previous_close)
            size = from_high if from_high > size else size
            size = from_low if from_low > size else size
            if self._ranges < period:
                self._sum += size
                if self._ranges + 1 == period:
                    self._average = self._sum / period
            else:
                self._average = (self._average * (period - 1) + size) / period
        self._ranges = min(self._ranges + 1, period)
        self._previous_close = bar.close
        self.push(self._average)


class Macd(Indicator):
    """Moving average convergence/divergence of closes; its own value is the line, fast minus slow."""

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        super().__init__()
        if fast >= slow:
            raise ValueError(f"The fast period {fast} has to be below the slow one {slow}.")
        self._fast = Ema(fast)
        self._slow = Ema(slow)
        self._smooth = Ema(signal)
        self.warm_up = slow + signal - 1
        self.signal = Series()
        self.histogram = Series()

    def add(self, value: float) -> None:
        self._fast.add(value)
        self._slow.add(value)
        line = self._fast.value - self._slow.value
        if self._slow.is_ready:
            self._smooth.add(line)
        self.push(line)
        self.signal.push(self._smooth.value)
        self.histogram.push(line - self._smooth.value)


class Donchian(Indicator):
    """Donchian channel of the last ``period`` bars, the newest included; its own value is the middle.

    A bar can't break out of a channel that holds it: compare a close with ``upper[1]``, the channel before the bar.
    """

    def __init__(self, period: int = 20) -> None:
        super().__init__()
        self.warm_up = _period(period)
        self._period = period
        self._seen = 0
        self._highest = _SlidingExtreme(period)
        self._lowest = _SlidingExtreme(period)
        self.upper = Series()
        self.lower = Series()

    def update(self, bar: Bar) -> None:
        upper = self._highest.add(bar.high)
        lower = -self._lowest.add(-bar.low)
        if self._seen < self._period:
            self._seen += 1
            if self._seen < self._period:
                upper = lower = _NAN
        self.push((upper + lower) / 2)
        self.upper.push(upper)
        self.lower.push(lower)


class _SlidingExtreme:
    """The largest of the last values; keeps only those that can still become it, so each enters and leaves once."""

    __slots__ = ("_candidates", "_index", "_period")

    def __init__(self, period: int) -> None:
        self._candidates: deque[tuple[int, float]] = deque()
        self._index = 0
        self._period = period

    def add(self, value: float) -> float:
        candidates = self._candidates
        if candidates and candidates[0][0] <= self._index - self._period:
            candidates.popleft()
        while candidates and candidates[-1][1] <= value:
            candidates.pop()
        candidates.append((self._index, value))
        self._index += 1
        return candidates[0][1]


_AnIndicator = TypeVar("_AnIndicator", bound=Indicator)

# The strategy whose on_start is running takes what is declared meanwhile; elsewhere an indicator is its maker's to feed.
_declare: Callable[[Indicator], None] | None = None


def declaring(take: Callable[[Indicator], None] | None) -> None:
    """Hands indicators declared from now on to ``take``; the runner's."""
    global _declare
    _declare = take


def _declared(indicator: _AnIndicator) -> _AnIndicator:
    if _declare is not None:
        _declare(indicator)
    return indicator


def sma(period: int) -> Sma:
    """Declares a simple moving average of closes."""
    return _declared(Sma(period))


def ema(period: int) -> Ema:
    """Declares an exponential moving average of closes."""
    return _declared(Ema(period))


def rsi(period: int = 14) -> Rsi:
    """Declares a relative strength index of closes."""
    return _declared(Rsi(period))


def std_dev(period: int) -> StdDev:
    """Declares a standard deviation of closes."""
    return _declared(StdDev(period))


def bollinger(period: int = 20, width: float = 2.0) -> Bollinger:
    """Declares Bollinger bands."""
    return _declared(Bollinger(period, width))


def atr(period: int = 14) -> Atr:
    """Declares an average true range."""
    return _declared(Atr(period))


def macd(fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Declares a MACD."""
    return _declared(Macd(fast, slow, signal))


def donchian(period: int = 20) -> Donchian:
    """Declares a Donchian channel."""
    return _declared(Donchian(period))


def _period(period: int) -> int:
    if type(period) is not int or not 1 <= period <= 10_000:
        raise ValueError(f"A period is 1 to 10000 bars, not {period!r}.")
    return period


def _sum(values: list[float]) -> float:
    # Not the built-in: from Python 3.12 on it compensates for rounding, and then the bits would differ from C#'s.
    total = 0.0
    for one in values:
        total += one
    return total
