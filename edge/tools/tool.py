"""A tool is a typed method: its name, docstring and signature are its schema, its risk class is declared beside it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

import msgspec

from edge.when import Day as Day
from edge.when import Part as Part
from models.llm import ToolSchema


class Risk(IntEnum):
    """What a mistake would cost; consent follows from it."""

    READS = 0
    REVERSIBLE = 1
    REACHES_OTHERS = 2
    SPENDS = 3


@dataclass(frozen=True, slots=True)
class ToolResult:
    """A tool on the wearable did its work."""

    say: str
    """What the wearer hears; empty for nothing."""


@dataclass(frozen=True, slots=True)
class ErrandRequest:
    """A tool's work belongs to the phone: this is what to ask of it, exactly."""

    tool: str
    """Name on the companion: "calendar.add_event"."""
    arguments: Mapping[str, Any]
    """Resolved: dates and times are RFC 3339, nothing is relative."""
    waits: bool = False
    """It ends when something happens, not soon: nobody should wait for it in silence."""


Outcome = ToolResult | ErrandRequest


class BadArguments(Exception):
    """The arguments do not make sense; `say` is what to tell the wearer, empty when nothing can be told of them."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


@dataclass(frozen=True, slots=True)
class Tool:
    """One callable tool."""

    schema: ToolSchema
    risk: Risk
    run: Callable[..., Outcome]
    asks_phone: bool = False
    """Whether it makes an errand request, and so does nothing by itself."""

    @property
    def name(self) -> str:
        """The name that models and sentences use."""
        return self.schema.name

    def call(self, arguments: Mapping[str, Any]) -> Outcome:
        """Check the arguments against the signature and run. Raises BadArguments."""
        hints = _parameter_types(self.run)
        unknown = arguments.keys() - hints.keys()
        required = {p.name for p in inspect.signature(self.run).parameters.values() if p.default is p.empty}
        if unknown or not required <= arguments.keys():
            raise BadArguments("")
        try:
            checked = {name: msgspec.convert(value, hints[name], strict=True) for name, value in arguments.items()}
        except msgspec.ValidationError as exc:
            raise BadArguments("") from exc
        return self.run(**checked)


_Method = TypeVar("_Method", bound=Callable[..., Outcome])


def tool(risk: Risk) -> Callable[[_Method], _Method]:
    """Mark a method as a tool of this risk class."""

    def mark(method: _Method) -> _Method:
        method.__earrand_risk__ = risk  # type: ignore[attr-defined]  # functions take attributes
        return method

    return mark


def collect(*groups: object) -> dict[str, Tool]:
    """Give the tools among the methods of these objects, by name, in the order of declaration."""
    tools: dict[str, Tool] = {}
    for group in groups:
        for name, function in vars(type(group)).items():
            risk = getattr(function, "__earrand_risk__", None)
            if risk is None:
                continue
            if name in tools:
                raise ValueError(f"two tools are called {name}")
            method = getattr(group, name)
            asks_phone = typing.get_type_hints(method)["return"] is ErrandRequest
            tools[name] = Tool(_schema(method), risk, method, asks_phone)
    return tools


def _parameter_types(method: Callable[..., Outcome]) -> dict[str, Any]:
    hints = typing.get_type_hints(method, include_extras=True)
    hints.pop("return", None)
    return hints


def _schema(method: Callable[..., Outcome]) -> ToolSchema:
    description = inspect.getdoc(method)
    if not description:
        raise ValueError(f"tool {method.__name__} has no docstring")
    properties: dict[str, Any] = {}
    required = []
    hints = _parameter_types(method)
    for parameter in inspect.signature(method).parameters.values():
        properties[parameter.name] = msgspec.json.schema(hints[parameter.name])
        if parameter.default is parameter.empty:
            required.append(parameter.name)
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return ToolSchema(method.__name__, description, parameters)
