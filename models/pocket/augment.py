"""Varies examples for training: other values, misheard words, marked names, an open question."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from models.pocket.annotated import Example
from models.pocket.frames import SPLIT
from models.pocket.words import MOST_WORDS, Span

_VARIED = 0.8
_SWAPPED, _NOISY = 0.45, 0.35
_OF_THE_KIND = 0.65
"""How often a swapped value is another of its kind; else words by chance, so that copying is learned and not values."""
_WORD_LOST, _WORD_WRONG = 0.05, 0.08
_MARKED, _MARKED_WRONGLY = 0.25, 0.02
_ASKED_ANSWER, _ASKED_OTHER = 0.5, 0.04
_LONG = frozenset(["text", "item", "title", "query", "topic", "what", "task"])
"""Arguments whose values are phrases; the others are a word or three."""
_DICTATED = frozenset({"text", "item"})
"""Arguments that can be any words at all."""
_LEAD_IN, _LEAD_OUT = 0.15, 0.06
_LEAD_INS = (
    "please|could you please|would you please|can you|can you please|would you|go ahead and|go on and|just|now|okay now"
    "|i want you to|i need you to|i'd like you to|hey can you|so|before i forget|if you can|do me a favor and|quickly"
    "|be so kind and|it would be great if you could|let's|you know what|right|well"
)
_LEAD_OUTS = "please|for me|now|right now|thanks|if you can|quickly|will you|okay"
_NOT_LED = frozenset({"confirm", "deny", "either", "repeat", "stop", "thanks", "nothing", "several"})
_NAMES = frozenset(["to", "from", "who", "name", "list"])
_ANSWERS = frozenset(["confirm", "deny", "either", "repeat", "stop"])
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SYLLABLES = tuple(
    start + end
    for start in [
        "b",
        "c",
        "d",
        "f",
        "g",
        "h",
        "j",
        "k",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "t",
        "v",
        "w",
        "z",
        "br",
        "tr",
        "st",
        "sh",
        "ch",
    ]
    for end in ["a", "e", "i", "o", "u", "ar", "en", "il", "on", "us", "ay", "ee"]
)
_ALIKE = (
    "to two too|for four|your you're|there their|weather whether|by buy bye|right write|here hear|no know|ate eight"
    "|won one|son sun|meet meat|mail male|week weak|hour our|read red|sea see|new knew|its it's|wake week|timer time"
    "|lights light|call called|play played|a the|in and|set sit|list lists|event events|an and|what's what|is this"
    "|are our|email mail|the a|and in|on in|of a|i'm am|can could"
)
"""Words that recognisers take for each other."""


@dataclass(frozen=True, slots=True)
class Varied:
    """One example as it is shown this time."""

    example: Example
    asked: bool = False
    """Whether a question was open."""
    known: frozenset[int] = frozenset()
    """The words before which a mark says: the owner knows this name."""


class Augmenter:
    """Draws variations. The same seed draws the same ones."""

    def __init__(self, examples: Sequence[Example], dice: random.Random) -> None:
        self._dice = dice
        self._words = [word for one in examples for word in one.words]
        values = defaultdict(list)
        for one in examples:
            for span, slot in zip(one.spans, one.slots, strict=True):
                values[slot].append(one.words[span.start : span.end])
        self._values = dict(values)
        self._alike = {word: group for group in map(str.split, _ALIKE.split("|")) for word in group}

    def vary(self, example: Example) -> Varied:
        """Give the example as it is, or with other values and mistakes."""
        if self._dice.random() < _VARIED:
            example = self._led(self._changed(example))
        asked = self._dice.random() < (_ASKED_ANSWER if example.frame.tool in _ANSWERS else _ASKED_OTHER)
        return Varied(example, asked, frozenset(self._marks(example)))

    def _led(self, example: Example) -> Example:
        """Put words around a request that people put around any request."""
        if example.frame.tool in _NOT_LED or len(example.words) > MOST_WORDS - 8:
            return example
        words, spans = example.words, example.spans
        if self._dice.random() < _LEAD_IN:
            lead = tuple(self._dice.choice(_LEAD_INS.split("|")).split())
            words = (*lead, *words)
            spans = tuple(Span(one.start + len(lead), one.end + len(lead), one.argument) for one in spans)
        ends_in_text = bool(spans) and spans[-1].end == len(words) and spans[-1].argument in _LONG
        if not ends_in_text and self._dice.random() < _LEAD_OUT:
            words = (*words, *self._dice.choice(_LEAD_OUTS.split("|")).split())
        return Example(words, example.frame, spans, example.slots, example.tool_only)

    def _marks(self, example: Example) -> list[int]:
        dice = self._dice
        marks = [span.start for span in example.spans if span.argument in _NAMES and dice.random() < _MARKED]
        return marks or ([dice.randrange(len(example.words))] if dice.random() < _MARKED_WRONGLY else [])

    def _changed(self, example: Example) -> Example:
        swapped, noisy = self._dice.random() < _SWAPPED, self._dice.random() < _NOISY
        words: list[str] = []
        spans: list[Span] = []
        end = 0
        for span, slot in zip(example.spans, example.slots, strict=True):
            words += self._misheard(example.words[end : span.start], noisy)
            value: Sequence[str] = example.words[span.start : span.end]
            if span.argument == SPLIT:
                pass
            elif swapped:
                value = self._other_value(span.argument, slot)
            elif noisy:
                value = [self._wrong(word) if self._dice.random() < _WORD_WRONG / 2 else word for word in value]
            spans.append(Span(len(words), len(words) + len(value), span.argument))
            words += value
            end = span.end
        words += self._misheard(example.words[end:], noisy)
        if not words or len(words) > MOST_WORDS:
            return example
        return Example(tuple(words), example.frame, tuple(spans), example.slots, example.tool_only)

    def _misheard(self, words: Sequence[str], noisy: bool) -> list[str]:
        if not noisy:
            return list(words)
        kept = (word for word in words if self._dice.random() >= _WORD_LOST)
        return [self._wrong(word) if self._dice.random() < _WORD_WRONG else word for word in kept]

    def _wrong(self, word: str) -> str:
        dice, chance = self._dice, self._dice.random()
        if word in self._alike and chance < 0.5:
            return dice.choice(self._alike[word])
        if chance < 0.7 or len(word) < 4:
            return dice.choice(self._words)
        place, letter = dice.randrange(len(word)), dice.choice(_LETTERS)
        return word[:place] + dice.choice((letter, "", letter + word[place])) + word[place + 1 :]

    def _other_value(self, argument: str, slot: str) -> Sequence[str]:
        if self._dice.random() < (_OF_THE_KIND / 2 if argument in _DICTATED else _OF_THE_KIND):
            return self._dice.choice(self._values[slot])
        count = self._dice.randint(1, 8) if argument in _LONG else self._dice.choice((1, 1, 2, 3))
        return [self._dice.choice(self._words) if self._dice.random() < 0.8 else self._invented() for _ in range(count)]

    def _invented(self) -> str:
        return "".join(self._dice.choices(_SYLLABLES, k=self._dice.choice((1, 2, 2, 3))))
