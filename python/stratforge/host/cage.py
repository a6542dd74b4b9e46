"""The last step of the lock-down, taken here before any code is read, and what is found when the bars are tried."""

from __future__ import annotations

import ctypes
import os
import resource

UNSAFE_SWITCH = "STRATFORGE_UNSAFE_NO_SANDBOX"
_FILTER = "STRATFORGE_CAGE_FILTER"
_DATA_MB = "STRATFORGE_HOST_DATA_MB"
_ADDRESS_SPACE_MB = "STRATFORGE_HOST_ADDRESS_SPACE_MB"

_EPERM, _EACCES = 1, 13
_AF_INET, _SOCK_STREAM = 2, 1
_O_RDONLY, _O_WRONLY = 0, 1
_SECCOMP_SET_MODE_FILTER, _NO_SUCH_OPERATION = 1, 99
_PR_GET_NO_NEW_PRIVS = 39
_INSTRUCTION_BYTES = 8


class SandboxUnavailable(Exception):
    """The cage is not there, or does not hold; no strategy runs."""


class _FilterPointer(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = [("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def close_cage() -> dict[str, str]:
    """Closes what is still open, then probes: what was tried, and ``denied`` or what happened."""
    if os.environ.get(UNSAFE_SWITCH) == "1":
        return {"cage": f"none: {UNSAFE_SWITCH} is set"}
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 or _FILTER not in os.environ:
        raise SandboxUnavailable("The cage is not there: start hosts through launch.")

    _limit_memory()
    seccomp = _load_filter(libc)
    probes = _probe(libc, seccomp)
    for name, outcome in probes.items():
        if outcome != "denied":
            raise SandboxUnavailable(f"The cage does not hold: {name} is {outcome}.")
    return probes


def _limit_memory() -> None:
    for kind, variable in ((resource.RLIMIT_DATA, _DATA_MB), (resource.RLIMIT_AS, _ADDRESS_SPACE_MB)):
        most = int(os.environ[variable]) << 20
        resource.setrlimit(kind, (most, most))


def _load_filter(libc: ctypes.CDLL) -> int:
    number, code = os.environ.pop(_FILTER).split(":")
    seccomp, instructions = int(number), bytes.fromhex(code)
    program = _FilterPointer(len(instructions) // _INSTRUCTION_BYTES, instructions)
    if libc.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, 0, ctypes.byref(program)) != 0:
        raise SandboxUnavailable(f"The second filter was refused: errno {ctypes.get_errno()}.")
    return seccomp


def _probe(libc: ctypes.CDLL, seccomp: int) -> dict[str, str]:
    # Each tries what must fail and does no harm should it succeed.
    def outcome(result: int) -> str:
        error = ctypes.get_errno()
        if result < 0 and error in (_EPERM, _EACCES):
            return "denied"
        return f"errno {error}" if result < 0 else f"result {result}"

    neighbours = __file__.rsplit("/", 3)[0].encode()
    return {
        "network": outcome(libc.socket(_AF_INET, _SOCK_STREAM, 0)),
        "files": outcome(libc.open(b"/etc/passwd", _O_RDONLY)),
        "neighbours": outcome(libc.open(neighbours, _O_RDONLY)),
        "writing": outcome(libc.open(b"/dev/null", _O_WRONLY)),
        "programs": outcome(libc.execve(b"", None, None)),
        "signals": outcome(libc.kill(os.getppid(), 0)),
        "filters": outcome(libc.syscall(seccomp, _NO_SUCH_OPERATION, 0, None)),
        "limits": outcome(libc.setrlimit(resource.RLIMIT_CORE, (ctypes.c_ulong * 2)(0, 0))),
    }
