"""The corpus for the recogniser: what it says is what the fast path understands, in words that can be pronounced."""

from __future__ import annotations

import inspect
from collections import Counter, defaultdict
from pathlib import Path

import pocketsphinx  # type: ignore[import-untyped]  # it ships no types
import pytest

from edge.corpus import Corpus, Labelled, corpus, labelled
from edge.fast_path import FastPath
from edge.templates import GROUPS, read_yaml
from edge.tools.about import AboutTools
from edge.tools.clock import ClockTools
from edge.tools.not_yet import NotYetTools
from edge.tools.pairing import PairingTools
from edge.tools.phone import PhoneTools
from edge.tools.quiet import QuietTools
from edge.tools.sound import SoundTools
from edge.tools.sums import SumTools
from edge.tools.tool import collect
from models.llm import ToolCall

PEOPLE = ("anna", "ben", "clara", "mum")
LISTS = ("shopping", "to do", "packing")
TOOLS = (ClockTools, SoundTools, AboutTools, PairingTools, PhoneTools, SumTools, QuietTools, NotYetTools)
ROUND_TRIPS = 5000


@pytest.fixture(scope="module")
def written() -> Corpus:
    return corpus("en", PEOPLE, LISTS, 3000, seed=1)


@pytest.fixture(scope="module")
def round_trips() -> list[tuple[Labelled, ToolCall | None]]:
    fast_path = FastPath("en", PEOPLE, LISTS)
    sampled = labelled("en", PEOPLE, LISTS, ROUND_TRIPS, seed=5)
    return [(one, fast_path.match(one.text, expects_answer=True)) for one in sampled]


@pytest.fixture(scope="module")
def signatures() -> dict[str, set[str]]:
    tools = collect(*(object.__new__(group) for group in TOOLS))
    return {name: set(inspect.signature(tool.run).parameters) for name, tool in tools.items()}


def test_sampled_sentences_parse_to_the_tool_they_came_from(
    round_trips: list[tuple[Labelled, ToolCall | None]],
) -> None:
    wrong = [(one, call) for one, call in round_trips if call is None or call.tool != one.tool]
    assert len(wrong) <= 0.005 * len(round_trips), wrong


def test_the_templates_reach_every_argument_of_every_tool_and_no_other(
    round_trips: list[tuple[Labelled, ToolCall | None]], signatures: dict[str, set[str]]
) -> None:
    reached: dict[str, set[str]] = defaultdict(set)
    for _, call in round_trips:
        if call is not None:
            reached[call.tool] |= call.arguments.keys()
    assert reached == signatures


def test_every_tool_has_at_least_three_templates(signatures: dict[str, set[str]]) -> None:
    count: Counter[str] = Counter()
    for group in GROUPS:
        for tool, intent in read_yaml("en", group).get("intents", {}).items():
            count[tool] += sum(len(data["sentences"]) for data in intent["data"])
    assert count.keys() == signatures.keys()
    assert min(count.values()) >= 3


def test_the_same_seed_gives_the_same_corpus(written: Corpus) -> None:
    assert corpus("en", PEOPLE, LISTS, 3000, seed=1) == written
    assert corpus("en", PEOPLE, LISTS, 100, seed=2).sentences != written.sentences[:100]


def test_sentences_are_plain_words_of_the_vocabulary(written: Corpus) -> None:
    assert len(written.sentences) == 3000
    spoken = {word for sentence in written.sentences for word in sentence.split()}
    assert spoken <= set(written.vocabulary)
    assert all(word.replace("'", "").isalpha() and word == word.lower() for word in written.vocabulary)
    assert list(written.vocabulary) == sorted(set(written.vocabulary))


def test_frequent_commands_come_often(written: Corpus) -> None:
    sampled = Counter(one.tool for one in labelled("en", PEOPLE, LISTS, 3000, seed=1))
    assert sampled["add_reminder"] > 2 * sampled["add_contact"] > 0
    assert len(set(written.sentences)) > 2000


def test_every_word_but_names_can_be_pronounced(written: Corpus) -> None:
    dictionary = Path(str(pocketsphinx.get_model_path("en-us"))) / "cmudict-en-us.dict"
    lines = dictionary.read_text("utf-8").splitlines()
    known = {line.split(maxsplit=1)[0].partition("(")[0] for line in lines if line}
    names = {f"{name}{suffix}" for name in PEOPLE for suffix in ("", "'s")}
    assert set(written.vocabulary) - names <= known
    assert len(written.vocabulary) >= 1500
