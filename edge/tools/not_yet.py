"""Tools whose connector is not there yet: arguments and risk classes are fixed, the answer is that they cannot.

A tool that gets its connector moves to the group it belongs to, and its sentence leaves the phrase book. Until then it
says so at once: it asks for no consent to what it could not do.
"""

from __future__ import annotations

from typing import Literal

from edge.tools.tool import Risk, ToolResult, tool
from edge.tools.wording import Says

MediaKind = Literal["radio", "podcast", "audiobook", "game"]
"""What can be played besides music."""
HomeAction = Literal[
    "light_on", "light_off", "light_up", "light_down", "light_color", "on", "off", "clean", "coffee", "other"
]
"""What can be done with the things in a house; "other" is everything else, doors and locks among it."""


class NotYetTools:
    """News, music, food, rides, the home, calls, the camera.

    `control_home` is of class 3 although most of it is lights: a class must hold for the worst that a tool can do, and
    "other" may open a door. Whoever connects it should give what opens and unlocks to a tool of its own first.
    """

    def __init__(self, phrases: Says) -> None:
        self._phrases = phrases

    @tool(Risk.READS)
    def weather(self, what: str = "", place: str = "", when: str = "") -> ToolResult:
        """Tell the weather, or one thing of it: rain, wind, temperature."""
        return self._not_yet("weather")

    @tool(Risk.READS)
    def news(self, topic: str = "", source: str = "", when: str = "") -> ToolResult:
        """Read the news, on a topic or from a source if one was named."""
        return self._not_yet("news")

    @tool(Risk.READS)
    def search(self, query: str = "") -> ToolResult:
        """Search the web."""
        return self._not_yet("search")

    @tool(Risk.READS)
    def ask(self, question: str = "") -> ToolResult:
        """Ask a bigger mind what you cannot answer yourself."""
        return self._not_yet("ask")

    @tool(Risk.REVERSIBLE)
    def play_music(self, what: str = "", by: str = "", app: str = "") -> ToolResult:
        """Play a song, an album, a playlist or a kind of music, by an artist, in an app."""
        return self._not_yet("music")

    @tool(Risk.REVERSIBLE)
    def play_media(self, kind: MediaKind, what: str = "") -> ToolResult:
        """Play a radio station, a podcast, an audiobook or a game."""
        return self._not_yet(f"media.{kind}")

    @tool(Risk.REVERSIBLE)
    def media_control(self, action: str = "") -> ToolResult:
        """Pause, resume, skip, repeat or shuffle what plays."""
        return self._not_yet("music")

    @tool(Risk.READS)
    def song_info(self) -> ToolResult:
        """Tell what plays now."""
        return self._not_yet("song")

    @tool(Risk.REVERSIBLE)
    def rate_music(self, what: str = "", by: str = "") -> ToolResult:
        """Keep in mind that the wearer likes a song or an artist, or does not."""
        return self._not_yet("rating")

    @tool(Risk.SPENDS)
    def order_food(self, item: str = "", place: str = "") -> ToolResult:
        """Order food, from a place if one was named."""
        return self._not_yet("food")

    @tool(Risk.READS)
    def order_status(self, place: str = "") -> ToolResult:
        """Tell where an order or a parcel is."""
        return self._not_yet("order")

    @tool(Risk.REACHES_OTHERS)
    def book_table(self, place: str = "", people: str = "", when: str = "") -> ToolResult:
        """Reserve a table."""
        return self._not_yet("table")

    @tool(Risk.SPENDS)
    def hail_ride(self, app: str = "", place: str = "", when: str = "") -> ToolResult:
        """Call a taxi or another ride to a place."""
        return self._not_yet("taxi")

    @tool(Risk.SPENDS)
    def book_ticket(self, mode: str = "", origin: str = "", destination: str = "", when: str = "") -> ToolResult:
        """Buy a ticket for a train, a flight, a bus."""
        return self._not_yet("ticket")

    @tool(Risk.READS)
    def route(self, mode: str = "", origin: str = "", destination: str = "", when: str = "") -> ToolResult:
        """Show the way, or tell how long it takes, what the traffic is like, when a train goes."""
        return self._not_yet("navigation")

    @tool(Risk.READS)
    def find_place(self, kind: str = "", place: str = "", when: str = "") -> ToolResult:
        """Find a restaurant, a shop, a film or an event somewhere."""
        return self._not_yet("place")

    @tool(Risk.SPENDS)
    def control_home(self, action: HomeAction, device: str = "", room: str = "", value: str = "") -> ToolResult:
        """Switch lights and devices at home; value is a color, a brightness, a temperature."""
        return self._not_yet("home")

    @tool(Risk.REACHES_OTHERS)
    def call_person(self, to: str = "") -> ToolResult:
        """Call a person or a place on the telephone."""
        return self._not_yet("call")

    @tool(Risk.REACHES_OTHERS)
    def post(self, text: str = "", app: str = "") -> ToolResult:
        """Post a text on a social network."""
        return self._not_yet("post")

    @tool(Risk.SPENDS)
    def shopping(self, what: str = "") -> ToolResult:
        """Buy a thing, or tell what it costs."""
        return self._not_yet("shopping")

    @tool(Risk.REVERSIBLE)
    def take_photo(self) -> ToolResult:
        """Take a photo of what the wearer looks at."""
        return self._not_yet("photo")

    @tool(Risk.READS)
    def describe_view(self) -> ToolResult:
        """Say what the wearer is looking at."""
        return self._not_yet("view")

    @tool(Risk.READS)
    def read_text(self) -> ToolResult:
        """Read the text that the wearer is looking at."""
        return self._not_yet("text")

    @tool(Risk.READS)
    def scan(self) -> ToolResult:
        """Scan the code that the wearer is looking at."""
        return self._not_yet("code")

    @tool(Risk.READS)
    def translate(self, text: str = "", language: str = "") -> ToolResult:
        """Translate a text into a language."""
        return self._not_yet("translation")

    @tool(Risk.REVERSIBLE)
    def device_setting(self, setting: str = "", value: str = "") -> ToolResult:
        """Change a setting of the glasses: Bluetooth, the brightness, how fast the voice speaks."""
        return self._not_yet("setting")

    @tool(Risk.REVERSIBLE)
    def privacy(self, state: Literal["on", "off"]) -> ToolResult:
        """Stop listening, or listen again."""
        return self._not_yet("privacy") if state == "on" else ToolResult(self._phrases.say("about.listening"))

    def _not_yet(self, what: str) -> ToolResult:
        return ToolResult(self._phrases.say(f"not_yet.{what}"))
