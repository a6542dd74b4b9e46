"""What became of a strategy's orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .signals import Signal

_OVER = frozenset({"filled", "canceled", "expired", "rejected", "replaced"})


class Ticket:
    """What became of one signal: kept up to date while its order lives. ``signal.ticket`` of what a helper gives."""

    __slots__ = ("average_fill_price", "filled_quantity", "number", "order_id", "reason", "signal", "status", "symbol")

    def __init__(self, number: int, symbol: str) -> None:
        self.number = number
        """Its number among those of the session, from one."""
        self.symbol = symbol
        self.signal: Signal | None = None
        """The signal as it was sent."""
        self.status = "sent"
        """``sent`` at first; then as ``OrderUpdate.status``, or ``recorded`` for a signal that was not to be traded."""
        self.order_id: str | None = None
        """The platform's id of the order; None before it is known."""
        self.filled_quantity = 0.0
        self.average_fill_price: float | None = None
        self.reason: str | None = None
        """Why it was refused or ended early, as a code."""

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return self.status == "recorded" or self.status in _OVER

    def follow(self, update: OrderUpdate) -> None:
        """Takes what happened. The runner's."""
        self.status = update.status
        self.order_id = update.order_id or self.order_id
        self.filled_quantity = update.filled_quantity
        self.average_fill_price = update.average_fill_price
        self.reason = update.reason


@dataclass(frozen=True, slots=True)
class Position:
    """What the session holds of a symbol."""

    quantity: float
    """Units; below zero is short."""
    average_price: float
    """Average entry price per unit; zero when flat."""

    @property
    def is_flat(self) -> bool:
        """Nothing is held."""
        return self.quantity == 0

    @property
    def is_long(self) -> bool:
        """More than nothing is held."""
        return self.quantity > 0

    @property
    def is_short(self) -> bool:
        """Less than nothing is held."""
        return self.quantity < 0


FLAT = Position(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """Something happened to an order of this session."""

    order_id: str
    """The platform's id; empty when a signal was refused before it became an order."""
    symbol: str
    action: str
    """``BUY`` or ``SELL``."""
    status: str
    """``held`` (an exit whose entry is not filled), ``accepted``, ``new``, ``partially_filled``, ``filled``, ``canceled``, ``expired``,
    ``replaced`` or ``rejected``."""
    quantity: float
    filled_quantity: float
    average_fill_price: float | None
    """None until something filled."""
    reason: str | None
    """Why it was refused or ended early, as a code: ``INSUFFICIENT_FUNDS``."""
    exit: str | None = None
    """``take_profit`` or ``stop_loss`` for an exit that an entry left behind."""
    ticket: Ticket | None = None
    """The signal that asked for it; None for an exit, and for orders of signals that are long forgotten."""

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to the order."""
        return self.status in _OVER


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of an order of this session, as it was booked."""

    order_id: str
    symbol: str
    action: str
    quantity: float
    price: float
    fee: float
    """In ``fee_asset``; zero for stocks."""
    fee_asset: str
    at: datetime
    """When it happened on the market's clock, UTC."""
    position_after: Position
    """The position in the symbol that it left."""
