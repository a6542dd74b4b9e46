"""Tries a strategy out: feed it bars, look at its signals.

    trial(SmaCross, fast=2, slow=3).closes(10, 10, 10, 12, 9, 9).should_signal("BUY 1666", "SELL 1666")

The strategy runs as it does on the platform, in the same order of events. Its orders fill by simple rules, so that what follows from a fill can be
tried as well: a market order at the open of the next bar, a limit or stop order when a later bar reaches it (at the open when that lies
beyond), always as a whole and without fees; exits come to life with the bar after the entry's. What it can't pay or does not hold is refused.
C#'s ``StrategyTrial`` does the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Callable, Iterable

from .lots import nearest, units
from .market import Bar, Quote, Trade, instant, is_crypto
from .orders import FLAT, Fill, OrderUpdate, Position
from .parameters import declared, values
from .running import RunSettings, StrategyRun
from .signals import Signal
from .strategy import Strategy

MONDAY_MORNING_MS = 1_704_724_200_000
"""The open of the exchange on Monday, 8 January 2024: the start of the first bar unless you say otherwise."""

_BUFFER = 0.02


class TrialFailed(AssertionError):
    """A strategy did not do in a trial what was expected of it."""


def trial(strategy: type[Strategy] | Strategy, *, symbol: str = "SPY", cash: float = 100_000.0, seed: int = 1, fills: bool = True,
          state: dict[str, Any] | None = None, from_ms: int = MONDAY_MORNING_MS, **parameters: Any) -> StrategyTrial:
    """Begins. ``parameters`` are the strategy's own; with ``state`` it goes on from something kept, without ``fills`` its signals are all there is."""
    if isinstance(strategy, type):
        fitting = values(declared(strategy), parameters)
        strategy = strategy()
    else:
        fitting = values(declared(type(strategy)), parameters)
    for name, value in fitting.items():
        setattr(strategy, name, value)
    return StrategyTrial(strategy, symbol, float(cash), seed, fills, state, from_ms)


