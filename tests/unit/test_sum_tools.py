from __future__ import annotations

import pytest

from edge.phrasebook import Phrases
from edge.tools import BadArguments, SumTools
from tests.wearable_fakes import FakeTime

SUMS = {
    "what is twelve times nine": "That is one hundred and eight.",
    "fifteen percent of eighty": "That is twelve.",
    "eighty plus fifteen percent": "That is ninety two.",
    "ten minus three percent": "That is nine point seven.",
    "twenty percent off fifty": "That is forty.",
    "the square root of sixteen": "That is four.",
    "square root of two": "That is about one point four one four.",
    "half of ten": "That is five.",
    "7 plus 8 divided by 2": "That is eleven.",
    "(7 + 8) / 2": "That is seven point five.",
    "ten divided by three": "That is about three point three three three.",
    "1,200 * 3": "That is 3600.",
    "twenty-one minus thirty": "That is minus nine.",
    "two to the power of ten": "That is 1024.",
    "what's the sum of two and a half and three quarters": "That is three point two five.",
}
CONVERSIONS = {
    "how many inches in a foot": "One foot is twelve inches.",
    "five miles in kilometres": "Five miles is about eight point zero four seven kilometers.",
    "350 fahrenheit in celsius": (
        "Three hundred and fifty degrees Fahrenheit is about one hundred and seventy six point seven degrees Celsius."
    ),
    "how many minutes are there in a day": "One day is 1440 minutes.",
    "six foot two in meters": "Six feet and two inches is one point eight seven nine six meters.",
    "how many ounces in a cup": "One cup is eight fluid ounces.",
    "how many ounces in a pound": "One pound is sixteen ounces.",
    "half a gallon in cups": "Zero point five gallons is eight cups.",
    "100 km/h in mph": "One hundred kilometers per hour is about sixty two point one four miles per hour.",
    "two gigabytes in megabytes": "Two gigabytes is 2000 megabytes.",
    "minus forty celsius in fahrenheit": "Minus forty degrees Celsius is minus forty degrees Fahrenheit.",
    "an hour and a half in minutes": "One point five hours is ninety minutes.",
}
TOOLS = SumTools(Phrases(FakeTime().now))


@pytest.mark.parametrize(("question", "answer"), SUMS.items())
def test_a_sum_is_reckoned(question: str, answer: str) -> None:
    assert TOOLS.calculate(question).say == answer


@pytest.mark.parametrize(("question", "answer"), CONVERSIONS.items())
def test_a_measure_is_converted(question: str, answer: str) -> None:
    assert TOOLS.convert(question).say == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("ten divided by zero", "Nothing can be divided by zero."),
        ("zero to the power of minus one", "Nothing can be divided by zero."),
        ("square root of minus four", "A negative number has no such root."),
        ("two to the power of a thousand", "That number is too large for me."),
        ("nine hundred trillion times ten", "That number is too large for me."),
        ("", "I did not get that sum. Try: what is twelve times nine?"),
        ("twelve", "I did not get that sum. Try: what is twelve times nine?"),
        ("fifteen percent", "I did not get that sum. Try: what is twelve times nine?"),
        ("twelve times", "I did not get that sum. Try: what is twelve times nine?"),
        ("7 plus 8 2", "I did not get that sum. Try: what is twelve times nine?"),
        ("9" * 601, "I did not get that sum. Try: what is twelve times nine?"),
    ],
)
def test_a_sum_without_an_answer_says_why(question: str, answer: str) -> None:
    with pytest.raises(BadArguments) as caught:
        TOOLS.calculate(question)
    assert caught.value.say == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("20 pounds to euros", "I can't convert money yet, I don't know today's rates."),
        ("how many euros is a dollar", "I can't convert money yet, I don't know today's rates."),
        ("how many meters in a pound", "Those do not measure the same thing."),
        ("a trillion centuries in milliseconds", "That number is too large for me."),
        ("miles to kilometers", None),
        ("five miles", None),
        ("what time is it in tokyo", None),
    ],
)
def test_what_cannot_be_converted_says_why(question: str, answer: str | None) -> None:
    with pytest.raises(BadArguments) as caught:
        TOOLS.convert(question)
    assert caught.value.say == answer or (answer is None and caught.value.say.startswith("I convert lengths"))
