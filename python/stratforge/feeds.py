"""Rows of bars: those that come in, and longer ones made of them. StratForge.Strategies/BarFeed.cs does the same."""

from __future__ import annotations

from typing import Iterator

from . import exchange
from .indicators import Indicator
from .market import BAR_LENGTH_MS, DAY_MINUTES, Bar, is_crypto

LEAST_KEPT = 1_000
NEVER = 1 << 62
"""An instant that never comes."""


class BarHistory:
    """The bars seen so far, newest first: ``bars[0]`` is the bar being handled, ``bars[1]`` the one before.

    Keeps the newest 1,000 bars, or as many as the warm-up wants if that is more.
    """

    __slots__ = ("_limit", "_newest", "_ring")

    def __init__(self) -> None:
        self._ring: list[Bar] = []
        self._limit = LEAST_KEPT
        self._newest = -1

    def __len__(self) -> int:
        return len(self._ring)

    def __getitem__(self, ago: int) -> Bar:
        count = len(self._ring)
        if not 0 <= ago < count:
            raise IndexError(f"{ago} bars ago: {count} bars can be looked at, and none of the future.")
        return self._ring[(self._newest - ago) % count]

    def __iter__(self) -> Iterator[Bar]:
        return (self[ago] for ago in range(len(self._ring)))

    def last(self, count: int) -> list[Bar]:
        """The newest ``count`` bars (fewer when fewer are there), oldest first."""
        if count < 0:
            raise ValueError(f"{count} bars can't be looked at.")
        return [self[ago] for ago in range(min(count, len(self._ring)) - 1, -1, -1)]

    def keep_at_least(self, count: int) -> None:
        """Keeps so many from now on. The runner's, before the first bar."""
        self._limit = max(self._limit, count)

    def add(self, bar: Bar) -> None:
        """Takes the next bar. The runner's."""
        if len(self._ring) < self._limit:
            self._newest += 1
            self._ring.append(bar)
        else:
            self._newest = (self._newest + 1) % self._limit
            self._ring[self._newest] = bar


class BarFeed:
    """The bars of one symbol in one timeframe, as ``Strategy.subscribe`` ordered them.

    Longer bars are made of one-minute bars. Those shorter than a day begin at round times, counted from midnight in New York for stocks and
    UTC for crypto, and never reach over midnight. A stock's day is the exchange's regular session, 9:30 to 16:00 (13:00 on half days); what
    trades before and after is not in it. A bar is there when the minute that ends it has closed or, when that minute had no trade, before
    the next event; one without any trade is not there at all.
    """

    __slots__ = ("bars", "building", "ends_at", "indicators", "minutes", "seen", "symbol", "warm_up", "_fed_since", "_is_crypto", "_opens_at")

    def __init__(self, symbol: str, minutes: int) -> None:
        self.symbol = symbol
        self.minutes = minutes
        """Length of its bars; 1440 is a day."""
        self.bars = BarHistory()
        """Its bars so far, newest first."""
        self.warm_up = 0
        """Its bars until every indicator on it has a value. The runner's, as all below."""
        self.seen = 0
        self.ends_at = NEVER
        self.building: list[float] | None = None
        self.indicators: list[Indicator] = []
        self._is_crypto = is_crypto(symbol)
        self._opens_at = 0
        self._fed_since: int | None = None

    @property
    def warm_up_minutes(self) -> int:
        """One-minute bars a warm-up takes, whatever the minute at which it begins: what it begins in the midst of is no bar.

        A day of a stock has 390 minutes.
        """
        length = 390 if self.minutes == DAY_MINUTES and not self._is_crypto else self.minutes
        return (self.warm_up + 1) * length - 1 if self.warm_up else 0

    def declare(self, indicator: Indicator) -> None:
        """Feeds the indicator every bar from now on."""
        self.indicators.append(indicator)
        self.want_at_least(indicator.warm_up)

    def want_at_least(self, bars: int) -> None:
        """Waits for so many bars."""
        self.warm_up = max(self.warm_up, bars)
        self.bars.keep_at_least(self.warm_up)

    def see(self, bar: Bar) -> None:
        """Takes a bar of its own length."""
        self.seen += 1
        self.bars.add(bar)
        for indicator in self.indicators:
            indicator.update(bar)

    def build(self, minute: Bar) -> None:
        """Builds on with the next minute. A bar that ended before it was taken with ``finish``."""
        building = self.building
        if building is None:
            if self._begin(minute.opens_at_ms):
                self.building = [minute.open, minute.high, minute.low, minute.close, minute.volume]
            return
        if minute.high > building[1]:
            building[1] = minute.high
        if minute.low < building[2]:
            building[2] = minute.low
        building[3] = minute.close
        building[4] += minute.volume

    def finish(self) -> Bar:
        """Hands out the bar that was being built."""
        bar = Bar(self.symbol, self._opens_at, *self.building, self.minutes, self.ends_at)
        self.building = None
        self.ends_at = NEVER
        return bar

    def _begin(self, opens_at_ms: int) -> bool:
        if self._fed_since is None:
            self._fed_since = opens_at_ms
        opens_at, ends_at = self._period_of(opens_at_ms)
        if not opens_at <= opens_at_ms < ends_at or opens_at < self._fed_since:
            return False
        self._opens_at, self.ends_at = opens_at, ends_at
        return True

    def _period_of(self, ms: int) -> tuple[int, int]:
        """Begin and end. Of a day without a session it is empty."""
        day = exchange.date_of(ms) if self._is_crypto else exchange.date_at(ms)
        if self.minutes == DAY_MINUTES and not self._is_crypto:
            return (exchange.open_of(day), exchange.close_of(day)) if exchange.is_trading_day(day) else (0, 0)
        midnight = exchange.midnight(day) if self._is_crypto else exchange.at(day, 0)
        length = self.minutes * BAR_LENGTH_MS
        opens_at = midnight + (ms - midnight) // length * length
        return opens_at, opens_at + length
