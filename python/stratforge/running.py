"""One strategy at work: feeds it events in order, keeps its view of account and bars, gathers what it emits.

Everything here is a function of the events alone, so the same events give the same signals. StratForge.Strategies/Running/StrategyRun.cs is its twin.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Iterator, Mapping

from . import indicators as _indicators
from .indicators import Indicator
from .lots import below, nearest, units, whole
from .market import BAR_LENGTH_MS, Bar, Trade, instant
from .orders import Fill, OrderUpdate, Position
from .randomness import SeededRandom
from .signals import Signal, checked
from .strategy import Strategy

MARKET_BUY_BUFFER = 0.02
"""Share by which the platform reserves more than the last price for a market buy."""

_LEVELS = ("debug", "info", "warning", "error")
_MOST_SIGNALS = 10
_MOST_INDICATORS = 256
_MOST_WARM_UP = 10_000
_MOST_LOG_TEXT = 2_000
_MOST_LOG_BYTES = 16 * 1024
_LEAST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a strategy starts with."""

    symbol: str
    is_crypto: bool
    seed: int
    cash: float
    position: Position


class EventClock:
    """The only clock of a strategy: the time of the event it handles. It stands still while a handler runs."""

    __slots__ = ("now_ms",)

    def __init__(self) -> None:
        self.now_ms = 0
        """Milliseconds since 1970 UTC."""

    @property
    def now(self) -> datetime:
        """A bar's end, a trade's or a fill's time, UTC. Never goes back."""
        return instant(self.now_ms)

    def advance(self, at_ms: int) -> None:
        """Goes on to ``at_ms``; never back. The runner's."""
        if at_ms > self.now_ms:
            self.now_ms = at_ms


class BarHistory:
    """The bars seen so far, newest first: ``bars[0]`` is the bar being handled, ``bars[1]`` the one before.

    Keeps the newest 1,000 bars, or as many as the warm-up wants if that is more.
    """

    __slots__ = ("_limit", "_newest", "_ring")

    def __init__(self) -> None:
        self._ring: list[Bar] = []
        self._limit = _LEAST_KEPT
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


