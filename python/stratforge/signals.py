"""What a strategy wants done."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Mapping

from .lots import nearest

MOST_METADATA_BYTES = 4 * 1024
TIMES_IN_FORCE = ("day", "gtc", "ioc", "fok")


@dataclass(frozen=True, slots=True)
class Signal:
    """``Signal("BUY", quantity=10, confidence=0.85, metadata={"rsi": 30})``, sent when a handler returns it.

    The helpers of ``Strategy`` send the signal they build; returning it as well does not send it twice, and returning a changed copy
    (``dataclasses.replace``) sends the copy in its place.
    """

    action: str
    """``BUY`` or ``SELL``."""
    quantity: float
    """Units, greater than zero. Rounded to nine decimals when sent."""
    confidence: float = 1.0
    """0 to 1."""
    metadata: Mapping[str, Any] | None = None
    """Becomes at most 4 KiB of JSON."""
    limit: float | None = None
    """Price of a limit order; None for a market order."""
    tif: str | None = None
    """``day``, ``gtc``, ``ioc`` or ``fok``; None takes the platform's default."""
    record_only: bool = False
    """Record the signal, do not trade it."""
    ticket: int = 0
    """Number of the helper's call that sent it; the runner's, not yours."""
    metadata_json: str | None = None
    """Metadata as it was when the signal was sent; the runner's, not yours."""


def checked(signal: Signal) -> Signal:
    """The signal, if it can be sent; ValueError says what is wrong with it."""
    if signal.action not in ("BUY", "SELL"):
        raise ValueError(f"A signal's action is BUY or SELL, not {signal.action!r}.")
    if nearest(signal.quantity) <= 0:
        raise ValueError(f"A quantity of {signal.quantity!r} can't be traded: it has to be greater than zero.")
    if not 0 <= signal.confidence <= 1:
        raise ValueError(f"A confidence of {signal.confidence!r} is not between 0 and 1.")
    if signal.limit is not None and not 0 < signal.limit < float("inf"):
        raise ValueError(f"A limit of {signal.limit!r} is not a price: it has to be greater than zero.")
    if signal.tif is not None and signal.tif not in TIMES_IN_FORCE:
        raise ValueError(f"{signal.tif!r} is not a time in force: day, gtc, ioc and fok are.")
    if signal.metadata is None:
        return signal
    try:
        text = json.dumps(signal.metadata, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"A signal's metadata can't be written as JSON: {error}") from error
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_METADATA_BYTES:
        raise ValueError(f"A signal's metadata is {size} bytes of JSON; {MOST_METADATA_BYTES} are allowed.")
    return replace(signal, metadata_json=text)
