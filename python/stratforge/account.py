"""The account of a session as its strategy sees it, and what follows from it for the size of an order.

Signals of the event at hand count as if they were orders already: a later one sees what an earlier one takes.
StratForge.Strategies/Running/SessionAccount.cs does the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

from .feeds import BarFeed
from .lots import below, nearest, units, whole
from .orders import FLAT, OrderUpdate, Position, Ticket
from .signals import Signal

MARKET_BUY_BUFFER = 0.02
"""Share by which the platform reserves more than the last price for a market buy."""

# What is refused or only recorded may never be heard of again; of so many the oldest is forgotten.
_MOST_TICKETS = 10_000


class SymbolView:
    """One symbol as a strategy sees it."""

    __slots__ = ("is_crypto", "last_price", "longer", "minutes", "position", "symbol", "wants_quotes", "wants_trades")

    def __init__(self, symbol: str, is_crypto: bool, position: Position = FLAT) -> None:
        self.symbol = symbol
        self.is_crypto = is_crypto
        self.last_price = math.nan
        self.position = position
        self.minutes: BarFeed | None = None
        """Its feed of one-minute bars, if that is wanted."""
        self.longer: list[BarFeed] = []
        """Its feeds of longer bars, shortest first."""
        self.wants_trades = False
        self.wants_quotes = False


@dataclass(frozen=True, slots=True)
class _OpenOrder:
    number: int
    update: OrderUpdate
    left: int
    is_exit: bool


class SessionAccount:
    """Cash, open orders, tickets."""

    def __init__(self, cash: float) -> None:
        self.cash = cash
        """Cash free to spend by what was last told, USD."""
        self.pending: list[Signal] = []
        """Signals of the event at hand."""
        self.cancels: list[str] = []
        """Orders to take back, in the order in which that was asked."""
        self.cancels_all = False
        self._open: dict[str, _OpenOrder] = {}
        self._tickets: dict[int, Ticket] = {}
        self._canceling: set[str] = set()

    @property
    def open_orders(self) -> list[OrderUpdate]:
        """Orders that are not over, in the order in which they were heard of."""
        return [one.update for one in sorted(self._open.values(), key=lambda one: one.number)]

    def new_ticket(self, number: int, symbol: str) -> Ticket:
        """A ticket for the next signal."""
        ticket = self._tickets[number] = Ticket(number, symbol)
        if len(self._tickets) > _MOST_TICKETS:
            del self._tickets[next(iter(self._tickets))]
        return ticket

    def find_ticket(self, number: int | None) -> Ticket | None:
        """The ticket of a number, while it is remembered."""
        return None if number is None else self._tickets.get(number)

    def follow(self, update: OrderUpdate) -> None:
        """Takes what happened to an order."""
        ticket = update.ticket
        if ticket is not None:
            ticket.follow(update)
            if ticket.is_over:
                self._tickets.pop(ticket.number, None)
        left = nearest(update.quantity) - nearest(update.filled_quantity)
        if update.is_over or left <= 0:
            self._open.pop(update.order_id, None)
            self._canceling.discard(update.order_id)
            return
        before = self._open.get(update.order_id)
        number = before.number if before else max((one.number for one in self._open.values()), default=-1) + 1
        is_exit = update.exit is not None or (ticket is not None and ticket.signal is not None and ticket.signal.is_stop)
        self._open[update.order_id] = _OpenOrder(number, update, left if update.action == "BUY" else -left, is_exit)

    def answered(self) -> None:
        """Forgets what the last event asked for: it has been handed on."""
        if self.cancels:
            self.cancels = []
        self.cancels_all = False

    def cancel(self, order_id: str) -> None:
        """Takes an order back."""
        if not self.cancels_all and order_id in self._open and order_id not in self._canceling:
            self._canceling.add(order_id)
            self.cancels.append(order_id)

    def cancel_all(self) -> None:
        """Takes all open orders back."""
        self.cancels = []
        self.cancels_all = True
        self._canceling.update(self._open)

    def buying_power(self, price_of: Callable[[str], float]) -> float:
        """Cash less what the signals of this event will reserve."""
        left = self.cash
        for signal in self.pending:
            if signal.action == "BUY" and not signal.record_only:
                left -= signal.quantity * _reserved(signal, price_of)
        return left

    def to_close(self, view: SymbolView) -> float:
        """Units to trade to be flat: what is held, less what is being sold already. Exits that wait on the position are taken back."""
        held = nearest(view.position.quantity)
        closing = self._open_units(view, "SELL" if held > 0 else "BUY")
        left = -(held + closing)
        if held == 0 or left == 0 or (left > 0) == (held > 0):
            return 0.0
        self._take_back_exits(view)
        return units(left)

    def to_target(self, view: SymbolView, quantity: float) -> float:
        """Units to trade to hold ``quantity``."""
        target = nearest(quantity)
        return self.to_close(view) if target == 0 else self._limited(view, target - self._expected(view))

    def to_target_percent(
            self, view: SymbolView, share: float, limit: float | None, last_price: float, equity: float, buying_power: float) -> float:
        """Units to trade to hold ``share`` of the equity."""
        if not math.isfinite(share):
            raise ValueError(f"{share!r} is not a share of the equity.")
        if share == 0:
            return self.to_close(view)
        price = last_price if limit is None else float(limit)
        if not price > 0:
            raise ValueError(f"{price!r} is not a price.")
        wanted = nearest(share * equity / price) - self._expected(view)
        if wanted <= 0:
            return self._limited(view, wanted)
        # The platform reserves a market buy at the last price and a buffer, a limit buy at its limit.
        reserved = price * (1 + MARKET_BUY_BUFFER) if limit is None else price
        payable = below(max(buying_power, 0.0) / reserved)
        return units(whole(min(wanted, payable), view.is_crypto))

    def _take_back_exits(self, view: SymbolView) -> None:
        for one in sorted(self._open.values(), key=lambda one: one.number):
            if one.is_exit and one.update.symbol == view.symbol:
                self.cancel(one.update.order_id)

    def _expected(self, view: SymbolView) -> int:
        # Held plus what open orders will bring or take. Exits do not count: they take something one day, or never.
        return nearest(view.position.quantity) + self._open_units(view, "BUY") + self._open_units(view, "SELL")

    def _open_units(self, view: SymbolView, action: str) -> int:
        total = 0
        for one in self._open.values():
            update = one.update
            if update.action == action and not one.is_exit and update.symbol == view.symbol and update.order_id not in self._canceling:
                total += one.left
        for signal in self.pending:
            if (signal.action == action and not signal.record_only and not signal.is_stop
                    and signal.ticket is not None and signal.ticket.symbol == view.symbol):
                total += nearest(signal.quantity) if action == "BUY" else -nearest(signal.quantity)
        return total

    def _limited(self, view: SymbolView, change: int) -> float:
        # Whole lots, and no more sold than is held and not already being sold: no helper sells short.
        if change >= 0:
            return units(whole(change, view.is_crypto))
        sellable = nearest(view.position.quantity) + self._open_units(view, "SELL")
        sold = whole(min(-change, max(sellable, 0)), view.is_crypto)
        if sold > 0:
            self._take_back_exits(view)
        return units(-sold)


def _reserved(signal: Signal, price_of: Callable[[str], float]) -> float:
    if signal.limit is not None:
        return float(signal.limit)
    price = float(signal.stop) if signal.stop is not None else price_of(signal.ticket.symbol)
    return price * (1 + MARKET_BUY_BUFFER)
