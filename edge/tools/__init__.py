"""The tools that run on the wearable, and those that ask the phone."""

from edge.tools.about import AboutTools, Battery, Desk, Domain
from edge.tools.clock import ClockTools
from edge.tools.phone import PhoneTools
from edge.tools.sound import Mixer, SoundTools, Voice
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
    "Domain",
    "ErrandRequest",
    "Mixer",
    "Outcome",
    "Part",
    "PhoneTools",
    "Risk",
    "SoundTools",
    "Tool",
    "ToolResult",
    "Voice",
    "collect",
    "tool",
]
