"""The base of every strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from . import timers
from .feeds import BarFeed, BarHistory
from .indicators import Indicator
from .market import Bar, Quote, TimerEvent, Trade
from .orders import Fill, OrderUpdate, Position, Ticket
from .signals import Signal

if TYPE_CHECKING:
    from .running import EventClock, StrategyRun
    from .randomness import SeededRandom


class Strategy:
    """One trading idea. Derive a class from it and override what matters; ``on_bar`` is enough.

    Handlers run one at a time, in the order of events; at one instant fills come first, then order updates, trades and quotes, bars (symbols in
    ordinal order, shorter bars before longer ones) and timers. The helpers ``buy``, ``sell``, ``close``, ``target`` and ``target_percent`` send a
    signal as soon as they are called; returning it as well changes nothing. Several signals of one handler go out in order. Nothing of this is
    reachable in ``__init__``: set up in ``on_start``.
    """

    min_bars: int = 0
    """Bars wanted before the first ``on_bar``, beyond what the indicators want. 0 to 10,000."""

    state_version: int = 1
    """Version of the shape of ``state``: raise it when old values mean something else."""

    _bound: StrategyRun | None = None

    def on_start(self) -> None:
        """Called once, first: declare indicators, subscriptions and timers here. No signals."""

    def on_restore(self) -> None:
        """The strategy goes on from a ``state`` that was kept. After ``on_start``, before any event. No signals."""

    def on_bar(self, bar: Bar) -> Signal | None:
        """A bar has closed. Not called until every declared indicator is ready and ``min_bars`` were seen."""

    def on_trade(self, trade: Trade) -> Signal | None:
        """The market traded. Only after ``subscribe_trades``, and where trades are fed."""

    def on_quote(self, quote: Quote) -> Signal | None:
        """The best bid or offer changed. Only after ``subscribe_quotes``, and where quotes are fed."""

    def on_order(self, update: OrderUpdate) -> None:
        """Something happened to an order of this session. ``position`` and ``cash`` already show it."""

    def on_fill(self, fill: Fill) -> None:
        """An order of this session was executed, wholly or in part. Comes before ``on_order`` of the same event."""

    def on_timer(self, timer: TimerEvent) -> None:
        """A timer is due: see ``at``, ``before_close``, ``after_open`` and ``every``."""

    def on_stop(self, reason: str) -> None:
        """The session ends: ``user`` or ``platform`` stopped it. May log; no signals."""

    @property
    def _run(self) -> StrategyRun:
        if self._bound is None:
            raise RuntimeError("A strategy's surroundings exist from on_start on; __init__ comes before.")
        return self._bound

    @property
    def symbol(self) -> str:
        """The session's symbol."""
        return self._run.symbol

    @property
    def is_crypto(self) -> bool:
        """Whether the session's symbol is a crypto pair: it trades around the clock and in parts."""
        return self._run.is_crypto

    @property
    def position(self) -> Position:
        """What the session holds of its symbol."""
        return self._run.position

    def position_of(self, symbol: str) -> Position:
        """What the session holds of a symbol it subscribed to."""
        return self._run.position_of(symbol)

    @property
    def cash(self) -> float:
        """Cash that is free to spend by what was last told, USD: what open orders have reserved is not in it."""
        return self._run.cash

    @property
    def buying_power(self) -> float:
        """``cash`` less what the signals of this very event will reserve, USD."""
        return self._run.buying_power

    @property
    def equity(self) -> float:
        """``cash`` plus all positions at their last price, USD."""
        return self._run.equity

    @property
    def open_orders(self) -> list[OrderUpdate]:
        """Orders of this session that are not over, oldest first; exits of brackets included."""
        return self._run.account.open_orders

    @property
    def bars(self) -> BarHistory:
        """Bars seen so far: ``bars[0]`` is the newest closed one. Of other feeds: ``feed.bars``."""
        return self._run.default_feed.bars

    @property
    def clock(self) -> EventClock:
        """The time of the event being handled: ``clock.now``."""
        return self._run.clock

    @property
    def random(self) -> SeededRandom:
        """Random numbers that repeat when the session is replayed."""
        return self._run.random

    @property
    def state(self) -> dict[str, Any]:
        """What the strategy keeps across restarts; stored after each event that changed it. At most 16 KiB of JSON."""
        return self._run.state

    @property
    def restored_version(self) -> int:
        """The ``state_version`` with which ``state`` was kept: in ``on_restore`` perhaps an older one."""
        return self._run.state_version

    def history(self, count: int) -> list[Bar]:
        """The newest ``count`` bars, oldest first; fewer when fewer were seen."""
        return self._run.default_feed.bars.last(count)

    def subscribe(self, symbol: str, timeframe: str = "1m") -> BarFeed:
        """Orders bars, in ``on_start``. ``on_bar`` is then called for them too; ``bar.symbol`` and ``bar.minutes`` tell them apart.

        The session's own symbol needs no subscription. When it is subscribed to in a longer timeframe (``5m``, ``15m``, ``1h``, ``4h``, ``1d``, or
        another that divides a day), that one takes the place of the one-minute bars; to have both, subscribe to ``1m`` as well. Gives the feed:
        look back at its bars, declare indicators on it.
        """
        return self._run.subscribe(symbol, timeframe)

    def subscribe_trades(self, symbol: str | None = None) -> None:
        """Orders trades, in ``on_start``; None is the session's symbol."""
        self._run.subscribe_ticks(symbol, quotes=False)

    def subscribe_quotes(self, symbol: str | None = None) -> None:
        """Orders quotes, in ``on_start``; None is the session's symbol."""
        self._run.subscribe_ticks(symbol, quotes=True)

    def at(self, time: str, name: str | None = None) -> None:
        """Calls ``on_timer`` every day at a time, for stocks on the exchange's days: ``15:55 ET``, ``00:00 UTC``.

        Timers follow the market's time: one is due with the first bar that closes at its time or later, after that bar when it closes just then,
        before it when it closes later. A time that passes without a bar comes once, however often it passed.
        """
        self._run.add_timer(timers.at(time, name, self._run.is_crypto))

    def before_close(self, minutes: float, name: str | None = None) -> None:
        """Calls ``on_timer`` so many minutes before the exchange closes, on half days too. Stocks only."""
        self._run.add_timer(timers.around_session(minutes, name, self._run.is_crypto, after_open=False))

    def after_open(self, minutes: float, name: str | None = None) -> None:
        """Calls ``on_timer`` so many minutes after the exchange opened. Stocks only."""
        self._run.add_timer(timers.around_session(minutes, name, self._run.is_crypto, after_open=True))

    def every(self, minutes: float, name: str | None = None) -> None:
        """Calls ``on_timer`` every so many minutes: for stocks from the open to the close of the exchange, for crypto from midnight UTC."""
        self._run.add_timer(timers.every(minutes, name, self._run.is_crypto))

    def log(self, message: Any, level: str = "info", **fields: Any) -> None:
        """Writes a line to the session's log; ``level`` is ``debug``, ``info``, ``warning`` or ``error``, ``fields`` are figures that belong to it."""
        self._run.notes.log(level, str(message), fields or None)

    def plot(self, name: str, value: float) -> None:
        """Draws a value of a line of the session's chart; NaN draws nothing."""
        self._run.notes.plot(name, value, self._run.clock.now_ms)

    def mark(self, text: str, price: float | None = None) -> None:
        """Puts a remark on the session's chart, at a price or at the last one. At most 200 characters."""
        self._run.notes.mark(text, price, self._run.clock.now_ms)

    def explain(self, text: str) -> None:
        """Says why: goes along with the next signal of this event, as ``explain`` of its metadata. At most 500 characters."""
        self._run.explain(text)

    def declare(self, indicator: Indicator, of: BarFeed | None = None) -> Indicator:
        """Declares an indicator of your own: it is fed every bar, and ``on_bar`` waits until it is ready."""
        self._run.declare(indicator, of)
        return indicator

    def buy(self, quantity: float, *, limit: float | None = None, stop: float | None = None, trail: float | None = None,
            trail_percent: float | None = None, take_profit: float | None = None, stop_loss: float | None = None,
            stop_loss_limit: float | None = None, tif: str | None = None, confidence: float = 1.0, metadata: Mapping[str, Any] | None = None,
            record_only: bool = False, symbol: str | None = None) -> Signal:
        """Buys ``quantity`` units: at the market, or as the prices say. ``Signal`` tells what each of them means."""
        return self._run.send(Signal(
            "BUY", quantity, confidence, metadata, limit, stop, trail, trail_percent, take_profit, stop_loss, stop_loss_limit, tif, symbol, record_only))

    def sell(self, quantity: float, *, limit: float | None = None, stop: float | None = None, trail: float | None = None,
             trail_percent: float | None = None, take_profit: float | None = None, stop_loss: float | None = None,
             stop_loss_limit: float | None = None, tif: str | None = None, confidence: float = 1.0, metadata: Mapping[str, Any] | None = None,
             record_only: bool = False, symbol: str | None = None) -> Signal:
        """Sells ``quantity`` units; the options are those of ``buy``, a sell stop waits below the price."""
        return self._run.send(Signal(
            "SELL", quantity, confidence, metadata, limit, stop, trail, trail_percent, take_profit, stop_loss, stop_loss_limit, tif, symbol, record_only))

    def close(self, *, limit: float | None = None, tif: str | None = None, confidence: float = 1.0, metadata: Mapping[str, Any] | None = None,
              record_only: bool = False, symbol: str | None = None) -> Signal | None:
        """Ends the position: sells what is held and not already being sold. Stops and exits that wait on it are taken back first.

        None when there is nothing to end.
        """
        return self._resize(self._run.to_close(symbol), limit=limit, tif=tif, confidence=confidence, metadata=metadata, record_only=record_only, symbol=symbol)

    def target(self, quantity: float, *, limit: float | None = None, take_profit: float | None = None, stop_loss: float | None = None,
               tif: str | None = None, confidence: float = 1.0, metadata: Mapping[str, Any] | None = None, record_only: bool = False,
               symbol: str | None = None) -> Signal | None:
        """Buys or sells what is missing to hold ``quantity`` units; open orders count as if they had filled, stops and exits do not.

        Rounded down to whole units for stocks, to six decimals for crypto. None when nothing is missing.
        """
        return self._resize(
            self._run.to_target(quantity, symbol), take_profit, stop_loss,
            limit=limit, tif=tif, confidence=confidence, metadata=metadata, record_only=record_only, symbol=symbol)

    def target_percent(self, share: float, *, limit: float | None = None, take_profit: float | None = None, stop_loss: float | None = None,
                       tif: str | None = None, confidence: float = 1.0, metadata: Mapping[str, Any] | None = None, record_only: bool = False,
                       symbol: str | None = None) -> Signal | None:
        """Buys or sells what is missing to hold ``share`` of ``equity`` at the last price (or at the limit); 0.2 is a fifth, 0 ends the position.

        A market buy takes at most what ``buying_power`` pays at 2 % above the last price, as much as the platform reserves for it.
        """
        return self._resize(
            self._run.to_target_percent(share, limit, symbol), take_profit, stop_loss,
            limit=limit, tif=tif, confidence=confidence, metadata=metadata, record_only=record_only, symbol=symbol)

    def send(self, signal: Signal) -> Signal:
        """Sends a signal built by hand, from a handler that returns none; gives it back with its ticket."""
        return self._run.send(signal)

    def cancel(self, order: Ticket | str) -> None:
        """Takes an order back, by its ticket or id, before the signals of this event. Nothing happens when it is over, or not known to be an order yet."""
        self._run.cancel(order)

    def cancel_all(self) -> None:
        """Takes all open orders of the session back, before the signals of this event."""
        self._run.cancel_all()

    def _resize(self, change: float, take_profit: float | None = None, stop_loss: float | None = None, **options: Any) -> Signal | None:
        # Exits go with what opens a position; a sale that reduces one has none.
        if change > 0:
            return self.buy(change, take_profit=take_profit, stop_loss=stop_loss, **options)
        if change < 0:
            return self.sell(-change, **options)
        return None
