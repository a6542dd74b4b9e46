"""Indicators: each bar in constant (amortised) time.

Python and C# compute the same bits: the same IEEE 754 double operations in the same order. Formulas and their sources stand with the C#
twins in StratForge.Strategies/Indicators; a test compares both bit by bit. Who changes one changes the other.

A class here is the indicator itself, fed by whoever made it. The function of the same name declares one in ``on_start``: it is fed every bar, and
``on_bar`` waits until it is ready. ``of`` is the feed it is computed from; None is the session's symbol as it is fed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, TypeVar

from .averages import Ema, Sma, Vwap, Wma
from .oscillators import Cci, Macd, Momentum, Obv, Roc, Rsi, Stochastic, WilliamsR
from .ranges import Atr, Bollinger, Donchian, Keltner, StdDev
from .series import KEPT, Indicator, Series
from .trends import Adx, Ichimoku, ParabolicSar, Supertrend

if TYPE_CHECKING:
    from ..feeds import BarFeed

CLASSES = (
    Sma, Ema, Wma, Vwap, Rsi, Macd, Stochastic, Cci, Roc, Momentum, WilliamsR,
    Obv, StdDev, Atr, Bollinger, Keltner, Donchian, Adx, Ichimoku, ParabolicSar, Supertrend,
)
"""Every indicator there is."""

_AnIndicator = TypeVar("_AnIndicator", bound=Indicator)

# The strategy whose on_start is running takes what is declared meanwhile; elsewhere an indicator is its maker's to feed.
_declare: Callable[[Indicator, "BarFeed | None"], None] | None = None


def declaring(take: Callable[[Indicator, BarFeed | None], None] | None) -> None:
    """Hands indicators declared from now on to ``take``; the runner's."""
    global _declare
    _declare = take


def _declared(indicator: _AnIndicator, of: BarFeed | None) -> _AnIndicator:
    if _declare is not None:
        _declare(indicator, of)
    return indicator


def sma(period: int, *, of: BarFeed | None = None) -> Sma:
    """Declares a simple moving average of closes."""
    return _declared(Sma(period), of)


def ema(period: int, *, of: BarFeed | None = None) -> Ema:
    """Declares an exponential moving average of closes."""
    return _declared(Ema(period), of)


def wma(period: int, *, of: BarFeed | None = None) -> Wma:
    """Declares a linearly weighted moving average of closes."""
    return _declared(Wma(period), of)


def vwap(*, of: BarFeed | None = None) -> Vwap:
    """Declares a volume-weighted average price since the day began."""
    return _declared(Vwap(), of)


def rsi(period: int = 14, *, of: BarFeed | None = None) -> Rsi:
    """Declares a relative strength index of closes."""
    return _declared(Rsi(period), of)


def macd(fast: int = 12, slow: int = 26, signal: int = 9, *, of: BarFeed | None = None) -> Macd:
    """Declares a MACD."""
    return _declared(Macd(fast, slow, signal), of)


def stochastic(period: int = 14, smooth: int = 3, signal: int = 3, *, of: BarFeed | None = None) -> Stochastic:
    """Declares a stochastic oscillator."""
    return _declared(Stochastic(period, smooth, signal), of)


def cci(period: int = 20, *, of: BarFeed | None = None) -> Cci:
    """Declares a commodity channel index."""
    return _declared(Cci(period), of)


def roc(period: int = 10, *, of: BarFeed | None = None) -> Roc:
    """Declares a rate of change of closes."""
    return _declared(Roc(period), of)


def momentum(period: int = 10, *, of: BarFeed | None = None) -> Momentum:
    """Declares a momentum of closes."""
    return _declared(Momentum(period), of)


def williams_r(period: int = 14, *, of: BarFeed | None = None) -> WilliamsR:
    """Declares Williams' %R."""
    return _declared(WilliamsR(period), of)


def obv(*, of: BarFeed | None = None) -> Obv:
    """Declares an on-balance volume."""
    return _declared(Obv(), of)


def std_dev(period: int, *, of: BarFeed | None = None) -> StdDev:
    """Declares a standard deviation of closes."""
    return _declared(StdDev(period), of)


def atr(period: int = 14, *, of: BarFeed | None = None) -> Atr:
    """Declares an average true range."""
    return _declared(Atr(period), of)


def bollinger(period: int = 20, width: float = 2.0, *, of: BarFeed | None = None) -> Bollinger:
    """Declares Bollinger bands."""
    return _declared(Bollinger(period, width), of)


def keltner(period: int = 20, width: float = 2.0, range_period: int = 10, *, of: BarFeed | None = None) -> Keltner:
    """Declares a Keltner channel."""
    return _declared(Keltner(period, width, range_period), of)


def donchian(period: int = 20, *, of: BarFeed | None = None) -> Donchian:
    """Declares a Donchian channel."""
    return _declared(Donchian(period), of)


def adx(period: int = 14, *, of: BarFeed | None = None) -> Adx:
    """Declares an average directional index."""
    return _declared(Adx(period), of)


def ichimoku(conversion: int = 9, baseline: int = 26, leading: int = 52, *, of: BarFeed | None = None) -> Ichimoku:
    """Declares an Ichimoku."""
    return _declared(Ichimoku(conversion, baseline, leading), of)


def parabolic_sar(step: float = 0.02, most: float = 0.2, *, of: BarFeed | None = None) -> ParabolicSar:
    """Declares a parabolic stop and reverse."""
    return _declared(ParabolicSar(step, most), of)


def supertrend(period: int = 10, width: float = 3.0, *, of: BarFeed | None = None) -> Supertrend:
    """Declares a supertrend."""
    return _declared(Supertrend(period, width), of)


__all__ = [
    "KEPT", "Indicator", "Series",
    "Sma", "Ema", "Wma", "Vwap", "Rsi", "Macd", "Stochastic", "Cci", "Roc",
    "Momentum", "WilliamsR", "Obv", "StdDev", "Atr", "Bollinger", "Keltner", "Donchian", "Adx",
    "Ichimoku", "ParabolicSar", "Supertrend", "sma", "ema", "wma", "vwap", "rsi", "macd",
    "stochastic", "cci", "roc", "momentum", "williams_r", "obv", "std_dev", "atr", "bollinger",
    "keltner", "donchian", "adx", "ichimoku", "parabolic_sar", "supertrend",
]
