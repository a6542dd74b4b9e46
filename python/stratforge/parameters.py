"""Parameters that a session can set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

_TYPES = {bool: "bool", int: "int", float: "double", str: "string"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter."""

    default: Any
    min: float | None
    max: float | None
    step: float | None = None
    description: str | None = None

    @property
    def type_name(self) -> str:
        """``int``, ``double``, ``bool`` or ``string``, by the default's type."""
        return _TYPES[type(self.default)]


def param(
        default: Any, *, min: float | None = None, max: float | None = None, step: float | None = None, description: str | None = None) -> Any:
    """Declares a parameter of a strategy's class: ``fast = param(20, min=2, max=200)``; read it as ``self.fast``.

    The default's type is the parameter's: int, float, bool or str. ``min`` and ``max`` limit a number, ``step`` is the distance of the values that
    an optimisation tries, ``description`` tells whoever sets it what it is.
    """
    if type(default) not in _TYPES:
        raise TypeError(f"A parameter is an int, float, bool or str, not {type(default).__name__}.")
    return Parameter(default, min, max, step, description)


def declared(strategy: type) -> dict[str, Parameter]:
    """The parameters of a class and its bases, in the order they were written."""
    found: dict[str, Parameter] = {}
    for owner in reversed(strategy.__mro__):
        for name, value in vars(owner).items():
            if isinstance(value, Parameter):
                found[name] = value
    return found


def values(parameters: Mapping[str, Parameter], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each parameter; ValueError for an unknown name or a value that does not fit."""
    for name in wanted:
        if name not in parameters:
            known = f"the strategy declares {', '.join(parameters)}" if parameters else "the strategy declares none"
            raise ValueError(f"There is no parameter {name}; {known}.")
    return {name: _fit(name, one, wanted[name]) if name in wanted else one.default for name, one in parameters.items()}


def _fit(name: str, parameter: Parameter, value: Any) -> Any:
    kind = type(parameter.default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise ValueError(f"Parameter {name} takes a value of type {parameter.type_name}, not {value!r}.")
    if kind in (int, float):
        low, high = parameter.min, parameter.max
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(f"Parameter {name} is {value!r}, outside {low} to {high}.")
    return value
