"""Random numbers that repeat."""

from __future__ import annotations

_MASK = (1 << 64) - 1


class SeededRandom:
    """The same seed gives the same numbers, in Python and in C#. Not for secrets.

    SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def next_float(self) -> float:
        """The next number in [0, 1), a multiple of 2^-53."""
        return (self._next() >> 11) * (1.0 / (1 << 53))

    def next_int(self, start: int, stop: int) -> int:
        """The next whole number in [start, stop)."""
        if start >= stop:
            raise ValueError(f"There is no whole number in [{start}, {stop}).")
        return start + ((self._next() * (stop - start)) >> 64)

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)
