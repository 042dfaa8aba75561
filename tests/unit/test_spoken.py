"""How written things are said."""

from __future__ import annotations

import pytest

from models.spoken import spoken, spoken_for


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
        # Times and dates.
        ("at 17:00, 9:00-17:00", "at seventeen hundred, nine o'clock to seventeen hundred"),
        ("7-9 pm, 9:30am-5pm", "seven to nine p m, nine thirty a m to five p m"),
        ("a lap of 7:00:30", "a lap of seven o'clock and thirty seconds"),
        (
            "11/23/2026 or 23.11.2026",
            "November twenty-third, twenty twenty-six or the twenty-third of November, twenty twenty-six",
        ),
        ("on 11/23", "on November twenty-third"),
        ("3-5 May, Jan. 5-7, 2026", "the third to the fifth of May, January fifth to seventh, twenty twenty-six"),
        ("Mon-Fri, Mon, Nov 23", "Monday to Friday, Monday, November twenty-third"),
        ("the sun rose; we sat.", "the sun rose; we sat."),
        (
            "from 1939 to 1945, 1914-1918",
            "from nineteen thirty-nine to nineteen forty-five, nineteen fourteen to nineteen eighteen",
        ),
        ("the 1990s and the '80s", "the nineteen nineties and the eighties"),
        ("in 2030 steps", "in two thousand thirty steps"),
        ("Aug. 2026", "August twenty twenty-six"),
        # Money, measures, sums.
        ("$5M, €3.2 billion, $0.99", "five million dollars, three point two billion euros, ninety-nine cents"),
        ("$5-10, -$5, 20 USD, ¥500", "five to ten dollars, minus five dollars, twenty dollars, five hundred yen"),
        ("$3.50/hour", "three dollars and fifty cents per hour"),
        ("-3°C, 20\u201325 \u2103", "minus three degrees Celsius, twenty to twenty-five degrees Celsius"),
        ("5 lbs, 1 ft, 5 ft 11 in, 6'2\"", "five pounds, one foot, five feet eleven inches, six foot two"),
        ("a 10-km run, 2 m², 5 min. left", "a ten kilometer run, two square meters, five minutes left"),
        ("3x faster, 2x4, 2 x 4 = 8", "three times faster, two by four, two times four equals eight"),
        ("5 + 3 - 2 = 6", "five plus three minus two equals six"),
        ("±2%, ~30 min, <5 km", "plus or minus two percent, about thirty minutes, less than five kilometers"),
        ("1/2, 2/3, 1 1/2, 50/50, 24/7", "one half, two thirds, one and a half, fifty fifty, twenty-four seven"),
        # Addresses, names and what a number only names.
        ("12 W Main St., Apt 4B", "twelve West Main Street, apartment four B"),
        ("1428 Elm Dr., Salem, IL 62704", "fourteen twenty-eight Elm Drive, Salem, IL six two seven zero four"),
        ("Dr. Smith lives on Elm Dr.", "Doctor Smith lives on Elm Drive."),
        ("St. John met Mrs. Lee on 5th Ave.", "Saint John met Missus Lee on fifth Avenue."),
        ("5 May Dr. Smith came", "the fifth of May Doctor Smith came"),
        ("room 101, flight BA2490", "room one oh one, flight B A twenty-four ninety"),
        ("Call 911. The code is 4821", "Call nine one one. The code is four eight two one"),
        ("call 5551234567", "call five five five one two three four five six seven"),
        ("No. 5, ticket #5, v2.0", "number five, ticket number five, version two point zero"),
        ("Henry VIII, World War II, Chapter IV", "Henry the eighth, World War two, Chapter four"),
        ("Malcolm X, Type I, MIX, I", "Malcolm X, Type I, MIX, I"),
        ("write to anna.b@example.com.", "write to anna dot b at example dot com."),
        ("see https://www.example.com/help?x=1", "see example dot com slash help"),
        ("I did.It was", "I did.It was"),
        ("e.g. bread & butter, etc.", "for example bread and butter, et cetera."),
        ("**Bold**, `code`, [a page](https://example.com/x)", "Bold, code, a page"),
        ("- one\n- two", "one\ntwo"),
    ],
)
def test_written_things_are_said_as_people_say_them(written: str, said: str) -> None:
    assert spoken(written) == said


def test_a_huge_number_is_read_digit_by_digit() -> None:
    assert spoken("9" * 5000).split() == ["nine"] * 5000


def test_a_date_that_does_not_exist_is_read_as_numbers() -> None:
    assert spoken("2026-13-45") == "two thousand twenty-six thirteen forty-five"


def test_a_language_tag_finds_its_reading_and_an_unknown_one_leaves_the_text() -> None:
    assert spoken_for("en")("5") == spoken_for("en-GB")("5") == "five"
    assert spoken_for("zh-CN")("5") == spoken_for("cmn")("5") == "五"
    assert spoken_for("de")("5 m") == "5 m"