class StrategyTrial:
    """One strategy being tried; ``trial`` makes it."""

    def __init__(self, strategy: Strategy, symbol: str, cash: float, seed: int, fills: bool, state: dict[str, Any] | None, from_ms: int) -> None:
        self.raw_signals: list[Signal] = []
        """Its signals so far, as they are."""
        self.fills: list[Fill] = []
        """What was executed."""
        self.logs: list[str] = []
        """What it logged: ``info: text``."""
        self.plots: list[tuple[str, int, float]] = []
        """What it plotted: name, time, value."""
        self.marks: list[tuple[int, str, float | None]] = []
        """What it marked: time, text, price."""
        self.state: dict[str, Any] = {}
        """What it keeps."""
        self._broker = _Broker(symbol, cash) if fills else None
        self._next_at = from_ms
        kept = None if state is None else {"version": strategy.state_version, "value": state}
        self._run = StrategyRun.start(strategy, RunSettings(symbol, is_crypto(symbol), seed, cash, FLAT, kept))
        self._handled()

    @property
    def signals(self) -> list[str]:
        """Its signals so far, each in one line: ``BUY 10``, ``SELL 5 limit 99.5``."""
        return [str(one) for one in self.raw_signals]

    @property
    def position(self) -> Position:
        """What it holds of its symbol."""
        return self._run.position

    @property
    def cash(self) -> float:
        """Cash free to spend."""
        return self._run.cash

    @property
    def equity(self) -> float:
        """Cash plus positions at their last price."""
        return self._run.equity

    @property
    def warm_up(self) -> int:
        """One-minute bars of history it wants before the first one of its own."""
        return self._run.warm_up

    def closes(self, *closes: float) -> StrategyTrial:
        """Feeds one-minute bars of its symbol, one after the other, each of which trades at one price, 100 units."""
        for close in map(float, closes):
            self._instant([Bar(self._run.symbol, self._next_at, close, close, close, close, 100.0)])
        return self

    def bars(self, bars: Iterable[Bar]) -> StrategyTrial:
        """Feeds one-minute bars, of several symbols perhaps, in the order of time and at one instant of symbols."""
        for _, instant_of in groupby(_in_order(bars), key=lambda bar: bar.opens_at_ms):
            self._instant(list(instant_of))
        return self

    def warm(self, bars: Iterable[Bar]) -> StrategyTrial:
        """Feeds history: for indicators and looking back, no handler is called."""
        for bar in _in_order(bars):
            self._run.warm(bar)
            self._next_at = max(self._next_at, bar.closes_at_ms)
        return self

    def trade(self, price: float, size: float, symbol: str | None = None) -> StrategyTrial:
        """Feeds a trade."""
        return self._event(lambda: self._run.on_trade(Trade(symbol or self._run.symbol, self._next_at, float(price), float(size))))

    def quote(self, bid: float, ask: float, symbol: str | None = None) -> StrategyTrial:
        """Feeds a quote."""
        return self._event(lambda: self._run.on_quote(Quote(symbol or self._run.symbol, self._next_at, float(bid), 100.0, float(ask), 100.0)))

    def stop(self, reason: str = "user") -> StrategyTrial:
        """Stops it."""
        return self._event(lambda: self._run.on_stop(reason))

    def should_signal(self, *expected: str) -> StrategyTrial:
        """All its signals so far have to be these, in this order."""
        if self.signals != list(expected):
            raise TrialFailed(f"Expected {_listed(expected)}, but it signalled {_listed(self.signals)}.")
        return self

    def should_not_signal(self) -> StrategyTrial:
        """It must not have signalled anything so far."""
        return self.should_signal()

    def _instant(self, bars: list[Bar]) -> None:
        # What the bars fill comes before any of them.
        for bar in bars:
            for told in self._broker.match(bar) if self._broker else ():
                self._event(lambda told=told: self._tell(told))
        for bar in bars:
            self._event(lambda bar=bar: self._run.on_bar(bar))
            self._next_at = max(self._next_at, bar.closes_at_ms)

    def _event(self, handle: Callable[[], None]) -> StrategyTrial:
        handle()
        self._handled()
        return self

    def _tell(self, told: _Event) -> None:
        if told.fill is not None:
            self.fills.append(told.fill)
        self._run.on_update(told.cash, told.position, told.update, told.fill, told.at_ms, told.ticket)

    def _handled(self) -> None:
        # Takes what the event left behind; what the broker says to it is another event, and so on.
        run = self._run
        self.logs += [f"{level}: {text}" + (f" {fields}" if fields else "") for level, text, fields in run.notes.logs]
        self.plots += run.notes.plots
        self.marks += run.notes.marks
        self.raw_signals += run.signals
        changed = run.take_changed_state()
        if changed is not None:
            self.state = json.loads(changed)
        signals, cancels, cancels_all = list(run.signals), list(run.account.cancels), run.account.cancels_all
        run.answered()
        if self._broker is None:
            return
        for told in self._broker.cancel(cancels, cancels_all):
            self._event(lambda told=told: self._tell(told))
        for signal in signals:
            told, refusal = self._broker.take(signal, run.clock.now_ms)
            if told is not None:
                self._event(lambda told=told: self._tell(told))
            else:
                status = "RECORDED" if refusal == "RECORDED" else "REJECTED"
                self._event(lambda signal=signal: run.on_outcome(signal.ticket.number, status, None, refusal))


@dataclass(frozen=True, slots=True)
class _Event:
    cash: float
    position: Position
    update: OrderUpdate
    fill: Fill | None
    at_ms: int
    ticket: int | None


@dataclass(slots=True, eq=False)
class _Order:
    id: str
    symbol: str
    action: str
    units: float
    signal: Signal
    ticket: int
    exit: str | None
    reserved: float = 0.0
    best: float = 0.0
    taken_at: int = 0
    is_awake: bool = False

    def price_in(self, bar: Bar) -> float | None:
        # An exit comes to life with the bar after the entry's.
        if self.exit is not None and self.taken_at >= bar.opens_at_ms:
            return None
        buys, limit = self.action == "BUY", self.signal.limit
        if self.signal.is_stop and not self.is_awake:
            stop = self._trailed() if self.signal.stop is None else self.signal.stop
            reached = bar.high >= stop if buys else bar.low <= stop
            self.best = min(self.best, bar.low) if buys else max(self.best, bar.high)
            if not reached:
                return None
            self.is_awake = True
            return (max(bar.open, stop) if buys else min(bar.open, stop)) if limit is None else None
        if limit is None:
            return bar.open
        if buys:
            return min(bar.open, limit) if bar.low <= limit else None
        return max(bar.open, limit) if bar.high >= limit else None

    def _trailed(self) -> float:
        distance = self.best * self.signal.trail_percent / 100 if self.signal.trail is None else self.signal.trail
        return self.best + distance if self.action == "BUY" else self.best - distance


