"""Tools that reckon: sums and units, all on the wearable."""

from __future__ import annotations

from edge.conversion import NotConverted, convert
from edge.exact import NoSum
from edge.sums import reckon
from edge.tools.tool import BadArguments, Risk, ToolResult, tool
from edge.tools.wording import Says


class SumTools:
    """Sums and conversions."""

    def __init__(self, phrases: Says) -> None:
        self._phrases = phrases

    @tool(Risk.READS)
    def calculate(self, question: str = "") -> ToolResult:
        """Reckon a sum, given in words or digits: "twelve times nine", "fifteen percent of eighty"."""
        try:
            answer = self._phrases.words.in_words(reckon(question))
        except NoSum as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc
        return ToolResult(self._phrases.say("sums.exact" if answer.exact else "sums.about", answer=answer.words))

    @tool(Risk.READS)
    def convert(self, question: str = "") -> ToolResult:
        """Convert between units: "how many inches in a foot", "five miles in kilometers". It knows no currencies."""
        try:
            converted = convert(question)
        except NotConverted as exc:
            raise BadArguments(self._phrases.say(exc.key)) from exc
        words = self._phrases.words
        amount = words.joined([words.measure(number, unit) for number, unit in converted.amount])
        key = "convert.exact" if words.in_words(converted.answer).exact else "convert.about"
        answer = words.measure(converted.answer, converted.unit)
        return ToolResult(self._phrases.say(key, amount=amount, answer=answer))
