"""Draws the timeline for people: one line for each thing that happened, and the words as they come."""

from __future__ import annotations

from rich.console import Console
from rich.live import Live
from rich.text import Text

from edge import timeline
from edge.timeline import Event

_SIDES = {"wearable": "cyan", "companion": "magenta"}
_MOODS = {"completed": "green", "failed": "red", "cancelled": "yellow"}


class Screen:
    """A Timeline on a terminal. Lines scroll; the line below them shows what is being heard."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(Text(""), console=console, refresh_per_second=12, transient=True)
        self._now_s = 0.0

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        """Draw one event."""
        self._now_s = getattr(event, "at_s", None) or self._now_s
        match event:
            case timeline.Partial(text=text, committed=committed):
                self._hearing(text, committed)
            case _:
                line = _line(event)
                if line is not None:
                    self._live.update(Text(""))
                    self._console.print(Text(f"{self._now_s:7.2f}  ", style="dim"), line, sep="", soft_wrap=True)

    def _hearing(self, text: str, committed: str) -> None:
        line = Text(f"{self._now_s:7.2f}  ", style="dim")
        line.append("wearer    ", style="bold")
        line.append(committed, style="bold white")
        line.append(text[len(committed) :], style="italic")
        self._live.update(line)


def _line(event: Event) -> Text | None:
    match event:
        case timeline.Ready(side=side, engines=engines):
            return _row(side, "ready", ", ".join(f"{role}: {name}" for role, name in engines.items()))
        case timeline.Link(side=side, up=up, peer=peer, why=why):
            return _row(side, "link", f"joined with {peer}" if up else f"down: {why}")
        case timeline.HeardWords(text=text, understood=understood, confidence=confidence):
            return _row("wearer", "says", f"“{text}”" if understood else f"(not a command, {confidence:.0%} sure)")
        case timeline.Attention(listens=listens, why=why):
            return _row("wearable", "listens" if listens else "sleeps", f"({why})")
        case timeline.EchoFound(what=what):
            return _row("wearable", "echo", what)
        case timeline.Call(tool=tool, arguments=arguments, by=by):
            shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
            return _row("wearable", "calls", f"{tool}({shown})  by {by}")
        case timeline.ErrandMoved(side=side, state=state, tool=tool, id=id):
            return _row(side, "errand", f"{id[:6]} {tool}: ", str(state))
        case timeline.Spoken() as spoken:
            return _spoken(spoken)
        case timeline.Problem(side=side, text=text):
            return _row(side, "problem", text, mood="yellow")
        case _:
            return None


def _spoken(spoken: timeline.Spoken) -> Text:
    verb = {"question": "asks", "announcement": "announces"}.get(spoken.kind, "answers")
    line = _row("wearable", verb, f"“{spoken.text}”", mood="bold green")
    if spoken.first_sound_ms is not None:
        line.append(f"  first sound {spoken.first_sound_ms:.0f} ms after the last word", style="dim")
    if spoken.heard != spoken.text:
        line.append(f"  heard only “{spoken.heard}”", style="yellow")
    return line


def _row(who: str, verb: str, what: str, state: str = "", mood: str = "") -> Text:
    line = Text(f"{who:<10}", style=_SIDES.get(who, "bold"))
    line.append(f"{verb:<10}", style="dim")
    line.append(what, style=mood)
    line.append(state, style=_MOODS.get(state, "blue"))
    return line
