"""What became of a strategy's orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Position:
    """What the session holds of its symbol."""

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


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """Something happened to an order of this session."""

    order_id: str
    action: str
    """``BUY`` or ``SELL``."""
    status: str
    """``accepted``, ``new``, ``partially_filled``, ``filled``, ``canceled``, ``expired`` or ``rejected``."""
    quantity: float
    filled_quantity: float
    average_fill_price: float | None
    """None until something filled."""
    reason: str | None
    """Why it was refused or ended early, as a code: ``INSUFFICIENT_FUNDS``."""

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to the order."""
        return self.status in ("filled", "canceled", "expired", "rejected")


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of an order of this session, as it was booked."""

    order_id: str
    action: str
    quantity: float
    price: float
    fee: float
    """In ``fee_asset``; zero for stocks."""
    fee_asset: str
    at: datetime
    """When it happened on the market's clock, UTC."""
    position_after: Position
