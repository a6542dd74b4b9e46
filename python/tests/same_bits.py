"""Prints what the C# side computes as well, bit by bit: run by StratForge.Strategies.Tests, input as JSON on standard input."""

import json
import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import stratforge  # noqa: E402
from stratforge import Bar, Series  # noqa: E402
from stratforge import exchange, lots, timers  # noqa: E402
from stratforge.randomness import SeededRandom  # noqa: E402


def bits(value: float) -> str:
    # NaN has many bit patterns; one of them stands for all.
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def indicators(given: dict) -> None:
    # Every row of an indicator: its own value, then the others by name.
    made = [getattr(stratforge, name)(*arguments) for name, arguments in given["indicators"]]
    rows = [
        [one, *(value for _, value in sorted((name.replace("_", ""), value) for name, value in vars(one).items() if not name.startswith("_") and isinstance(value, Series)))]
        for one in made
    ]
    for symbol, at, *prices in given["bars"]:
        bar = Bar(symbol, at, *map(float, prices))
        for one in made:
            one.update(bar)
        print(*(bits(one.value) for row in rows for one in row))


def calendar(instants: list[int]) -> None:
    for ms in instants:
        day = exchange.date_at(ms)
        line = [day.isoformat(), exchange.is_trading_day(day), exchange.open_of(day), exchange.close_of(day), exchange.at(day, 0)]
        line += [one.after(ms) for one in (
            timers.at("15:55 ET", None, False), timers.at("00:30 UTC", None, True), timers.around_session(200, None, False, after_open=True),
            timers.around_session(5, None, False, after_open=False), timers.every(45, None, False), timers.every(7, None, True))]
        print(*line)


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


{"indicators": indicators, "random": random, "lots": rounding, "calendar": calendar}[sys.argv[1]](json.load(sys.stdin))
