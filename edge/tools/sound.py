"""Tools on sound: the volume, saying it again, falling silent."""

from __future__ import annotations

from typing import Literal, Protocol

from edge.tools.tool import BadArguments, Risk, ToolResult, tool
from edge.tools.wording import Says

STEP = 10
"""Percent of one "louder"."""


class Mixer(Protocol):
    """The volume of the speaker."""

    def volume(self) -> int | None:
        """Give the volume in percent, None when it cannot be set from here."""
        ...

    def set_volume(self, percent: int) -> None:
        """Set the volume, 0 to 100."""
        ...


class Voice(Protocol):
    """What speaks and rings."""

    def last_said(self) -> str:
        """Give the last answer, empty when there was none."""
        ...

    def hush(self) -> None:
        """End speech and ringing."""
        ...


class SoundTools:
    """Louder, again, stop."""

    def __init__(self, mixer: Mixer, voice: Voice, phrases: Says) -> None:
        self._mixer = mixer
        self._voice = voice
        self._phrases = phrases

    @tool(Risk.REVERSIBLE)
    def change_volume(self, direction: Literal["up", "down"]) -> ToolResult:
        """Make it a step louder or quieter."""
        before = self._mixer.volume()
        if before is None:
            return ToolResult(self._phrases.say("sound.no_mixer"))
        return self._set(max(0, min(100, before + (STEP if direction == "up" else -STEP))))

    @tool(Risk.REVERSIBLE)
    def set_volume(self, percent: int) -> ToolResult:
        """Set the volume in percent."""
        if not 0 <= percent <= 100:
            raise BadArguments(self._phrases.say("sound.volume_range"))
        if self._mixer.volume() is None:
            return ToolResult(self._phrases.say("sound.no_mixer"))
        return self._set(percent)

    @tool(Risk.READS)
    def repeat(self) -> ToolResult:
        """Say the last answer again."""
        return ToolResult(self._voice.last_said() or self._phrases.say("sound.nothing_to_repeat"))

    @tool(Risk.REVERSIBLE)
    def stop(self) -> ToolResult:
        """Stop speaking and ringing at once."""
        self._voice.hush()
        return ToolResult("")

    def _set(self, percent: int) -> ToolResult:
        self._mixer.set_volume(percent)
        # What the mixer then shows is said, not what was asked: some have few steps.
        shown = self._mixer.volume()
        return ToolResult(self._phrases.say("sound.volume", percent=percent if shown is None else shown))
