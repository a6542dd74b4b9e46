"""When timers are due. StratForge.Strategies/Timers/TimerSchedule.cs does the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Callable

from . import exchange

_MINUTE_MS = 60_000
_NEVER = 1 << 62


@dataclass(slots=True)
class Timer:
    """One timer, and when it is due next."""

    name: str
    is_new_york: bool
    is_crypto: bool
    on: Callable[[date, int], int | None]
    """When it is due on a day: the time, or the first one after an instant, or None."""
    due_at: int = field(default=_NEVER)

    def after(self, ms: int) -> int:
        """The first time it is due after an instant."""
        day = exchange.date_at(ms) if self.is_new_york else exchange.date_of(ms)
        while True:
            if self.is_crypto or exchange.is_trading_day(day):
                due = self.on(day, ms)
                if due is not None and due > ms:
                    return due
            day += timedelta(days=1)


def at(time: str, name: str | None, is_crypto: bool) -> Timer:
    """``15:55 ET``, ``00:00 UTC``, ``09:45``."""
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])(?: (ET|UTC))?", time)
    if found is None:
        raise ValueError(f"{time!r} is not a time of day: 15:55 ET and 00:00 UTC are.")
    is_new_york = (found[3] or ("UTC" if is_crypto else "ET")) == "ET"
    ms = (int(found[1]) * 60 + int(found[2])) * _MINUTE_MS
    return Timer(
        name or time, is_new_york, is_crypto,
        (lambda day, _: exchange.at(day, ms)) if is_new_york else (lambda day, _: exchange.midnight(day) + ms))


def around_session(minutes: float, name: str | None, is_crypto: bool, *, after_open: bool) -> Timer:
    """So many minutes after the open or before the close."""
    if is_crypto:
        raise ValueError("Crypto trades around the clock: there is neither open nor close. Use at or every.")
    ms = _whole(minutes, 0, 390)

    def on(day: date, _: int) -> int | None:
        due = exchange.open_of(day) + ms if after_open else exchange.close_of(day) - ms
        # A half day may be shorter than the distance.
        return due if exchange.open_of(day) <= due <= exchange.close_of(day) else None

    text = "after the open" if after_open else "before the close"
    return Timer(name or f"{ms // _MINUTE_MS}m {text}", True, False, on)


def every(minutes: float, name: str | None, is_crypto: bool) -> Timer:
    """Again and again: from the open to the close, for crypto from midnight UTC."""
    # A longer one than the session would never be due.
    ms = _whole(minutes, 1, 1_440 if is_crypto else 390)

    def on(day: date, after: int) -> int | None:
        begin = exchange.midnight(day) if is_crypto else exchange.open_of(day)
        end = begin + exchange.DAY_MS if is_crypto else exchange.close_of(day)
        due = begin + ms if after < begin else begin + ((after - begin) // ms + 1) * ms
        return due if due <= end else None

    return Timer(name or f"every {ms // _MINUTE_MS}m", not is_crypto, is_crypto, on)


def _whole(minutes: float, least: int, most: int) -> int:
    if not least <= minutes <= most or minutes != int(minutes):
        raise ValueError(f"{minutes!r} minutes: whole ones from {least} to {most} are possible.")
    return int(minutes) * _MINUTE_MS
