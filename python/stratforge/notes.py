"""What a strategy logs, plots and marks until the next answer takes it along. StratForge.Strategies/Running/RunNotes.cs does the same."""

from __future__ import annotations

import json
import math
from typing import Any, Mapping

from .signals import to_json

MOST_PER_EVENT = 16 * 1024
"""Bytes as written."""

FULL = 16 * 1024
"""Bytes after which a chunk of bars ends: the answer has to fit into a frame."""

_LEVELS = ("debug", "info", "warning", "error")
_MOST_TEXT = 2_000
_MOST_NAME = 64
_MOST_MARK = 200
_OVERHEAD = 48


class RunNotes:
    """The notes of a run since the last answer."""

    __slots__ = ("logs", "marks", "plots", "_bytes", "_dropped", "_event_bytes")

    def __init__(self) -> None:
        self.logs: list[tuple[str, str, str | None]] = []
        """Level, text, fields as JSON."""
        self.plots: list[tuple[str, int, float]] = []
        """Name, time, value."""
        self.marks: list[tuple[int, str, float | None]] = []
        """Time, text, price."""
        self._bytes = 0
        self._event_bytes = 0
        self._dropped = False

    @property
    def are_full(self) -> bool:
        """More would not fit into one answer."""
        return self._bytes >= FULL

    def begin_event(self) -> None:
        """The next event has an allowance of its own."""
        if self._event_bytes:
            self._event_bytes = 0
            self._dropped = False

    def clear(self) -> None:
        """They were handed on."""
        if self._bytes or self.logs:
            self.logs, self.plots, self.marks = [], [], []
            self._bytes = 0
            self.begin_event()

    def log(self, level: str, message: str, fields: Mapping[str, Any] | None) -> None:
        """Keeps a log line."""
        if level not in _LEVELS:
            raise ValueError(f"{level!r} is not a log level: debug, info, warning and error are.")
        text = message[:_MOST_TEXT]
        figures = None if fields is None else to_json(dict(fields), "The fields of a log line")
        if self._allows(_size(text) + (len(figures.encode("utf-8", "replace")) if figures else 0)):
            self.logs.append((level, text, figures))

    def plot(self, name: str, value: float, at_ms: int) -> None:
        """Keeps a value of a line."""
        if not isinstance(name, str) or not 1 <= len(name) <= _MOST_NAME:
            raise ValueError(f"The name of a line has 1 to {_MOST_NAME} characters.")
        # What is not known yet is not drawn.
        if math.isfinite(value) and self._allows(_size(name)):
            self.plots.append((name, at_ms, float(value)))

    def mark(self, text: str, price: float | None, at_ms: int) -> None:
        """Keeps a remark."""
        if price is not None and not math.isfinite(price):
            raise ValueError(f"{price!r} is not a price.")
        cut = str(text)[:_MOST_MARK]
        if self._allows(_size(cut)):
            self.marks.append((at_ms, cut, None if price is None else float(price)))

    def _allows(self, size: int) -> bool:
        if self._dropped:
            return False
        self._event_bytes += size + _OVERHEAD
        if self._event_bytes <= MOST_PER_EVENT:
            self._bytes += size + _OVERHEAD
            return True
        self._dropped = True
        self.logs.append(("warning", "More was logged in this event than is kept; the rest of it is dropped.", None))
        return False


def _size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
