"""Sums are right whatever the numbers, a number survives being said, and no words break them."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from edge.conversion import NotConverted, asks_to_convert, convert
from edge.exact import NoSum
from edge.spoken_number import in_words, read_number
from edge.spoken_time import number_words
from edge.sums import LARGEST, is_sum, reckon
from edge.units import Unit, units

small = st.integers(0, 999)
UNITS = [(name, meant[0]) for name, meant in units().items() if len(meant) == 1]
KINDS = sorted({unit.kind for _, unit in UNITS})
SOME_WORDS = """one two half a of percent plus minus times divided by over root square the power to and point miles in
kilometers foot how many is 5 3.5 ( ) squared hundred million x negative third"""
word_heaps = st.lists(st.sampled_from(SOME_WORDS.split()), max_size=14).map(" ".join)


@given(small, small, small)
def test_products_come_before_sums(one: int, two: int, three: int) -> None:
    said = [number_words(number) for number in (one, two, three)]
    assert reckon(f"what is {said[0]} plus {said[1]} times {said[2]}") == one + two * three
    assert reckon(f"{one} - {two} * {three}") == one - two * three


@given(small, st.integers(1, 999))
def test_a_quotient_times_its_divisor_is_the_dividend(one: int, other: int) -> None:
    assert reckon(f"{one} divided by {other}") * other == one
    assert reckon(f"({one} / {other}) * {other}") == one


@given(st.fractions(-(10**9), 10**9, max_denominator=10**4))
def test_a_number_said_exactly_reads_as_itself(value: Fraction) -> None:
    said = in_words(value)
    assume(said.exact)
    words = said.words.split()
    assert read_number(words) == (value, len(words))


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_a_rounded_number_is_near(value: Fraction) -> None:
    said = in_words(value)
    read = read_number(said.words.split())
    assert read is not None
    assert abs(read[0] - value) <= max(abs(value), Fraction(1, 10**6)) / 1000
    assert said.exact == (read[0] == value)


@given(st.integers(0, 10**6))
def test_a_root_squared_is_the_number(value: int) -> None:
    assert reckon(f"square root of {value * value}") == value
    assert abs(reckon(f"square root of {value}") ** 2 - value) < Fraction(1, 10**20)


@given(st.one_of(st.text(max_size=80), word_heaps))
def test_any_words_are_a_sum_or_none(text: str) -> None:
    answer = None
    with suppress(NoSum):
        answer = reckon(text)
    assert answer is None or (is_sum(text) and abs(answer) < LARGEST)


@given(st.one_of(st.text(max_size=80), word_heaps))
def test_any_words_are_a_conversion_or_none(text: str) -> None:
    converted = None
    with suppress(NotConverted):
        converted = convert(text)
    assert converted is None or asks_to_convert(text)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[tuple[str, Unit], tuple[str, Unit]]:
    """Give the names of two units of one kind, and what they mean."""
    kind = draw(st.sampled_from(KINDS))
    alike = st.sampled_from([pair for pair in UNITS if pair[1].kind == kind])
    return draw(alike), draw(alike)


@given(pairs(), st.integers(1, 100))
def test_there_and_back_is_where_it_began(pair: tuple[tuple[str, Unit], tuple[str, Unit]], amount: int) -> None:
    (one, _), (other, meant) = pair
    there = convert(f"{amount} {one} in {other}")
    assert there.unit == meant
    # Numbers with endless decimals cannot be said back, so the way back is reckoned from none and one of the unit.
    none, single = (convert(f"{number} {other} in {one}").answer for number in (0, 1))
    assert none + there.answer * (single - none) == amount