class StrategyRun:
    """Binds a strategy to its surroundings and feeds it."""

    def __init__(self, strategy: Strategy, settings: RunSettings) -> None:
        self.symbol = settings.symbol
        self.position = settings.position
        self.cash = settings.cash
        self.bars = BarHistory()
        self.clock = EventClock()
        self.random = SeededRandom(settings.seed)
        self.signals: list[Signal] = []
        self.logs: list[tuple[str, str]] = []
        self.warm_up = 0
        self._strategy = strategy
        self.is_crypto = settings.is_crypto
        self._indicators: list[Indicator] = []
        self._open: dict[str, int] = {}
        self._tickets = 0
        self._seen = 0
        self._last_price = math.nan
        self._log_bytes = 0
        self._logs_dropped = False
        self._declaring = True
        self._silent_because: str | None = "on_start declares indicators"

    @classmethod
    def start(cls, strategy: Strategy, settings: RunSettings) -> StrategyRun:
        """Binds the strategy and calls its start handler."""
        run = cls(strategy, settings)
        strategy._bound = run
        _indicators.declaring(run.declare)
        try:
            strategy.on_start()
        finally:
            _indicators.declaring(None)
        run._declaring = False
        run._silent_because = None
        wanted = max([strategy.min_bars, *(one.warm_up for one in run._indicators)])
        if not 0 <= wanted <= _MOST_WARM_UP:
            raise ValueError(f"The strategy wants {wanted} bars before its first call; 0 to {_MOST_WARM_UP} are possible.")
        run.warm_up = wanted
        run.bars.keep_at_least(wanted)
        return run

    @property
    def equity(self) -> float:
        quantity = self.position.quantity
        return self.cash if quantity == 0 else self.cash + quantity * self._price()

    def warm(self, bar: Bar) -> None:
        """Takes a bar of history: indicators and look-back only."""
        self._see(bar)

    def on_bar(self, bar: Bar) -> None:
        """Takes the next closed bar."""
        self._see(bar)
        if self._seen >= self.warm_up:
            signal = self._strategy.on_bar(bar)
            if signal is not None:
                self._returned(signal)

    def on_trade(self, trade: Trade) -> None:
        """Takes the next trade of the market."""
        self.clock.advance(trade.at_ms)
        if self._seen >= self.warm_up:
            signal = self._strategy.on_trade(trade)
            if signal is not None:
                self._returned(signal)

    def on_update(self, cash: float, position: Position, update: OrderUpdate, fill: Fill | None, fill_at_ms: int) -> None:
        """Takes what happened to an order, with the account as that left it."""
        self.cash = cash
        self.position = position
        left = nearest(update.quantity) - nearest(update.filled_quantity)
        if update.is_over or left <= 0:
            self._open.pop(update.order_id, None)
        else:
            self._open[update.order_id] = left if update.action == "BUY" else -left
        if fill is not None:
            self.clock.advance(fill_at_ms)
            self._strategy.on_fill(fill)
        self._strategy.on_order(update)

    def on_stop(self, reason: str) -> None:
        """Tells the strategy that it ends."""
        self._silent_because = "on_stop comes after trading"
        self._strategy.on_stop(reason)

    def answered(self) -> None:
        """Forgets what the last event emitted: it has been handed on."""
        if self.signals:
            self.signals = []
        if self.logs:
            self.logs = []
            self._log_bytes = 0
            self._logs_dropped = False

    def declare(self, indicator: Indicator) -> None:
        """Feeds the indicator every bar from now on."""
        if not self._declaring:
            raise RuntimeError("Indicators are declared in on_start: they have to see every bar.")
        if len(self._indicators) == _MOST_INDICATORS:
            raise RuntimeError(f"A strategy declares at most {_MOST_INDICATORS} indicators.")
        self._indicators.append(indicator)

    def send(self, signal: Signal) -> Signal:
        """Emits a signal now; returning it later does not emit it twice."""
        self._tickets += 1
        sent = replace(checked(signal), ticket=self._tickets)
        self._append(sent)
        return sent

    def to_close(self) -> float:
        """Units to trade to be flat: what is held, less what is being sold already."""
        held = nearest(self.position.quantity)
        closing = self._open_units("SELL" if held > 0 else "BUY")
        left = -(held + closing)
        return 0.0 if held == 0 or (left > 0) == (held > 0) or left == 0 else units(left)

    def to_target(self, quantity: float) -> float:
        """Units to trade to hold ``quantity``."""
        target = nearest(quantity)
        return self.to_close() if target == 0 else units(self._limited(target - self._expected()))

    def to_target_percent(self, share: float, limit: float | None) -> float:
        """Units to trade to hold ``share`` of the equity."""
        share = float(share)
        if not math.isfinite(share):
            raise ValueError(f"{share!r} is not a share of the equity.")
        if share == 0:
            return self.to_close()
        price = self._price() if limit is None else float(limit)
        if not price > 0:
            raise ValueError(f"{price!r} is not a price.")
        change = self._limited(nearest(share * self.equity / price) - self._expected())
        if change > 0:
            reserved = price * (1 + MARKET_BUY_BUFFER) if limit is None else price
            change = min(change, whole(below(max(self.cash, 0.0) / reserved), self.is_crypto))
        return units(change)

    def log(self, level: str, message: str) -> None:
        """Keeps a log line for the next answer."""
        if level not in _LEVELS:
            raise ValueError(f"{level!r} is not a log level: debug, info, warning and error are.")
        if self._logs_dropped:
            return
        text = message[:_MOST_LOG_TEXT]
        self._log_bytes += len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) + 32
        self._logs_dropped = self._log_bytes > _MOST_LOG_BYTES
        if self._logs_dropped:
            self.logs.append(("warning", "More was logged in this event than is kept; the rest of it is dropped."))
        else:
            self.logs.append((level, text))

    def _see(self, bar: Bar) -> None:
        self.clock.advance(bar.opens_at_ms + BAR_LENGTH_MS)
        self._last_price = bar.close
        self._seen += 1
        self.bars.add(bar)
        for indicator in self._indicators:
            indicator.update(bar)

    def _returned(self, signal: Signal) -> None:
        if not isinstance(signal, Signal):
            raise TypeError(f"A handler returns a Signal or None, not {type(signal).__name__}.")
        if signal.ticket:
            for place, sent in enumerate(self.signals):
                if sent.ticket == signal.ticket:
                    if sent is not signal:
                        self.signals[place] = checked(signal)
                    return
        # Built by hand, or of an earlier event, kept and returned again: the author wants it once more.
        self._append(checked(signal))

    def _append(self, signal: Signal) -> None:
        if self._silent_because is not None:
            raise RuntimeError(f"No signals here: {self._silent_because}.")
        if len(self.signals) == _MOST_SIGNALS:
            raise RuntimeError(f"One event may emit at most {_MOST_SIGNALS} signals.")
        self.signals.append(signal)

    def _price(self) -> float:
        if self._last_price != self._last_price:
            raise RuntimeError("There is no price yet: no bar was seen.")
        return self._last_price

    def _expected(self) -> int:
        # Held plus what open orders will bring or take.
        return nearest(self.position.quantity) + sum(self._open.values())

    def _open_units(self, action: str) -> int:
        return sum(left for left in self._open.values() if (left > 0) == (action == "BUY"))

    def _limited(self, change: int) -> int:
        # Whole lots, and no more sold than is held and not already being sold: there is no selling short.
        if change >= 0:
            return whole(change, self.is_crypto)
        sellable = nearest(self.position.quantity) + self._open_units("SELL")
        return -whole(min(-change, max(sellable, 0)), self.is_crypto)


def settings_of(load: Mapping[str, Any]) -> RunSettings:
    """The settings in a ``load`` frame."""
    return RunSettings(
        symbol=load["symbol"],
        is_crypto=load["assetClass"] == "crypto",
        seed=load["seed"],
        cash=float(load["cash"]),
        position=Position(float(load["positionQuantity"]), float(load["positionAveragePrice"])),
    )
