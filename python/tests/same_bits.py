"""Prints what the C# side computes as well, bit by bit: run by StratForge.Strategies.Tests, input as JSON on standard input."""

import json
import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from stratforge import Atr, Bar, Bollinger, Donchian, Ema, Macd, Rsi, Sma, StdDev  # noqa: E402
from stratforge import lots  # noqa: E402
from stratforge.randomness import SeededRandom  # noqa: E402


def bits(value: float) -> str:
    # NaN has many bit patterns; one of them stands for all.
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def indicators(rows: list[list[float]]) -> None:
    bands, convergence, channel = Bollinger(20, 2), Macd(12, 26, 9), Donchian(20)
    alone = [Sma(20), Ema(12), Rsi(14), StdDev(20)]
    span = Atr(14)
    values = [
        *alone, bands, bands.upper, bands.lower, span, convergence, convergence.signal, convergence.histogram,
        channel, channel.upper, channel.lower,
    ]
    for at, *prices in rows:
        bar = Bar("SPY", at, *map(float, prices))
        for one in [*alone, bands, span, convergence, channel]:
            one.update(bar)
        print(*(bits(one.value) for one in values))


def random(seeds: list[int]) -> None:
    for seed in seeds:
        numbers = SeededRandom(seed)
        for _ in range(50):
            print(bits(numbers.next_float()), numbers.next_int(-7, 1_000_003))


def rounding(amounts: list[float]) -> None:
    for amount in amounts:
        print(
            lots.quantity(amount), lots.price(amount, False), lots.price(amount, True),
            lots.whole(lots.nearest(amount), True), lots.whole(lots.below(amount), False))


{"indicators": indicators, "random": random, "lots": rounding}[sys.argv[1]](json.load(sys.stdin))
