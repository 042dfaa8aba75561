"""Understands everyday commands by sentence templates, without a model and within milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hassil.recognize import RecognizeResult, recognize_all

from edge.chinese_plausible import ChinesePlausible
from edge.chinese_wording import ChineseWording
from edge.language import known_language
from edge.plausible import Plausible
from edge.slots import Caught, arguments_of
from edge.templates import load_templates, read_yaml
from edge.wording import Wording
from models.llm import ToolCall

MAX_WORDS = 60
"""A longer utterance is no command; templates with two free texts take time that grows with the square."""
MAX_LETTERS = 600
_REMEMBERED = 16
"""Texts whose match is kept: words are matched while they are spoken, and at the end once more."""
_WARMING = {"en": "what time is it", "zh-CN": "现在几点了"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand an utterance."""

    call: ToolCall
    free_words: int
    """How many words are free text; in Chinese, characters."""
    free_texts: int
    """How many free texts there are."""
    literal_letters: int
    """How many letters of the templates' own words matched."""


def choose(candidates: Iterable[Candidate]) -> ToolCall | None:
    """Choose the reading that explains the most words.

    Every candidate covers the whole utterance, so fewer free words mean more words that a template knows: the time
    at the end wins over the free text before it, a known person over an unknown one. Then fewer free texts, then
    more literal letters; the last key only makes the order of the templates not matter.
    """

    def rank(one: Candidate) -> tuple[int, int, int, str]:
        described = f"{one.call.tool} {sorted(one.call.arguments.items())}"
        return one.free_words, one.free_texts, -one.literal_letters, described

    best = min(candidates, key=rank, default=None)
    return None if best is None else best.call


class FastPath:
    """Matches utterances against the templates of one language.

    `people` and `lists` are the names from the configuration. Other names are only taken where words of the template
    fence them in ("send a message to ... saying ..."), as messages.yaml explains.
    """

    def __init__(self, language: str, people: Sequence[str], lists: Sequence[str]) -> None:
        """Load the templates, which takes some tenths of a second. Raises UnknownLanguage, a ValueError."""
        self._language = known_language(language)
        polite, words = read_yaml(language, "polite"), read_yaml(language, "plausible")
        elsewhere = words.pop("elsewhere")
        self._wording: Wording | ChineseWording
        self._plausible: Plausible | ChinesePlausible
        if self._language == "zh-CN":
            self._wording, self._plausible = ChineseWording.of(polite), ChinesePlausible.of(words, elsewhere)
        else:
            self._wording, self._plausible = Wording.of(polite), Plausible.of(words, elsewhere)
        self._intents = load_templates(language, self._wording, people, lists)
        self._match_once = lru_cache(_REMEMBERED)(self._match)
        self.match(_WARMING[self._language])  # hassil parses templates on their first use: not while somebody waits

    def match(self, text: str, *, expects_answer: bool = False) -> ToolCall | None:
        """Give the call that was asked for, or None. Never raises.

        `expects_answer` is for an open question: then "okay" is a yes and "wait" a no, which elsewhere mean nothing.
        """
        return self._match_once(text, expects_answer)

    def _match(self, text: str, expects_answer: bool) -> ToolCall | None:
        if len(text) > MAX_LETTERS:
            return None
        plain = self._wording.plain(text)
        if len(plain.split()) > MAX_WORDS:
            return None
        for reading in self._wording.readings(plain):
            call = choose(self._candidates(reading, expects_answer))
            if call is not None:
                return call
        return None

    def _candidates(self, text: str, expects_answer: bool) -> Iterable[Candidate]:
        context = {"expects_answer": expects_answer}
        for result in recognize_all(text, self._intents, intent_context=context, language=self._language):
            candidate = self._candidate(result)
            if candidate is not None:
                yield candidate

    def _candidate(self, result: RecognizeResult) -> Candidate | None:
        tool = result.intent.name
        free = [(entity.name, entity.text) for entity in result.entities_list if entity.is_wildcard]
        written = self._wording.written
        if not all(slot == "phone" or self._plausible.accepts(tool, slot, written(text)) for slot, text in free):
            return None
        caught = [
            Caught(entity.name, written(entity.value) if entity.is_wildcard else entity.value, entity.is_wildcard)
            for entity in result.entities_list
        ]
        arguments = arguments_of(tool, caught)
        if arguments is None:
            return None
        words = sum(len(text.split()) for _, text in free)
        return Candidate(ToolCall(tool, arguments), words, len(free), result.text_chunks_matched)
