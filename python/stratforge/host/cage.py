"""The last step of the lock-down, taken here before any code is read, and what is found when the bars are tried."""

from __future__ import annotations

import ctypes
import importlib
import importlib.machinery
import os
import resource
import sys
from typing import Any, NoReturn

FULL, SECCOMP_ONLY, NONE = "full", "seccomp-only", "none"

_MODE = "STRATFORGE_CAGE_MODE"
_FILTER = "STRATFORGE_CAGE_FILTER"
_DATA_MB = "STRATFORGE_HOST_DATA_MB"
_ADDRESS_SPACE_MB = "STRATFORGE_HOST_ADDRESS_SPACE_MB"

_EPERM, _EACCES = 1, 13
_AF_INET, _SOCK_STREAM = 2, 1
_O_RDONLY, _O_WRONLY = 0, 1
_SECCOMP_SET_MODE_FILTER, _NO_SUCH_OPERATION = 1, 99
_PR_GET_NO_NEW_PRIVS = 39
_INSTRUCTION_BYTES = 8

# What a strategy may import at no cost of its own: they are loaded before it is. 4 ms and 0.8 MB, which the first event would otherwise pay.
_OFFERED = (
    "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq", "itertools", "json", "math",
    "numbers", "operator", "random", "re", "statistics", "string", "time", "typing",
)

# What these and the host load only when it is needed, and could not load any more once files are closed to them.
_LATER = ("_strptime", "array", "cmath", "encodings.ascii", "encodings.latin_1", "linecache", "struct", "textwrap", "tokenize", "traceback", "warnings")


class SandboxUnavailable(Exception):
    """The cage is not there, or does not hold; no strategy runs."""


class _FilterPointer(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = [("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


class _OnlyWhatIsLoaded:
    """Stands where modules would be looked for once no file can be opened, and says why they are not found."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> NoReturn:
        raise ModuleNotFoundError(
            f"{name} can't be imported on this machine: its kernel has no Landlock, so strategies can open no file, and only these modules are "
            f"loaded: {', '.join(_OFFERED)}", name=name)


def close_cage() -> dict[str, Any]:
    """Loads what strategies may import, closes what is still open, then tries the bars: the mode of the cage, and what was tried with
    ``denied`` or what happened."""
    mode = os.environ.pop(_MODE, None)
    for name in _OFFERED:
        importlib.import_module(name)
    if mode == NONE:
        return {"cage": mode, "probes": {}}
    libc = ctypes.CDLL(None, use_errno=True)
    if mode not in (FULL, SECCOMP_ONLY) or libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 or _FILTER not in os.environ:
        raise SandboxUnavailable("The cage is not there: start hosts through launch.")

    if mode == SECCOMP_ONLY:
        for name in _LATER:
            importlib.import_module(name)
        sys.path_importer_cache.clear()
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not importlib.machinery.PathFinder] + [_OnlyWhatIsLoaded()]
    _limit()
    seccomp = _load_filter(libc)
    probes = _probe(libc, seccomp)
    for name, outcome in probes.items():
        if outcome != "denied":
            raise SandboxUnavailable(f"The cage does not hold: {name} is {outcome}.")
    return {"cage": mode, "probes": probes}


def _limit() -> None:
    for kind, variable in ((resource.RLIMIT_DATA, _DATA_MB), (resource.RLIMIT_AS, _ADDRESS_SPACE_MB)):
        most = int(os.environ.pop(variable)) << 20
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # Python needs no thread and no child. .NET does: there the worker counts.


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
