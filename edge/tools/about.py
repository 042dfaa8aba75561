"""Tools on the assistant itself: its battery, its phone, its errands, what it can and cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.battery import Charge
from edge.tools.tool import Risk, ToolResult, tool
from edge.tools.wording import Says
from firmware_bridge.errands import Errand, State

SPOKEN_ERRANDS = 3
"""So many are told one by one, the others counted."""


class Desk(Protocol):
    """Where the errands are kept."""

    def running(self) -> Sequence[Errand]:
        """Give the errands that have not ended, oldest first."""
        ...

    def cancel(self, which: str) -> Errand | None:
        """Ask for the end of the errand that the words mean, the latest when they are empty.

        Gives its record as it now stands, which may not have ended; None when no errand fits.
        """
        ...

    def connected(self) -> bool:
        """Say whether the phone is there."""
        ...


class Battery(Protocol):
    """The battery of the wearable."""

    def charge(self) -> Charge | None:
        """Give the charge, None when there is no battery that can be read."""
        ...


class ErrandWords(Says, Protocol):
    """The phrase book, with what it says of errands."""

    def doing(self, errand: Errand) -> str:
        """Say what a running errand waits for."""
        ...

    def ended(self, errand: Errand, announce: bool = False) -> str:
        """Say how an errand ended."""
        ...

    def cancelling(self, errand: Errand) -> str:
        """Say that its end was asked for."""
        ...


class AboutTools:
    """Questions about the assistant, and the small talk of yes, no and thanks."""

    def __init__(self, desk: Desk, battery: Battery, phrases: ErrandWords) -> None:
        self._desk = desk
        self._battery = battery
        self._phrases = phrases

    @tool(Risk.READS)
    def battery(self) -> ToolResult:
        """Tell how full the battery of the glasses is."""
        charge = self._battery.charge()
        if charge is None:
            return ToolResult(self._phrases.say("about.no_battery"))
        key = "about.battery_charging" if charge.charging else "about.battery"
        return ToolResult(self._phrases.say(key, percent=charge.percent))

    @tool(Risk.READS)
    def status(self) -> ToolResult:
        """Tell whether the phone is there and how many errands run."""
        phone = self._phrases.say("about.phone_here" if self._desk.connected() else "about.phone_away")
        errands = self._phrases.say("about.errands", count=len(self._desk.running()))
        return ToolResult(self._phrases.words.between_sentences.join((phone, errands)))

    @tool(Risk.READS)
    def help(self) -> ToolResult:
        """Tell what the wearer can ask for."""
        return ToolResult(self._phrases.say("about.help"))

    @tool(Risk.READS)
    def errand_status(self) -> ToolResult:
        """Tell which errands are running now."""
        running = self._desk.running()
        if not running:
            return ToolResult(self._phrases.say("about.errands", count=0))
        doing = [self._phrases.doing(errand) for errand in running[:SPOKEN_ERRANDS]]
        if (more := len(running) - SPOKEN_ERRANDS) > 0:
            doing.append(self._phrases.say("about.more_errands", count=more))
        return ToolResult(self._phrases.words.between_sentences.join(doing))

    @tool(Risk.REVERSIBLE)
    def cancel_errand(self, which: str = "") -> ToolResult:
        """Cancel a running errand, the latest if it is not said which."""
        errand = self._desk.cancel(which)
        if errand is None:
            running = [self._phrases.doing(one) for one in self._desk.running()[:SPOKEN_ERRANDS]]
            return ToolResult(
                self._phrases.say("about.no_such_errand", running=self._phrases.words.between_sentences.join(running))
            )
        if errand.state is State.CANCELLED:
            return ToolResult(self._phrases.ended(errand))
        if errand.ended:
            return ToolResult(self._phrases.say("about.too_late", ended=self._phrases.ended(errand)))
        return ToolResult(self._phrases.cancelling(errand))

    @tool(Risk.READS)
    def confirm(self) -> ToolResult:
        """Say yes to the open question."""
        # An open question takes the yes before it becomes a tool call; here there is none.
        return ToolResult(self._phrases.say("about.nothing_to_confirm"))

    @tool(Risk.READS)
    def deny(self) -> ToolResult:
        """Say no to the open question."""
        return ToolResult(self._phrases.say("about.nothing_to_deny"))

    @tool(Risk.READS)
    def thanks(self) -> ToolResult:
        """Answer thanks."""
        return ToolResult(self._phrases.say("about.welcome"))
