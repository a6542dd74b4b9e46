"""The last step of the lock-down, taken here before any code is read, and what is found when the bars are tried."""

from __future__ import annotations

import os

UNSAFE_SWITCH = "STRATFORGE_UNSAFE_NO_SANDBOX"


class SandboxUnavailable(Exception):
    """The cage is not there; no strategy runs."""


def close_cage() -> dict[str, str]:
    """Closes what is still open, then probes: what was tried, and ``denied`` or what happened."""
    if os.environ.get(UNSAFE_SWITCH) == "1":
        return {"cage": f"none: {UNSAFE_SWITCH} is set"}
    raise SandboxUnavailable("The cage is not there: start hosts through launch.")
