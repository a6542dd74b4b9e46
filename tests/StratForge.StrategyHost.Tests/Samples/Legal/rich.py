"""What honest strategies do, all of it at once. It logs what came of each, and breaks at the third bar so that its line can be told."""
import bisect
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import heapq
import itertools
import json
import math
import random
import re
import statistics
import typing

from stratforge import Strategy, param


class Mood(enum.Enum):
    CALM = 1
    WILD = 2


@dataclasses.dataclass(frozen=True, order=True)
class Level:
    price: decimal.Decimal
    size: int = 0


@functools.lru_cache(maxsize=None)
def fibonacci(n: int) -> int:
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Rich(Strategy):
    depth = param(3, min=1, max=10)

    def on_start(self):
        self.closes: typing.Deque[float] = collections.deque(maxlen=50)

    def on_bar(self, bar):
        self.closes.append(bar.close)
        if len(self.closes) == 2:
            self.queries()
            self.texts()
            self.numbers()
            self.memory()
            self.errors()
            return self.buy(1, confidence=0.5)
        if len(self.closes) == 3:
            return 1 / (len(self.closes) - 3)

    def queries(self):
        groups = {key: sum(members) for key, members in itertools.groupby(sorted(range(1, 21), key=lambda n: n % self.depth), key=lambda n: n % self.depth)}
        levels = heapq.nsmallest(1, [Level(decimal.Decimal(2), 5), Level(decimal.Decimal(1), 7)])
        at = bisect.bisect_left([1, 3, 5], 4)
        mood = Mood.WILD if max(self.closes) > 1000 else Mood.CALM
        self.log(f"queries: {groups[0]} {levels[0].size} {at} {mood.name} {[fibonacci(n) for n in range(8)]}")

    def texts(self):
        found = re.match(r"^(?P<symbol>[A-Z]+) (?P<date>\d{4}-\d\d-\d\d) (?P<kind>[CP]) (?P<strike>[\d.]+)$", "AAPL 2024-01-19 C 190.5")
        day = datetime.datetime.strptime(found["date"], "%Y-%m-%d")
        packed = json.loads(json.dumps({"strike": float(found["strike"])}))
        self.log(f"texts: {found['symbol'][::-1].lower()} {packed['strike']:.2f} {day:%a}")

    def numbers(self):
        spread = statistics.stdev([1.0, 2.0, 4.0])
        self.log(
            f"numbers: {decimal.Decimal('0.1') + decimal.Decimal('0.2')} {2 ** 100 % 1_000_007} {fractions.Fraction(1, 3) + fractions.Fraction(1, 6)} "
            f"{spread:.6f} {math.sqrt(2):.6f} {random.Random(7).randint(0, 9) == random.Random(7).randint(0, 9)}")

    def memory(self):
        samples = [float(i % 7) for i in range(20 * 1024 * 1024 // 8)]
        self.log(f"memory: {sum(samples) > 0} {len(bytearray(20 << 20)) >> 20}")

    def errors(self):
        try:
            {}["missing"]
        except KeyError as error:
            try:
                raise ValueError("chained") from error
            except ValueError as chained:
                self.log(f"errors: {type(chained.__cause__).__name__} {chained}")
