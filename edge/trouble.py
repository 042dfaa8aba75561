"""Turns what a person can mend into one line each and an exit status, for every command."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import typer

from audio.frames import AudioError
from edge.clocks import NotKept
from edge.config import ConfigError
from edge.demo.conductor import DemoFailed
from edge.demo.script import ScriptError
from firmware_bridge.errors import LinkError
from firmware_bridge.journal import JournalError
from firmware_bridge.keyring import KeyringError
from models.engine import EngineError

_TROUBLE = (
    AudioError,
    ConfigError,
    DemoFailed,
    EngineError,
    JournalError,
    KeyringError,
    LinkError,
    NotKept,
    ScriptError,
    ValueError,
)
"""What a person can mend: shown as one line, without a traceback."""
_CONTROL_C = 130


@contextmanager
def trouble() -> Iterator[None]:
    """Turn what a person can mend into one line each and an exit status."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(_CONTROL_C) from None
    except _TROUBLE as error:
        _fail([error])
    except ExceptionGroup as group:
        known, unknown = group.split(_TROUBLE)
        if unknown is not None or known is None:
            raise
        _fail(_leaves(known))


def _fail(errors: Sequence[BaseException]) -> NoReturn:
    for error in errors:
        print(f"earrand: {error}", file=sys.stderr)
    raise typer.Exit(1) from None


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves
