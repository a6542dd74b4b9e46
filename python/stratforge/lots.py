"""Where floats become quantities and prices that can be ordered. Counts in billionths, so that sums and comparisons are exact.

StratForge.Strategies/Running/Lots.cs does the same steps with the same results.
"""

from __future__ import annotations

import math

PER_UNIT = 1e9
"""Billionths in one unit: a quantity has at most nine decimals."""

_LARGEST = 1e15


def nearest(units: float) -> int:
    """The nearest count of billionths; ties go to the even one."""
    return round(_checked(units) * PER_UNIT)


def below(units: float) -> int:
    """The largest count of billionths that is not above ``units``."""
    return math.floor(_checked(units) * PER_UNIT)


def whole(billionths: int, is_crypto: bool) -> int:
    """The part that makes up whole lots: units of a stock, millionths of a coin. Rounds towards zero."""
    lot = 1_000 if is_crypto else 1_000_000_000
    return billionths // lot * lot if billionths >= 0 else -(-billionths // lot * lot)


def units(billionths: int) -> float:
    """Units as a float again."""
    return float(billionths) / PER_UNIT


def quantity(amount: float) -> str:
    """A quantity as it goes out: at most nine decimals, no exponent."""
    return _text(nearest(amount))


def price(amount: float, is_crypto: bool) -> str:
    """A limit price as it goes out, rounded to the tick: 0.01 for stocks from a dollar, 0.0001 below, nine decimals for crypto."""
    ticks_per_dollar = PER_UNIT if is_crypto else 100.0 if amount >= 1 else 10_000.0
    ticks = round(_checked(amount) * ticks_per_dollar)
    return _text(ticks * int(PER_UNIT / ticks_per_dollar))


def _text(billionths: int) -> str:
    units_part, rest = divmod(abs(billionths), 1_000_000_000)
    decimals = f"{rest:09d}".rstrip("0")
    sign = "-" if billionths < 0 else ""
    return f"{sign}{units_part}.{decimals}" if decimals else f"{sign}{units_part}"


def _checked(value: float) -> float:
    number = float(value)
    if not abs(number) <= _LARGEST:
        raise ValueError(f"{value!r} is not a quantity or price: finite numbers up to 1e15 are.")
    return number
