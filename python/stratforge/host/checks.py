"""What the text of a strategy shows before it runs: names that nothing calls, clocks and dice that a replay can't repeat, modules without use here.

Run inside the cage, on request, for the author's eyes only: nothing is refused because of what is found here.
"""

from __future__ import annotations

import ast
from typing import Any, Iterator

_MOST = 30

_USELESS = {
    "os": "files and processes", "subprocess": "processes", "multiprocessing": "processes", "threading": "threads", "asyncio": "an event loop",
    "concurrent": "threads", "socket": "the network", "ssl": "the network", "urllib": "the network", "http": "the network", "requests": "the network",
    "httpx": "the network", "aiohttp": "the network", "ctypes": "native code", "shutil": "files", "pathlib": "files", "tempfile": "files",
    "sqlite3": "files", "signal": "signals of the system", "websocket": "the network", "websockets": "the network",
}
_WALL_CLOCK = {("time", "time"), ("time", "monotonic"), ("time", "perf_counter"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
_HANDLERS = {
    "on_start", "on_bar", "on_trade", "on_order", "on_fill", "on_timer", "on_corporate_action", "on_stop", "on_restore", "on_quote",
}


def problems(source: str) -> list[dict[str, Any]]:
    """Each with line, column, id and message; a source that does not parse has none, since building it says what is wrong."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [
        {"line": node.lineno, "column": node.col_offset + 1, "id": code, "message": message}
        for node, code, message in _find(tree)
    ]
    return sorted(found, key=lambda one: (one["line"], one["column"]))[:_MOST]


def _find(tree: ast.Module) -> Iterator[tuple[Any, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield from _import(node, name.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _import(node, node.module)
        elif isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Subscript):
            yield from _look_back(node)
        elif isinstance(node, ast.ExceptHandler) and _swallows(node):
            yield node, "SF1005", "Every error is swallowed here, so the session never says what went wrong."
        elif isinstance(node, ast.ClassDef) and any(_name(base) == "Strategy" for base in node.bases):
            yield from _strategy(node)


def _import(node: ast.stmt, module: str) -> Iterator[tuple[Any, str, str]]:
    root = module.split(".")[0]
    if root in _USELESS:
        yield node, "SF1001", f"{root} is of no use here: a session has no access to {_USELESS[root]}."
    elif root == "random":
        yield node, "SF1002", "Numbers of the random module differ from run to run; self.random is seeded, so that a replay gives the same."


def _call(node: ast.Call) -> Iterator[tuple[Any, str, str]]:
    if isinstance(node.func, ast.Attribute) and (_name(node.func.value), node.func.attr) in _WALL_CLOCK:
        yield node, "SF1003", f"{_name(node.func.value)}.{node.func.attr}() is the machine's clock; self.clock.now is the time of the event."


def _look_back(node: ast.Subscript) -> Iterator[tuple[Any, str, str]]:
    index = node.slice
    if (isinstance(node.value, ast.Attribute) and node.value.attr == "bars" and isinstance(index, ast.UnaryOp)
            and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant)):
        yield node, "SF1004", "bars counts back from the newest: bars[0] is the bar at hand, bars[1] the one before; below zero there is nothing."


def _strategy(node: ast.ClassDef) -> Iterator[tuple[Any, str, str]]:
    methods = [one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    known = {_plain(name): name for name in _HANDLERS}
    for method in methods:
        meant = known.get(_plain(method.name))
        if isinstance(method, ast.AsyncFunctionDef) and method.name in _HANDLERS:
            yield method, "SF1007", f"{method.name} is async, so calling it does nothing: write def {method.name}."
        elif meant is not None and meant != method.name:
            yield method, "SF1006", f"Nothing calls {method.name}; the handler is {meant}."
        elif method.name.startswith("on_") and method.name not in _HANDLERS:
            yield method, "SF1006", f"Nothing calls {method.name}; the handlers are {', '.join(sorted(_HANDLERS))}."


def _swallows(node: ast.ExceptHandler) -> bool:
    return (node.type is None or _name(node.type) in ("Exception", "BaseException")) and all(
        isinstance(one, (ast.Pass, ast.Continue)) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)) for one in node.body)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _plain(name: str) -> str:
    plain = name.replace("_", "").lower()
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") else plain
