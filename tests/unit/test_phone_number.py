from __future__ import annotations

import pytest

from edge.phone_number import phone_number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("five five five one two", "55512"),
        ("555-12 34", "5551234"),
        ("+49 (170) 123.45", "+4917012345"),
        ("plus four nine one seven oh", "+49170"),
        ("double five triple one", "55111"),
        ("fifty five twenty one", "5521"),
        ("eight hundred thirty", "80030"),
        ("nine eleven", "911"),
        ("nineteen forty zero", "19400"),
        ("one one two", "112"),
    ],
)
def test_a_number_is_read_from_words_or_digits(said: str, number: str) -> None:
    assert phone_number(said) == number


@pytest.mark.parametrize(
    "said",
    ["", "five", "call bob", "five five x", "plus", "one " * 16, "double", "double trouble one two", "hundred", "١٢٣٤"],
)
def test_what_is_no_number_is_none(said: str) -> None:
    assert phone_number(said) is None
