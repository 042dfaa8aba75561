"""The tools that run on the wearable, and those that ask the phone."""

from edge.tools.about import AboutTools, Battery, Desk
from edge.tools.clock import ClockTools
from edge.tools.not_yet import NotYetTools
from edge.tools.pairing import PairingTools
from edge.tools.phone import PhoneTools
from edge.tools.quiet import QuietTools
from edge.tools.sound import Mixer, SoundTools, Voice
from edge.tools.sums import SumTools
from edge.tools.tool import (
    BadArguments,
    Day,
    ErrandRequest,
    Outcome,
    Part,
    Risk,
    Tool,
    ToolResult,
    collect,
    tool,
)

__all__ = [
    "AboutTools",
    "BadArguments",
    "Battery",
    "ClockTools",
    "Day",
    "Desk",
    "ErrandRequest",
    "Mixer",
    "NotYetTools",
    "Outcome",
    "PairingTools",
    "Part",
    "PhoneTools",
    "QuietTools",
    "Risk",
    "SoundTools",
    "SumTools",
    "Tool",
    "ToolResult",
    "Voice",
    "collect",
    "tool",
]