class _Broker:
    """Fills the orders of a trial."""

    def __init__(self, symbol: str, cash: float) -> None:
        self._symbol = symbol
        self._cash = cash
        self._orders: list[_Order] = []
        self._positions: dict[str, Position] = {}
        self._last_price: dict[str, float] = {}
        self._count = 0

    def take(self, signal: Signal, at_ms: int) -> tuple[_Event | None, str | None]:
        """Takes a signal in, or says why not."""
        if signal.record_only:
            return None, "RECORDED"
        symbol = signal.symbol or self._symbol
        amount = units(nearest(signal.quantity))
        last = self._last_price.get(symbol, 0.0)
        reserved = 0.0
        if signal.action == "SELL":
            # Of two exits only one can be filled.
            selling = sum(one.units for one in self._orders if one.symbol == symbol and one.action == "SELL" and one.exit != "stop_loss")
            if amount + selling > self._position(symbol).quantity:
                return None, "INSUFFICIENT_QUANTITY"
        else:
            price = (last if signal.stop is None else signal.stop) * (1 + _BUFFER) if signal.limit is None else signal.limit
            reserved = amount * price
        if reserved > self._free():
            return None, "INSUFFICIENT_FUNDS"
        order = _Order(self._next_id(), symbol, signal.action, amount, signal, signal.ticket.number, None, reserved, last, at_ms)
        self._orders.append(order)
        return self._told(order, "accepted", None), None

    def cancel(self, ids: list[str], everything: bool) -> list[_Event]:
        """Takes orders back."""
        told = []
        for order in [one for one in self._orders if everything or one.id in ids]:
            self._orders.remove(order)
            told.append(self._told(order, "canceled", None))
        return told

    def match(self, bar: Bar) -> list[_Event]:
        """Fills what a bar fills: it happens before the bar is shown to anyone."""
        told: list[_Event] = []
        for order in [one for one in self._orders if one.symbol == bar.symbol]:
            if order not in self._orders:
                continue
            price = order.price_in(bar)
            if price is not None:
                self._orders.remove(order)
                told.append(self._fill(order, float(price), bar.opens_at_ms))
                told += self._after_fill(order, bar.opens_at_ms)
            elif order.signal.tif in ("ioc", "fok"):
                self._orders.remove(order)
                told.append(self._told(order, "canceled", None))
        self._last_price[bar.symbol] = bar.close
        return told

    def _after_fill(self, order: _Order, at_ms: int) -> list[_Event]:
        if order.exit is not None:
            twins = [one for one in self._orders if one.exit is not None and one.ticket == order.ticket]
            for twin in twins:
                self._orders.remove(twin)
            return [self._told(twin, "canceled", None) for twin in twins]
        entry = order.signal
        back = "SELL" if order.action == "BUY" else "BUY"
        told = []
        if entry.take_profit is not None:
            told.append(self._leave(order, Signal(back, order.units, limit=entry.take_profit), "take_profit", at_ms))
        if entry.stop_loss is not None:
            told.append(self._leave(order, Signal(back, order.units, stop=entry.stop_loss, limit=entry.stop_loss_limit), "stop_loss", at_ms))
        return told

    def _leave(self, entry: _Order, terms: Signal, exit: str, at_ms: int) -> _Event:
        order = _Order(self._next_id(), entry.symbol, terms.action, entry.units, terms, entry.ticket, exit, taken_at=at_ms)
        self._orders.append(order)
        return self._told(order, "accepted", None)

    def _fill(self, order: _Order, price: float, at_ms: int) -> _Event:
        held = self._position(order.symbol)
        bought = order.action == "BUY"
        quantity = units(nearest(held.quantity) + (nearest(order.units) if bought else -nearest(order.units)))
        if quantity == 0:
            average = 0.0
        elif bought:
            average = (held.quantity * held.average_price + order.units * price) / quantity
        else:
            average = held.average_price
        self._positions[order.symbol] = Position(quantity, average)
        self._cash += -(order.units * price) if bought else order.units * price
        fill = Fill(order.id, order.symbol, order.action, order.units, price, 0.0, "USD", instant(at_ms), self._position(order.symbol))
        return self._told(order, "filled", fill, at_ms)

    def _told(self, order: _Order, status: str, fill: Fill | None, at_ms: int = 0) -> _Event:
        update = OrderUpdate(
            order.id, order.symbol, order.action, status, order.units, fill.quantity if fill else 0.0, fill.price if fill else None, None, order.exit)
        return _Event(self._free(), self._position(order.symbol), update, fill, at_ms, order.ticket if order.exit is None else None)

    def _free(self) -> float:
        left = self._cash
        for order in self._orders:
            left -= order.reserved
        return left

    def _position(self, symbol: str) -> Position:
        return self._positions.get(symbol, FLAT)

    def _next_id(self) -> str:
        self._count += 1
        return f"order-{self._count}"


def _in_order(bars: Iterable[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (bar.opens_at_ms, bar.symbol))


def _listed(signals: Iterable[str]) -> str:
    text = "; ".join(signals)
    return f"[{text}]" if text else "nothing"
