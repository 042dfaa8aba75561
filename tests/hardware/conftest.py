"""Fixtures of the tests on real drivers."""

from tests.sound_card import card

__all__ = ["card"]
