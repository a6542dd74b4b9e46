"""Indicators that swing around a level, and the volume behind a price."""

from __future__ import annotations

from ..market import Bar
from .averages import Ema, Sma
from .series import NAN, Delay, Indicator, Series, SlidingRange, checked


class Rsi(Indicator):
    """Wilder's relative strength index of closes, 0 to 100; 50 when nothing moved."""

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self.warm_up = checked(period) + 1
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
            self.push(NAN)
            return
        up = change if change > 0 else 0.0
        down = -change if change < 0 else 0.0
        period = self._period
        if self._changes < period:
            self._gain += up
            self._loss += down
            self._changes += 1
            if self._changes < period:
                self.push(NAN)
                return
            self._gain /= period
            self._loss /= period
        else:
            self._gain = (self._gain * (period - 1) + up) / period
            self._loss = (self._loss * (period - 1) + down) / period
        moved = self._gain + self._loss
        self.push(50.0 if moved == 0 else 100.0 * self._gain / moved)


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


class Stochastic(Indicator):
    """Lane's stochastic oscillator, 0 to 100; its own value is %K, smoothed, ``d`` is %K's own average. 50 when nothing moved."""

    def __init__(self, period: int = 14, smooth: int = 3, signal: int = 3) -> None:
        super().__init__()
        self._range = SlidingRange(checked(period))
        self._k = Sma(smooth)
        self._d = Sma(signal)
        self.warm_up = period + smooth - 1 + signal - 1
        self.d = Series()

    def update(self, bar: Bar) -> None:
        span_of = self._range
        span_of.update(bar)
        if span_of.high == span_of.high:
            span = span_of.high - span_of.low
            self._k.add(50.0 if span == 0 else 100.0 * (bar.close - span_of.low) / span)
            if self._k.is_ready:
                self._d.add(self._k.value)
        self.push(self._k.value)
        self.d.push(self._d.value)


class Cci(Indicator):
    """Lambert's commodity channel index: how far the typical price lies from its average, in units of 0.015 mean deviations; 0 when nothing moved.

    The deviation is one from the newest mean, so all of the window is looked at: the one indicator here whose bar costs as many steps as its period.
    """

    def __init__(self, period: int = 20) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._window = [0.0] * period
        self._mean = Sma(period)
        self._next = 0

    def update(self, bar: Bar) -> None:
        typical = (bar.high + bar.low + bar.close) / 3.0
        window = self._window
        self._mean.add(typical)
        window[self._next] = typical
        self._next = 0 if self._next + 1 == len(window) else self._next + 1
        mean = self._mean.value
        if mean != mean:
            self.push(NAN)
            return
        distance = 0.0
        for one in window:
            distance += abs(one - mean)
        self.push(0.0 if distance == 0 else (typical - mean) / (0.015 * (distance / len(window))))


class Roc(Indicator):
    """Rate of change of the close over ``period`` bars, percent; 0 where the close before was zero."""

    def __init__(self, period: int = 10) -> None:
        super().__init__()
        self.warm_up = checked(period) + 1
        self._before = Delay(period)

    def add(self, value: float) -> None:
        before = self._before.exchange(value)
        self.push(0.0 if before == 0 else 100.0 * (value - before) / before)


class Momentum(Indicator):
    """Change of the close over ``period`` bars, quote currency."""

    def __init__(self, period: int = 10) -> None:
        super().__init__()
        self.warm_up = checked(period) + 1
        self._before = Delay(period)

    def add(self, value: float) -> None:
        self.push(value - self._before.exchange(value))


class WilliamsR(Indicator):
    """Williams' %R, -100 to 0: where the close lies below the highest high of the last ``period`` bars; -50 when nothing moved."""

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self.warm_up = checked(period)
        self._range = SlidingRange(period)

    def update(self, bar: Bar) -> None:
        span_of = self._range
        span_of.update(bar)
        span = span_of.high - span_of.low
        self.push(-50.0 if span == 0 else -100.0 * (span_of.high - bar.close) / span)


class Obv(Indicator):
    """Granville's on-balance volume: volume of rising bars added, of falling ones taken off; begins at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.warm_up = 1
        self._previous_close = NAN
        self._total = 0.0

    def update(self, bar: Bar) -> None:
        if bar.close > self._previous_close:
            self._total += bar.volume
        elif bar.close < self._previous_close:
            self._total -= bar.volume
        self._previous_close = bar.close
        self.push(self._total)
