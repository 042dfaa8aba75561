"""Tools for the phones that may talk to this wearable."""

from __future__ import annotations

from typing import Protocol

from edge.tools.tool import Risk, ToolResult, tool
from edge.tools.wording import Says
from firmware_bridge.keyring import KeyringError


class Phones(Protocol):
    """Who is paired."""

    def open(self) -> str:
        """Let a phone pair from now on; give the digits that it must know."""
        ...

    def forget(self, name: str) -> list[str]:
        """Forget the phones of that name, else all; give their names. Raises KeyringError."""
        ...


class Line(Protocol):
    """The connection to the phone that is there."""

    def hang_up(self) -> None:
        """Want it ended."""
        ...


class PairingTools:
    """Pair a phone, and forget it."""

    def __init__(self, phones: Phones, line: Line, phrases: Says) -> None:
        self._phones = phones
        self._line = line
        self._phrases = phrases

    @tool(Risk.REVERSIBLE)
    def pair_phone(self) -> ToolResult:
        """Let a phone pair within the next minute, and speak the number that its owner types there."""
        digits = self._phones.open()
        self._line.hang_up()  # there is one place, and the new phone needs it
        spoken = f"{' '.join(digits[:3])}, {' '.join(digits[3:])}"
        return ToolResult(self._phrases.say("pairing.digits", digits=spoken))

    @tool(Risk.REVERSIBLE)
    def forget_phone(self) -> ToolResult:
        """Forget the phones that are paired: none can connect until it is paired again."""
        try:
            gone = self._phones.forget("")
        except KeyringError:
            return ToolResult(self._phrases.say("pairing.not_kept"))
        self._line.hang_up()
        return ToolResult(self._phrases.say("pairing.completed.forgotten", count=len(gone)))
