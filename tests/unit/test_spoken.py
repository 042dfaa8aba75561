"""How written things are said."""

from __future__ import annotations

import pytest

from models.spoken import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It is 9:30.", "It is nine thirty."),
        ("9:00, 9:05 pm, 14:45, 0:00", "nine o'clock, nine oh five p m, fourteen forty-five, midnight"),
        ("9am or 10 p.m. sharp", "nine a m or ten p m sharp"),
        ("2026-11-22", "November twenty-second, twenty twenty-six"),
        ("2026-11-22T09:30:00+01:00", "November twenty-second, twenty twenty-six at nine thirty"),
        ("November 22, 2026", "November twenty-second, twenty twenty-six"),
        ("on 3 Jan", "on the third of January"),
        ("in 1999", "in nineteen ninety-nine"),
        ("call +49 170 12", "call plus four nine, one seven zero, one two"),
        ("555-123-4567", "five five five, one two three, four five six seven"),
        ("$12.50, €1, 3 £", "twelve dollars and fifty cents, one euro, three pounds"),
        ("20% of 1 km", "twenty percent of one kilometer"),
        (
            "21.5 °C, 60 km/h, 3 kWh",
            "twenty-one point five degrees Celsius, sixty kilometers per hour, three kilowatt hours",
        ),
        ("the 1st, 2nd and 33rd", "the first, second and thirty-third"),
        ("1,234 steps", "one thousand two hundred thirty-four steps"),
        ("-5 or 3.14", "minus five or three point one four"),
        ("agent 007", "agent zero zero seven"),
        ("10-12 eggs", "ten to twelve eggs"),
        ("version 1.2.3", "version one point two point three"),
        ("B2B, mp3", "B two B, mp three"),
        ("1½ cups", "one and a half cups"),
        ("no digits at all", "no digits at all"),
    ],
)
def test_written_things_are_said_as_people_say_them(written: str, said: str) -> None:
    assert spoken(written) == said


def test_a_huge_number_is_read_digit_by_digit() -> None:
    assert spoken("9" * 5000).split() == ["nine"] * 5000


def test_a_date_that_does_not_exist_is_read_as_numbers() -> None:
    assert spoken("2026-13-45") == "two thousand twenty-six thirteen forty-five"
