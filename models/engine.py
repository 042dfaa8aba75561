"""The error tree that every engine raises from."""

from __future__ import annotations


class EngineError(Exception):
    """An engine cannot do its work; the message says what to do.

    EngineError
    +-- EngineMissing   the package or the weights are not there
    +-- EngineFailed    it is there and broke on this input
    """


class EngineMissing(EngineError):
    """The engine's package or weights are not there."""


class EngineFailed(EngineError):
    """The engine broke on this input."""
