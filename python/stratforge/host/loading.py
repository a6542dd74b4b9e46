"""Builds the one strategy that a source holds."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
from typing import Any, Mapping

import stratforge
from stratforge import Strategy
from stratforge.parameters import Parameter, declared, values

SOURCE_NAME = "strategy.py"
_MODULE = "strategy"


class StrategyRefused(Exception):
    """The source can't be run as it is; the message is for its author."""


def load(source: str, wanted: Mapping[str, Any]) -> tuple[Strategy, dict[str, Parameter]]:
    """Runs the source as a module, finds its strategy, builds it and sets its parameters."""
    module = types.ModuleType(_MODULE)
    module.__file__ = SOURCE_NAME
    for name in stratforge.__all__:
        setattr(module, name, getattr(stratforge, name))
    sys.modules[_MODULE] = module
    linecache.cache[SOURCE_NAME] = (len(source), None, source.splitlines(keepends=True), SOURCE_NAME)
    exec(compile(source, SOURCE_NAME, "exec", dont_inherit=True), module.__dict__)

    found = [
        one for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Strategy) and one is not Strategy and one.__module__ == _MODULE
    ]
    # A class that another one here derives from is that one's foundation, not a second strategy.
    found = [one for one in dict.fromkeys(found) if not any(other is not one and issubclass(other, one) for other in found)]
    if not found:
        raise StrategyRefused("There is no class that derives from Strategy.")
    if len(found) > 1:
        names = ", ".join(one.__name__ for one in found)
        raise StrategyRefused(f"There are {len(found)} classes that derive from Strategy ({names}); a strategy has one.")

    parameters = declared(found[0])
    try:
        fitting = values(parameters, wanted)
    except ValueError as error:
        raise StrategyRefused(str(error)) from error
    strategy = found[0]()
    for name, value in fitting.items():
        setattr(strategy, name, value)
    return strategy, parameters


def describe(error: BaseException) -> str:
    """``ZeroDivisionError in on_bar, line 12: division by zero``"""
    if isinstance(error, StrategyRefused):
        return str(error)
    if isinstance(error, SyntaxError) and error.filename == SOURCE_NAME:
        return f"line {error.lineno}, column {error.offset}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == SOURCE_NAME]
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {error}"
