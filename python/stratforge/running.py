"""One strategy at work: feeds it events in order, keeps its view of account and bars, gathers what it emits.

Everything here is a function of the events alone, so the same events give the same signals. StratForge.Strategies/Running/StrategyRun.cs is its
twin. At one instant the order is: fills, order updates, trades and quotes, bars (symbols in ordinal order, shorter bars before longer ones),
timers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Mapping

from . import indicators as _indicators
from . import timers
from .account import SessionAccount, SymbolView
from .feeds import NEVER, BarFeed
from .indicators import Indicator
from .market import BAR_LENGTH_MS, Bar, Quote, TimerEvent, Trade, instant, is_crypto, is_symbol, timeframe_minutes
from .notes import RunNotes
from .orders import Fill, OrderUpdate, Position, Ticket
from .randomness import SeededRandom
from .signals import Signal, checked
from .strategy import Strategy

_MOST_SIGNALS = 10
_MOST_INDICATORS = 256
_MOST_TIMERS = 64
_MOST_SUBSCRIPTIONS = 32
_MOST_WARM_UP = 10_000
_MOST_HISTORY = 100_000
_MOST_STATE = 16 * 1024


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a strategy starts with."""

    symbol: str
    is_crypto: bool
    seed: int
    cash: float
    position: Position
    state: Mapping[str, Any] | None = None
    """``{"version": 1, "value": {...}}`` that it kept, if it goes on from there."""


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


