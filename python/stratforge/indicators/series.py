"""What every indicator is made of."""

from __future__ import annotations

import math
from collections import deque

from ..market import Bar

KEPT = 256
"""Values an indicator keeps to look back at."""

NAN = math.nan


class Series:
    """A row of numbers, one per bar, newest first. NaN stands for "not known yet"."""

    def __init__(self) -> None:
        self._ring = [NAN] * KEPT
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


class SlidingExtreme:
    """The largest of the last values; keeps only those that can still become it, so each enters and leaves once."""

    __slots__ = ("_candidates", "_index", "_period")

    def __init__(self, period: int) -> None:
        self._candidates: deque[tuple[int, float]] = deque()
        self._index = 0
        self._period = period

    def add(self, value: float) -> float:
        """Takes the next value and gives the largest of the last ``period``."""
        candidates = self._candidates
        if candidates and candidates[0][0] <= self._index - self._period:
            candidates.popleft()
        while candidates and candidates[-1][1] <= value:
            candidates.pop()
        candidates.append((self._index, value))
        self._index += 1
        return candidates[0][1]


class SlidingRange:
    """Highest high and lowest low of the last bars, the newest included; NaN until there are enough."""

    __slots__ = ("high", "low", "_highest", "_lowest", "_period", "_seen")

    def __init__(self, period: int) -> None:
        self.high = NAN
        self.low = NAN
        self._highest = SlidingExtreme(period)
        self._lowest = SlidingExtreme(period)
        self._period = period
        self._seen = 0

    @property
    def middle(self) -> float:
        """Half way between the two."""
        return (self.high + self.low) / 2

    def update(self, bar: Bar) -> None:
        """Takes the next bar."""
        high = self._highest.add(bar.high)
        low = -self._lowest.add(-bar.low)
        if self._seen < self._period:
            self._seen += 1
            if self._seen < self._period:
                return
        self.high = high
        self.low = low


class Delay:
    """Gives each value back after so many others; NaN before."""

    __slots__ = ("_next", "_window")

    def __init__(self, period: int) -> None:
        self._window = [NAN] * period
        self._next = 0

    def exchange(self, value: float) -> float:
        """Takes a value and gives the one taken ``period`` values before."""
        window = self._window
        before = window[self._next]
        window[self._next] = value
        self._next = 0 if self._next + 1 == len(window) else self._next + 1
        return before


def checked(period: int) -> int:
    """A period, if it is one: 1 to 10,000 bars."""
    if type(period) is not int or not 1 <= period <= 10_000:
        raise ValueError(f"A period is 1 to 10000 bars, not {period!r}.")
    return period


def total(values: list[float]) -> float:
    """The sum, added up in order. Not the built-in: from Python 3.12 on it compensates for rounding, and the bits would differ from C#'s."""
    result = 0.0
    for one in values:
        result += one
    return result
