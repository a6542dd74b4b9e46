"""What a strategy wants done."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from .lots import nearest
from .orders import Ticket

MOST_METADATA_BYTES = 4 * 1024
TIMES_IN_FORCE = ("day", "gtc", "ioc", "fok")
_MOST_EXPLANATION = 500
_PRICES = (
    ("limit", "limit"), ("stop", "stop"), ("trail", "trail"), ("trail_percent", "trail in percent"), ("take_profit", "take profit"),
    ("stop_loss", "stop loss"), ("stop_loss_limit", "stop loss limit"))


@dataclass(frozen=True, slots=True)
class Signal:
    """``Signal("BUY", quantity=10, confidence=0.85, metadata={"rsi": 30})``, sent when a handler returns it, or by ``Strategy.send``.

    The helpers of ``Strategy`` send the signal they build; returning it as well does not send it twice, and returning a changed copy
    (``dataclasses.replace``) sends the copy in its place.
    """

    action: str
    """``BUY`` or ``SELL``."""
    quantity: float
    """Units, greater than zero. Rounded to nine decimals when sent."""
    confidence: float = 1.0
    """0 to 1."""
    metadata: Any = None
    """Becomes at most 4 KiB of JSON."""
    limit: float | None = None
    """Worst price to take; None for an order without one."""
    stop: float | None = None
    """Price at which a stop order comes to life: at or above it for a buy, at or below it for a sale. With ``limit`` a stop-limit order."""
    trail: float | None = None
    """Makes it a trailing stop: distance to the best price since it was taken in, quote currency."""
    trail_percent: float | None = None
    """The same in percent of that price, above 0 and below 100."""
    take_profit: float | None = None
    """Limit of the exit that takes the profit once this entry is filled."""
    stop_loss: float | None = None
    """Stop of the exit that limits the loss once this entry is filled. With both exits, one cancels the other."""
    stop_loss_limit: float | None = None
    """Limit of that exit once its stop is reached; None sells at the market."""
    tif: str | None = None
    """``day``, ``gtc``, ``ioc`` or ``fok``; None takes the platform's default."""
    symbol: str | None = None
    """What to trade; None is the session's symbol."""
    record_only: bool = False
    """Record the signal, do not trade it."""
    ticket: Ticket | None = None
    """What becomes of it; None while it was not sent. The runner's, as all below."""
    metadata_json: str | None = None
    explanation: str | None = None

    @property
    def is_stop(self) -> bool:
        """It waits for a price."""
        return self.stop is not None or self.trail is not None or self.trail_percent is not None

    @property
    def order_type(self) -> str:
        """``market``, ``limit``, ``stop``, ``stop_limit`` or ``trailing_stop``, as its prices say."""
        if self.trail is not None or self.trail_percent is not None:
            return "trailing_stop"
        if self.stop is not None:
            return "stop" if self.limit is None else "stop_limit"
        return "market" if self.limit is None else "limit"

    def __str__(self) -> str:
        """In one line: ``BUY 10``, ``SELL 5 MSFT limit 99.5``, ``BUY 10 take profit 110 stop loss 95``."""
        text = f"{self.action} {_number(self.quantity)}" + (f" {self.symbol}" if self.symbol else "")
        for name, label in _PRICES:
            value = getattr(self, name)
            if value is not None:
                text += f" {'trail %' if name == 'trail_percent' else label} {_number(value)}"
        return text + (" record only" if self.record_only else "")


def checked(signal: Signal) -> Signal:
    """The signal, if it can be sent; ValueError says what is wrong with it."""
    if signal.action not in ("BUY", "SELL"):
        raise ValueError(f"A signal's action is BUY or SELL, not {signal.action!r}.")
    if nearest(signal.quantity) <= 0:
        raise ValueError(f"A quantity of {signal.quantity!r} can't be traded: it has to be greater than zero.")
    if not 0 <= signal.confidence <= 1:
        raise ValueError(f"A confidence of {signal.confidence!r} is not between 0 and 1.")
    for name, label in _PRICES:
        price = getattr(signal, name)
        if price is not None and not 0 < price < float("inf"):
            raise ValueError(f"A {label} of {price!r} is not a price: it has to be greater than zero.")
    if signal.trail is not None or signal.trail_percent is not None:
        both = signal.trail is not None and signal.trail_percent is not None
        if both or (signal.trail_percent or 0) >= 100 or signal.limit is not None or signal.stop is not None:
            raise ValueError("A trailing stop has either a distance or a percentage below 100, and neither limit nor stop.")
    if signal.stop_loss_limit is not None and signal.stop_loss is None:
        raise ValueError("A limit of the stop loss goes with a stop loss.")
    if signal.tif is not None and signal.tif not in TIMES_IN_FORCE:
        raise ValueError(f"{signal.tif!r} is not a time in force: day, gtc, ioc and fok are.")
    text = _metadata(signal.metadata, signal.explanation)
    return signal if text is None and signal.metadata_json is None else replace(signal, metadata_json=text)


def to_json(value: Any, what: str) -> str:
    """Any value as JSON; ValueError when it can't be written."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} can't be written as JSON: {error}") from error


def _metadata(metadata: Any, explanation: str | None) -> str | None:
    # The explanation is property "explain" of it.
    if metadata is None and explanation is None:
        return None
    text = "{}" if metadata is None else to_json(metadata, "A signal's metadata")
    if explanation is not None:
        said = '{"explain":' + json.dumps(explanation[:_MOST_EXPLANATION], ensure_ascii=False)
        text = said + ("}" if text == "{}" else "," + text[1:] if text.startswith("{") else ',"value":' + text + "}")
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_METADATA_BYTES:
        raise ValueError(f"A signal's metadata is {size} bytes of JSON; {MOST_METADATA_BYTES} are allowed.")
    return text


def _number(value: float) -> str:
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return text or "0"
