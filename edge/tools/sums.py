"""Tools that reckon: sums and units, all on the wearable."""

from __future__ import annotations

from fractions import Fraction

from edge.conversion import NotConverted, convert
from edge.exact import NoSum
from edge.spoken_number import in_words
from edge.sums import reckon
from edge.time_words import joined
from edge.tools.tool import BadArguments, Risk, ToolResult, tool
from edge.tools.wording import Says
from edge.units import Unit


class SumTools:
    """Sums and conversions."""

    def __init__(self, phrases: Says) -> None:
        self._phrases = phrases

    @tool(Risk.READS)
    def calculate(self, question: str = "") -> ToolResult:
        """Reckon a sum, given in words or digits: "twelve times nine", "fifteen percent of eighty"."""
        try:
            answer = in_words(reckon(question))
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
        amount = joined([_measure(number, unit) for number, unit in converted.amount])
        key = "convert.exact" if in_words(converted.answer).exact else "convert.about"
        answer = _measure(converted.answer, converted.unit)
        return ToolResult(self._phrases.say(key, amount=amount, answer=answer))


def _measure(number: Fraction, unit: Unit) -> str:
    return f"{in_words(number).words} {unit.one if number == 1 else unit.many}"
