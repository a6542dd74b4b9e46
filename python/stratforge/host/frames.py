"""Frames: a 4-byte little-endian length and that many bytes."""

from __future__ import annotations

import io
import json
import os
from typing import Any, Mapping

MAX_TO_HOST = 256 * 1024
MAX_FROM_HOST = 128 * 1024
MAX_CODE = 4 * 1024 * 1024


class ProtocolError(Exception):
    """A frame that is not part of the conversation."""


class FramePipe:
    """The two pipes to the worker."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._in = io.BufferedReader(io.FileIO(incoming, "rb", closefd=False), 64 * 1024)
        self._out = outgoing

    @classmethod
    def take_standard_streams(cls) -> FramePipe:
        """Takes the standard streams for the protocol: standard input is empty afterwards, standard output is the log pipe."""
        incoming, outgoing = os.dup(0), os.dup(1)
        nothing = os.open("/dev/null", os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        return cls(incoming, outgoing)

    def read(self, largest: int = MAX_TO_HOST) -> bytes | None:
        """The next frame; None when the worker has closed the pipe."""
        header = self._in.read(4)
        if not header:
            return None
        length = int.from_bytes(header, "little", signed=True)
        if len(header) < 4 or not 0 <= length <= largest:
            raise ProtocolError(f"A frame of {length} bytes; 0 to {largest} are possible here.")
        frame = self._in.read(length)
        if len(frame) < length:
            raise ProtocolError("The pipe ended inside a frame.")
        return frame

    def write(self, frame: bytes) -> None:
        """Sends one frame."""
        if len(frame) > MAX_FROM_HOST:
            raise ProtocolError(f"A frame of {len(frame)} bytes; {MAX_FROM_HOST} are possible.")
        data = len(frame).to_bytes(4, "little") + frame
        sent = os.write(self._out, data)
        while sent < len(data):
            sent += os.write(self._out, data[sent:])

    def write_json(self, frame: Mapping[str, Any]) -> None:
        """Sends one frame of JSON."""
        self.write(json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
