"""Which way prices go, and how surely."""

from __future__ import annotations

from ..market import Bar
from .ranges import Atr, true_range
from .series import NAN, Delay, Indicator, Series, SlidingRange, checked


class Adx(Indicator):
    """Wilder's average directional index, 0 to 100: how strong a trend is. ``plus_di`` and ``minus_di`` say which way it goes."""

    def __init__(self, period: int = 14) -> None:
        super().__init__()
        self.warm_up = 2 * checked(period)
        self.plus_di = Series()
        self.minus_di = Series()
        self._period = period
        self._previous: Bar | None = None
        self._changes = 0
        self._strengths = 0
        self._up = 0.0
        self._down = 0.0
        self._range = 0.0
        self._sum = 0.0
        self._average = NAN

    def update(self, bar: Bar) -> None:
        plus = minus = NAN
        previous = self._previous
        self._previous = bar
        if previous is not None:
            self._move(bar, previous)
            if self._changes == self._period:
                plus = 0.0 if self._range == 0 else 100.0 * self._up / self._range
                minus = 0.0 if self._range == 0 else 100.0 * self._down / self._range
                self._strength(0.0 if plus + minus == 0 else 100.0 * abs(plus - minus) / (plus + minus))
        self.push(self._average)
        self.plus_di.push(plus)
        self.minus_di.push(minus)

    def _move(self, bar: Bar, previous: Bar) -> None:
        rise = bar.high - previous.high
        fall = previous.low - bar.low
        up = rise if rise > fall and rise > 0 else 0.0
        down = fall if fall > rise and fall > 0 else 0.0
        size = true_range(bar, previous.close)
        period = self._period
        if self._changes < period:
            self._changes += 1
            self._up += up
            self._down += down
            self._range += size
        else:
            self._up = self._up - self._up / period + up
            self._down = self._down - self._down / period + down
            self._range = self._range - self._range / period + size

    def _strength(self, strength: float) -> None:
        if self._strengths == self._period:
            self._average = (self._average * (self._period - 1) + strength) / self._period
            return
        self._sum += strength
        self._strengths += 1
        if self._strengths == self._period:
            self._average = self._sum / self._period


class Ichimoku(Indicator):
    """Ichimoku kinko hyo; its own value is the conversion line, ``base`` the base line; ``span_a`` and ``span_b`` bound the cloud over the newest bar.

    The lagging span is the close itself, drawn 26 bars back: compare ``bars[0]`` with ``bars[26]``.
    """

    def __init__(self, conversion: int = 9, baseline: int = 26, leading: int = 52) -> None:
        super().__init__()
        if not checked(conversion) < checked(baseline) < checked(leading):
            raise ValueError(f"The periods {conversion}, {baseline}, {leading} have to rise.")
        self.warm_up = leading + baseline
        self.base = Series()
        self.span_a = Series()
        self.span_b = Series()
        self._conversion = SlidingRange(conversion)
        self._base = SlidingRange(baseline)
        self._long = SlidingRange(leading)
        self._ahead_a = Delay(baseline)
        self._ahead_b = Delay(baseline)

    def update(self, bar: Bar) -> None:
        for one in (self._conversion, self._base, self._long):
            one.update(bar)
        self.push(self._conversion.middle)
        self.base.push(self._base.middle)
        self.span_a.push(self._ahead_a.exchange((self._conversion.middle + self._base.middle) / 2))
        self.span_b.push(self._ahead_b.exchange(self._long.middle))


class ParabolicSar(Indicator):
    """Wilder's parabolic stop and reverse: a stop that follows a trend faster and faster, and changes sides when it is hit."""

    def __init__(self, step: float = 0.02, most: float = 0.2) -> None:
        super().__init__()
        if not 0 < step <= most:
            raise ValueError(f"A step of {step!r} is not between 0 and {most!r}.")
        self.warm_up = 2
        self.is_up = False
        """Whether the trend is up: the stop lies below the price."""
        self._step = float(step)
        self._most = float(most)
        self._one: Bar | None = None
        self._two: Bar | None = None
        self._sar = NAN
        self._extreme = 0.0
        self._factor = 0.0

    def update(self, bar: Bar) -> None:
        one, two = self._one, self._two
        self._one, self._two = bar, one
        if one is None:
            self.push(NAN)
            return
        if two is None:
            self.is_up = bar.close >= one.close
            self._factor = self._step
            low, high = min(one.low, bar.low), max(one.high, bar.high)
            self._sar, self._extreme = (low, high) if self.is_up else (high, low)
        else:
            self._sar += self._factor * (self._extreme - self._sar)
            if self.is_up:
                self._follow_up(bar, min(one.low, two.low))
            else:
                self._follow_down(bar, max(one.high, two.high))
        self.push(self._sar)

    def _follow_up(self, bar: Bar, low: float) -> None:
        self._sar = min(self._sar, low)
        if bar.low < self._sar:
            self.is_up = False
            self._sar = max(self._extreme, bar.high)
            self._extreme = bar.low
            self._factor = self._step
        elif bar.high > self._extreme:
            self._extreme = bar.high
            self._factor = min(self._factor + self._step, self._most)

    def _follow_down(self, bar: Bar, high: float) -> None:
        self._sar = max(self._sar, high)
        if bar.high > self._sar:
            self.is_up = True
            self._sar = min(self._extreme, bar.low)
            self._extreme = bar.high
            self._factor = self._step
        elif bar.low < self._extreme:
            self._extreme = bar.low
            self._factor = min(self._factor + self._step, self._most)


class Supertrend(Indicator):
    """Supertrend: a stop so many average true ranges away from the price, that changes sides when a close goes through it."""

    def __init__(self, period: int = 10, width: float = 3.0) -> None:
        super().__init__()
        self._range = Atr(period)
        self.warm_up = self._range.warm_up
        self.is_up = False
        """Whether the trend is up: the stop lies below the price."""
        self._width = float(width)
        self._upper = NAN
        self._lower = NAN
        self._previous_close = 0.0

    def update(self, bar: Bar) -> None:
        self._range.update(bar)
        previous_close, self._previous_close = self._previous_close, bar.close
        if not self._range.is_ready:
            self.push(NAN)
            return
        middle = (bar.high + bar.low) / 2
        reach = self._width * self._range.value
        upper, lower = middle + reach, middle - reach
        if self._upper != self._upper:
            self.is_up = bar.close >= middle
        else:
            upper = upper if upper < self._upper or previous_close > self._upper else self._upper
            lower = lower if lower > self._lower or previous_close < self._lower else self._lower
            self.is_up = bar.close >= lower if self.is_up else bar.close > upper
        self._upper, self._lower = upper, lower
        self.push(lower if self.is_up else upper)