class StrategyRun:
    """Binds a strategy to its surroundings and feeds it."""

    def __init__(self, strategy: Strategy, settings: RunSettings) -> None:
        self.symbol = settings.symbol
        self.is_crypto = settings.is_crypto
        self.clock = EventClock()
        self.random = SeededRandom(settings.seed)
        self.state: dict[str, Any] = {}
        self.state_version = 1
        self.signals: list[Signal] = []
        """What the last event emitted, in order."""
        self.notes = RunNotes()
        self.account = SessionAccount(settings.cash)
        self.account.pending = self.signals
        self.warm_up = 0
        """One-minute bars of history that are worth reading before the first one of the session."""
        self.subscriptions: list[tuple[str, str]] = []
        """Symbol and kind of what is to be fed beside the bars of the session's symbol."""
        self.bar_symbols: list[str] = []
        """Symbols whose bars are fed: the session's own, then those of the subscriptions in their order."""
        self._strategy = strategy
        self._primary = SymbolView(settings.symbol, settings.is_crypto, settings.position)
        self._views = {settings.symbol: self._primary}
        self._feeds: list[BarFeed] = []
        self._longer: list[BarFeed] = []
        self._timers: list[timers.Timer] = []
        self._default: BarFeed | None = None
        self._last: SymbolView | None = None
        self._indicators = 0
        self._tickets = 0
        self._explanation: str | None = None
        self._declaring = True
        self._is_ready = False
        self._is_live = False
        # Nothing of the clock's own happens before: no timer is due, no longer bar ends.
        self._next_due = NEVER
        self._state_json = "{}"
        self._silent_because: str | None = "on_start declares indicators, subscriptions and timers"

    @classmethod
    def start(cls, strategy: Strategy, settings: RunSettings) -> StrategyRun:
        """Binds the strategy, calls its start handler and, when it goes on from something kept, the one for that."""
        run = cls(strategy, settings)
        strategy._bound = run
        _indicators.declaring(run.declare)
        try:
            strategy.on_start()
        finally:
            _indicators.declaring(None)
        run._declaring = False
        run._settle(strategy.min_bars)
        if settings.state is not None:
            run._silent_because = "on_restore comes before the market"
            run.state_version = settings.state["version"]
            run.state.update(settings.state["value"])
            run._state_json = run._state_text()
            strategy.on_restore()
        run._silent_because = None
        return run

    @property
    def position(self) -> Position:
        return self._primary.position

    @property
    def cash(self) -> float:
        return self.account.cash

    @property
    def buying_power(self) -> float:
        return self.account.buying_power(self._price_of)

    @property
    def equity(self) -> float:
        equity = self.account.cash
        for view in self._views.values():
            quantity = view.position.quantity
            if quantity != 0:
                # A price that nobody saw yet is the one that was paid.
                price = view.last_price if view.last_price == view.last_price else view.position.average_price
                equity += quantity * price
        return equity

    @property
    def default_feed(self) -> BarFeed:
        if self._default is None:
            self._default = self._feed_of(self._primary, 1)
        return self._default

    @property
    def must_answer(self) -> bool:
        """The worker has to hear of this event before there is another one."""
        account = self.account
        return bool(self.signals) or self.notes.are_full or account.cancels_all or bool(account.cancels)

    def warm(self, bar: Bar) -> None:
        """Takes a one-minute bar of history: indicators and look-back only."""
        self._take(bar)

    def on_bar(self, bar: Bar) -> None:
        """Takes the next closed one-minute bar."""
        self._begin_event()
        if not self._is_live:
            self._go_live(bar.opens_at_ms + BAR_LENGTH_MS)
        self._take(bar)

    def on_trade(self, trade: Trade) -> None:
        """Takes the next trade of the market."""
        self._begin_event()
        self.clock.advance(trade.at_ms)
        self._view_of(trade.symbol).last_price = trade.price
        if self._is_ready:
            signal = self._strategy.on_trade(trade)
            if signal is not None:
                self._returned(signal)

    def on_quote(self, quote: Quote) -> None:
        """Takes the next quote of the market."""
        self._begin_event()
        self.clock.advance(quote.at_ms)
        if self._is_ready:
            signal = self._strategy.on_quote(quote)
            if signal is not None:
                self._returned(signal)

    def on_update(
            self, cash: float, position: Position, update: OrderUpdate, fill: Fill | None, fill_at_ms: int, ticket: int | None = None) -> None:
        """Takes what happened to an order, with the account as that left it."""
        self._begin_event()
        self.account.cash = cash
        self._view_of(update.symbol).position = position
        known = self.account.find_ticket(ticket)
        if known is not None:
            update = replace(update, ticket=known)
        self.account.follow(update)
        if fill is not None:
            self.clock.advance(fill_at_ms)
            self._told(self._strategy.on_fill(fill), "on_fill")
        self._told(self._strategy.on_order(update), "on_order")

    def on_outcome(self, number: int, status: str, order_id: str | None, code: str | None) -> None:
        """Takes what the platform made of a signal before any order event tells of it."""
        self._begin_event()
        ticket = self.account.find_ticket(number)
        if ticket is None:
            return
        if status == "RECORDED":
            ticket.status = "recorded"
            return
        update = OrderUpdate(
            order_id or "", ticket.symbol, ticket.signal.action, "accepted" if status == "ACCEPTED" else "rejected",
            float(ticket.signal.quantity), 0.0, None, code, ticket=ticket)
        self.account.follow(update)
        if status != "ACCEPTED":
            # Whoever is refused and asks again at once would be refused again, without end.
            self._silent_because = "a refusal is being told; the next event is the time to react"
            self._told(self._strategy.on_order(update), "on_order")
            self._silent_because = None

    def on_stop(self, reason: str) -> None:
        """Tells the strategy that it ends."""
        self._begin_event()
        self._silent_because = "on_stop comes after trading"
        self._strategy.on_stop(reason)

    def answered(self) -> None:
        """Forgets what the last event emitted: it has been handed on."""
        if self.signals:
            self.signals = []
            self.account.pending = self.signals
        self.account.answered()
        self.notes.clear()

    def take_changed_state(self) -> str | None:
        """What the strategy keeps, as JSON, if that changed since the last time."""
        if not self.state and self._state_json == "{}":
            return None
        text = self._state_text()
        if text == self._state_json:
            return None
        self._state_json = text
        self.state_version = self._strategy.state_version
        return text

    def declare(self, indicator: Indicator, feed: BarFeed | None = None) -> None:
        """Feeds the indicator every bar from now on."""
        self._only_while_declaring("Indicators are declared in on_start: they have to see every bar.")
        if self._indicators == _MOST_INDICATORS:
            raise RuntimeError(f"A strategy declares at most {_MOST_INDICATORS} indicators.")
        self._indicators += 1
        (feed or self.default_feed).declare(indicator)

    def subscribe(self, symbol: str, timeframe: str) -> BarFeed:
        """Orders bars."""
        self._only_while_declaring("Subscriptions are made in on_start: what comes later would have no history.")
        minutes = timeframe_minutes(timeframe)
        view = self._wanted(symbol)
        feed = self._feed_of(view, minutes)
        if view is self._primary and self._default is None:
            self._default = feed
        return feed

    def subscribe_ticks(self, symbol: str | None, *, quotes: bool) -> None:
        """Orders trades or quotes."""
        self._only_while_declaring("Subscriptions are made in on_start.")
        view = self._wanted(self.symbol if symbol is None else symbol)
        if quotes:
            view.wants_quotes = True
        else:
            view.wants_trades = True

    def add_timer(self, timer: timers.Timer) -> None:
        """Sets a timer up."""
        self._only_while_declaring("Timers are set up in on_start.")
        if len(self._timers) == _MOST_TIMERS:
            raise RuntimeError(f"A strategy has at most {_MOST_TIMERS} timers.")
        self._timers.append(timer)

    def send(self, signal: Signal) -> Signal:
        """Emits a signal now; returning it later does not emit it twice."""
        return self._replaced(signal) or self._append(signal)

    def cancel(self, order: Ticket | str) -> None:
        """Takes an order back."""
        self._may_speak()
        order_id = order.order_id if isinstance(order, Ticket) else order
        if order_id is not None:
            self.account.cancel(order_id)

    def cancel_all(self) -> None:
        """Takes all open orders back."""
        self._may_speak()
        self.account.cancel_all()

    def position_of(self, symbol: str) -> Position:
        """What the session holds of a symbol."""
        return self._view_of(symbol).position

    def to_close(self, symbol: str | None) -> float:
        """Units to trade to be flat."""
        return self.account.to_close(self._traded(symbol))

    def to_target(self, quantity: float, symbol: str | None) -> float:
        """Units to trade to hold ``quantity``."""
        return self.account.to_target(self._traded(symbol), quantity)

    def to_target_percent(self, share: float, limit: float | None, symbol: str | None) -> float:
        """Units to trade to hold ``share`` of the equity."""
        share = float(share)
        view = self._traded(symbol)
        price = self._price_of(view.symbol) if limit is None and share != 0 else view.last_price
        return self.account.to_target_percent(view, share, limit, price, self.equity, self.buying_power)

    def explain(self, text: str) -> None:
        """Goes along with the next signal of this event."""
        self._may_speak()
        self._explanation = str(text)

    def _begin_event(self) -> None:
        self.notes.begin_event()
        self._explanation = None

    def _only_while_declaring(self, otherwise: str) -> None:
        if not self._declaring:
            raise RuntimeError(otherwise)

    def _settle(self, min_bars: int) -> None:
        if not 0 <= min_bars <= _MOST_WARM_UP:
            raise ValueError(f"The strategy wants {min_bars} bars before its first call; 0 to {_MOST_WARM_UP} are possible.")
        self.default_feed.want_at_least(min_bars)
        for feed in self._feeds:
            if feed.warm_up > _MOST_WARM_UP:
                raise ValueError(f"The strategy wants {feed.warm_up} bars before its first call; 0 to {_MOST_WARM_UP} are possible.")
        wanted = max((feed.warm_up_minutes for feed in self._feeds), default=0)
        self.warm_up = min(_MOST_HISTORY, wanted)
        if wanted > self.warm_up:
            self.notes.log("warning", f"The strategy wants {wanted} minutes of history; {self.warm_up} are fed, and the rest comes while it runs.", None)
        self._is_ready = all(feed.warm_up == 0 for feed in self._feeds)
        self._views = dict(sorted(self._views.items()))
        views = list(self._views.values())
        fed = [view for view in views if view.minutes is not None or view.longer]
        self._last = fed[-1] if fed else None
        self._longer = [feed for view in views for feed in view.longer]
        self.subscriptions = [
            *((view.symbol, "bars") for view in fed if view is not self._primary),
            *((view.symbol, "trades") for view in views if view.wants_trades),
            *((view.symbol, "quotes") for view in views if view.wants_quotes),
        ]
        self.bar_symbols = [self.symbol, *(symbol for symbol, kind in self.subscriptions if kind == "bars")]

    def _wanted(self, symbol: str) -> SymbolView:
        if not is_symbol(symbol):
            raise ValueError(f"{symbol!r} is not a symbol: stocks look like AAPL, crypto like BTC/USD.")
        view = self._views.get(symbol)
        if view is None:
            if len(self._views) == _MOST_SUBSCRIPTIONS:
                raise RuntimeError(f"A strategy subscribes to at most {_MOST_SUBSCRIPTIONS} symbols.")
            view = self._views[symbol] = SymbolView(symbol, is_crypto(symbol))
        return view

    def _feed_of(self, view: SymbolView, minutes: int) -> BarFeed:
        known = view.minutes if minutes == 1 else next((feed for feed in view.longer if feed.minutes == minutes), None)
        if known is not None:
            return known
        if len(self._feeds) == _MOST_SUBSCRIPTIONS:
            raise RuntimeError(f"A strategy subscribes to at most {_MOST_SUBSCRIPTIONS} rows of bars.")
        feed = BarFeed(view.symbol, minutes)
        self._feeds.append(feed)
        if minutes == 1:
            view.minutes = feed
        else:
            view.longer.append(feed)
            view.longer.sort(key=lambda one: one.minutes)
        return feed

    def _view_of(self, symbol: str) -> SymbolView:
        view = self._views.get(symbol)
        if view is None:
            raise ValueError(f'{symbol} is not subscribed to: self.subscribe("{symbol}") in on_start.')
        return view

    def _traded(self, symbol: str | None) -> SymbolView:
        return self._primary if symbol is None else self._view_of(symbol)

    def _price_of(self, symbol: str) -> float:
        price = self._view_of(symbol).last_price
        if price != price:
            raise RuntimeError(f"There is no price of {symbol} yet: no bar was seen.")
        return price

    def _go_live(self, at_ms: int) -> None:
        self._is_live = True
        for timer in self._timers:
            timer.due_at = timer.after(at_ms - 1)
        self._refresh_due()

    def _take(self, bar: Bar) -> None:
        closes_at = bar.opens_at_ms + BAR_LENGTH_MS
        if closes_at > self._next_due:
            self._catch_up(closes_at)
        self.clock.advance(closes_at)
        view = self._view_of(bar.symbol)
        view.last_price = bar.close
        if view.minutes is not None:
            self._deliver(view.minutes, bar)
        if view.longer:
            for feed in view.longer:
                feed.build(bar)
                if feed.ends_at <= closes_at:
                    self._deliver(feed, feed.finish())
            self._refresh_due()
        if self._timers and self._is_live and view is self._last:
            self._fire(closes_at + 1, closes_at)
            self._refresh_due()

    def _deliver(self, feed: BarFeed, bar: Bar) -> None:
        feed.see(bar)
        if not self._is_ready:
            self._is_ready = all(one.seen >= one.warm_up for one in self._feeds)
        if self._is_ready and self._is_live:
            signal = self._strategy.on_bar(bar)
            if signal is not None:
                self._returned(signal)

    def _catch_up(self, until_ms: int) -> None:
        # What the clock passes on its way to the next bar: longer bars that ended without a trade in their last minute, timers.
        while True:
            ending, ends_at = None, until_ms
            for feed in self._longer:
                if feed.ends_at < ends_at:
                    ending, ends_at = feed, feed.ends_at
            self._fire(ends_at, until_ms)
            if ending is None:
                break
            self.clock.advance(ends_at)
            self._deliver(ending, ending.finish())
        self._refresh_due()

    def _fire(self, before_ms: int, now_ms: int) -> None:
        # Timers due before an instant, earliest first. One whose time came several times while nothing happened is due once.
        while self._is_live and self._timers:
            timer = min(self._timers, key=lambda one: one.due_at)
            due = timer.due_at
            if due >= before_ms:
                return
            timer.due_at = timer.after(max(due, now_ms - 1))
            self.clock.advance(due)
            if self._is_ready:
                self._told(self._strategy.on_timer(TimerEvent(timer.name, due)), "on_timer")

    def _refresh_due(self) -> None:
        due = NEVER
        for feed in self._longer:
            due = min(due, feed.ends_at)
        for timer in self._timers:
            due = min(due, timer.due_at)
        self._next_due = due

    def _returned(self, signal: Signal) -> None:
        if not isinstance(signal, Signal):
            raise TypeError(f"A handler returns a Signal or None, not {type(signal).__name__}.")
        # One of an earlier event, kept and returned again, is wanted once more.
        if self._replaced(signal) is None:
            self._append(signal)

    def _told(self, returned: object, handler: str) -> None:
        # A helper's signal has gone out already; one built by hand would be lost.
        if returned is not None and not (isinstance(returned, Signal) and self._replaced(returned)):
            raise TypeError(f"{handler} returns nothing: use the helpers, or self.send(signal).")

    def _replaced(self, signal: Signal) -> Signal | None:
        # A signal of this event that comes again, perhaps changed, takes its own place.
        ticket = signal.ticket
        if ticket is None:
            return None
        for place, sent in enumerate(self.signals):
            if sent.ticket is ticket:
                if sent is not signal:
                    self.signals[place] = ticket.signal = checked(signal)
                return self.signals[place]
        return None

    def _append(self, signal: Signal) -> Signal:
        symbol = self._traded(signal.symbol).symbol
        if signal.explanation is not self._explanation:
            signal = replace(signal, explanation=self._explanation)
        fit = checked(signal)
        self._may_speak()
        if len(self.signals) == _MOST_SIGNALS:
            raise RuntimeError(f"One event may emit at most {_MOST_SIGNALS} signals.")
        self._tickets += 1
        ticket = self.account.new_ticket(self._tickets, symbol)
        sent = ticket.signal = replace(fit, ticket=ticket)
        self.signals.append(sent)
        self._explanation = None
        return sent

    def _may_speak(self) -> None:
        if self._silent_because is not None:
            raise RuntimeError(f"No signals here: {self._silent_because}.")

    def _state_text(self) -> str:
        try:
            text = json.dumps(self.state, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"The state can't be written as JSON: {error}") from error
        size = len(text.encode("utf-8", "replace"))
        if size > _MOST_STATE:
            raise ValueError(f"The state is {size} bytes of JSON; {_MOST_STATE} are kept.")
        return text


def settings_of(load: Mapping[str, Any]) -> RunSettings:
    """The settings in a ``load`` frame."""
    return RunSettings(
        symbol=load["symbol"],
        is_crypto=load["assetClass"] == "crypto",
        seed=load["seed"],
        cash=float(load["cash"]),
        position=Position(float(load["positionQuantity"]), float(load["positionAveragePrice"])),
        state=load.get("state"),
    )
