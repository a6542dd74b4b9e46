"""The base of every strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .indicators import Indicator
from .market import Bar, Trade
from .orders import Fill, OrderUpdate, Position
from .signals import Signal

if TYPE_CHECKING:
    from .running import BarHistory, EventClock, StrategyRun
    from .randomness import SeededRandom


class Strategy:
    """One trading idea on one symbol. Derive a class from it and override what matters; ``on_bar`` is enough.

    Handlers run one at a time, in the order of events. The helpers ``buy``, ``sell``, ``close``, ``target`` and ``target_percent`` send a signal as
    soon as they are called; returning it as well changes nothing. Several signals of one handler go out in order. Nothing of this is
    reachable in ``__init__``: set up in ``on_start``.
    """

    min_bars: int = 0
    """Bars wanted before the first ``on_bar``, beyond what the indicators want. 0 to 10,000."""

    _bound: StrategyRun | None = None

    def on_start(self) -> None:
        """Called once, first: declare indicators here. No signals."""

    def on_bar(self, bar: Bar) -> Signal | None:
        """A bar has closed. Not called until every declared indicator is ready and ``min_bars`` were seen."""

    def on_trade(self, trade: Trade) -> Signal | None:
        """The market traded. Only for sessions that are fed trades."""

    def on_order(self, update: OrderUpdate) -> None:
        """Something happened to an order of this session. ``position`` and ``cash`` already show it."""

    def on_fill(self, fill: Fill) -> None:
        """An order of this session was executed, wholly or in part. Comes before ``on_order`` of the same event."""

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
    def position(self) -> Position:
        """What the session holds."""
        return self._run.position

    @property
    def cash(self) -> float:
        """Cash that is free to spend, USD: what open orders have reserved is not in it."""
        return self._run.cash

    @property
    def equity(self) -> float:
        """``cash`` plus the position at the last close, USD."""
        return self._run.equity

    @property
    def bars(self) -> BarHistory:
        """Bars seen so far: ``bars[0]`` is the newest closed one."""
        return self._run.bars

    @property
    def clock(self) -> EventClock:
        """The time of the event being handled: ``clock.now``."""
        return self._run.clock

    @property
    def random(self) -> SeededRandom:
        """Random numbers that repeat when the session is replayed."""
        return self._run.random

    def history(self, count: int) -> list[Bar]:
        """The newest ``count`` bars, oldest first; fewer when fewer were seen."""
        return self._run.bars.last(count)

    def log(self, message: Any, level: str = "info") -> None:
        """Writes a line to the session's log; ``level`` is ``debug``, ``info``, ``warning`` or ``error``."""
        self._run.log(level, str(message))

    def declare(self, indicator: Indicator) -> Indicator:
        """Declares an indicator of your own: it is fed every bar, and ``on_bar`` waits until it is ready."""
        self._run.declare(indicator)
        return indicator

    def buy(self, quantity: float, *, limit: float | None = None, tif: str | None = None, confidence: float = 1.0,
            metadata: Mapping[str, Any] | None = None, record_only: bool = False) -> Signal:
        """Buys ``quantity`` units: at the market, or at ``limit`` at most."""
        return self._run.send(Signal("BUY", quantity, confidence, metadata, limit, tif, record_only))

    def sell(self, quantity: float, *, limit: float | None = None, tif: str | None = None, confidence: float = 1.0,
             metadata: Mapping[str, Any] | None = None, record_only: bool = False) -> Signal:
        """Sells ``quantity`` units: at the market, or at ``limit`` at least."""
        return self._run.send(Signal("SELL", quantity, confidence, metadata, limit, tif, record_only))

    def close(self, **options: Any) -> Signal | None:
        """Ends the position: sells what is held and not already being sold. None when there is nothing to end."""
        return self._resize(self._run.to_close(), options)

    def target(self, quantity: float, **options: Any) -> Signal | None:
        """Buys or sells what is missing to hold ``quantity`` units; open orders count as if they had filled.

        Rounded down to whole units for stocks, to six decimals for crypto. None when nothing is missing.
        """
        return self._resize(self._run.to_target(quantity), options)

    def target_percent(self, share: float, *, limit: float | None = None, **options: Any) -> Signal | None:
        """Buys or sells what is missing to hold ``share`` of ``equity`` at the last close (or at the limit); 0.2 is a fifth.

        A market buy takes at most what ``cash`` pays at 2 % above the last close, as much as the platform reserves for it.
        """
        return self._resize(self._run.to_target_percent(share, limit), {"limit": limit, **options})

    def _resize(self, change: float, options: Mapping[str, Any]) -> Signal | None:
        if change > 0:
            return self.buy(change, **options)
        if change < 0:
            return self.sell(-change, **options)
        return None
