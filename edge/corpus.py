"""Writes the sentences and words that the recogniser's language model is built from, out of the same templates."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hassil.expression import Expression, Group, Sentence, TextChunk
from hassil.intents import Intents, TextSlotList

from edge.completeness import shares_of_endings
from edge.sampler import Phrases, Speaker
from edge.templates import folder, load_templates, read_yaml
from edge.wording import Wording

_POLITE_BEFORE = 0.15
_POLITE_AFTER = 0.08


@dataclass(frozen=True, slots=True)
class Corpus:
    """What may be heard, and how often."""

    sentences: tuple[str, ...]
    """Lower case, frequent commands several times."""
    vocabulary: tuple[str, ...]
    """Every word that may be heard, in alphabetical order: those of the sentences and everyday words besides."""
    endings: dict[str, float]
    """How often sentences end after these words: see `edge.completeness`."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and the tool whose template it was sampled from."""

    tool: str
    text: str


def corpus(language: str, people: Sequence[str], lists: Sequence[str], size: int, seed: int) -> Corpus:
    """Give `size` sentences and the vocabulary; the same for the same arguments.

    Half a second for 5,000, so nothing is cached.
    """
    source = _Source.load(language, people, lists)
    sentences = tuple(one.text for one in _sample(source, size, seed))
    words = {word for text in (*source.everything(), *sentences) for word in text.split()}
    return Corpus(sentences, tuple(sorted(words | _everyday(language))), shares_of_endings(sentences))


def labelled(language: str, people: Sequence[str], lists: Sequence[str], size: int, seed: int) -> tuple[Labelled, ...]:
    """Give the corpus's sentences with their tools, for tests and for training data."""
    return tuple(_sample(_Source.load(language, people, lists), size, seed))


def _everyday(language: str) -> set[str]:
    lines = (folder(language) / "words.txt").read_text("utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def _sample(source: _Source, size: int, seed: int) -> Iterator[Labelled]:
    dice = random.Random(seed)
    speaker = Speaker(source.rules, source.phrases, dice)
    tools = list(source.templates)
    weights = [source.weights.get(tool, 1.0) for tool in tools]
    for tool in dice.choices(tools, weights, k=size):
        text = ""
        while not text:
            text = speaker.say(dice.choice(source.templates[tool]))
        if dice.random() < _POLITE_BEFORE and _takes_a_please(tool, text):
            text = f"{dice.choice(source.before)} {text}"
        if dice.random() < _POLITE_AFTER:
            text = f"{text} {dice.choice(source.after)}"
        yield Labelled(tool, text)


def _takes_a_please(tool: str, text: str) -> bool:
    return tool not in ("confirm", "deny", "thanks") and text.split()[0] not in ("i", "can", "could", "do")


@dataclass(frozen=True, slots=True)
class _Source:
    """A language's templates and all that can fill them."""

    templates: Mapping[str, Sequence[Sentence]]
    """By tool; the templates for an open question are among them."""
    rules: Mapping[str, Sentence]
    phrases: Mapping[str, Phrases]
    weights: Mapping[str, float]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def load(cls, language: str, people: Sequence[str], lists: Sequence[str]) -> _Source:
        polite, values = read_yaml(language, "polite"), read_yaml(language, "values")
        weights = values.pop("weights")
        intents = load_templates(language, Wording.of(polite), people, lists)
        values["some_name"] = [*values["some_name"], *_spoken(intents, "person")]
        values["some_owner"] = [f"{name}'s" for name in values["some_name"]]
        values["phone"] = ["zero one seven four double five nine", "five five five two three six one", "one one two"]
        listed = {name: _spoken(intents, name) for name in intents.slot_lists if name not in values}
        return cls(
            {name: [s for data in intent.data for s in data.sentences] for name, intent in intents.intents.items()},
            intents.expansion_rules,
            {name: Phrases.of(name, texts) for name, texts in {**listed, **values}.items()},
            weights,
            tuple(polite["common_before"]),
            tuple(polite["common_after"]),
        )

    def everything(self) -> Iterator[str]:
        """Give every literal text of templates and lists, for the vocabulary."""
        yield from (*self.before, *self.after)
        for phrases in self.phrases.values():
            yield from phrases.texts
        sentences = [s for found in self.templates.values() for s in found] + list(self.rules.values())
        for sentence in sentences:
            yield from _literals(sentence.expression)


def _spoken(intents: Intents, name: str) -> list[str]:
    """Give the phrases of a list as they are said: none with digits, which a recogniser does not hear."""
    slot_list = intents.slot_lists[name]
    if not isinstance(slot_list, TextSlotList):
        return []
    texts = [value.text_in.text.strip() for value in slot_list.values if isinstance(value.text_in, TextChunk)]
    return [text for text in texts if not any(letter.isdigit() for letter in text)]


def _literals(expression: Expression) -> Iterator[str]:
    if isinstance(expression, TextChunk):
        yield expression.text
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _literals(item)
