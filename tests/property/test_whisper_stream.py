"""Whatever a recogniser makes of the sound: what is committed stays, and no more is read than allowed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.asr import Heard, Partial
from models.hallucination import NOTHING, Hypothesis
from models.transcript import TimedWord, join
from models.whisper_stream import Read, StreamOptions, WhisperStream
from tests.recorded_hypotheses import Recorded, recorded

STEP_S = 0.128
VOCABULARY = ["turn", "on", "off", "the", "light", "no", "ten", "two", "kitchen", "please", "stop"]
Engine = Callable[[Read], Hypothesis]


@dataclass
class Run:
    """What happened to one utterance."""

    heard: Heard
    end: float
    spent: float
    partials: list[Partial] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)


def drive(sounds: Sequence[tuple[bool, float]], engine: Engine, options: StreamOptions) -> Run:
    """Let an utterance of speech and silence grow; hold what must hold at every step."""
    stream = WhisperStream(options)
    run = Run(Heard("", 0.0), 0.0, 0.0)
    voiced = [0]
    """Steps with speech up to each time."""

    def take(read: Read) -> None:
        run.reads.append(read)
        if partial := stream.add(read, engine(read)):
            run.partials.append(partial)

    def fresh() -> float:
        return (voiced[-1] - voiced[round(stream.read_to / STEP_S)]) * STEP_S

    for speaking, seconds in sounds:
        for step in range(round(seconds / STEP_S)):
            voiced.append(voiced[-1] + speaking)
            run.end = (len(voiced) - 1) * STEP_S
            if read := stream.next_read(run.end, fresh(), 0.0 if speaking else (step + 1) * STEP_S):
                take(read)
            assert stream.spent_s <= options.reread * run.end + 1e-6
    if read := stream.last_read(run.end, fresh()):
        take(read)
    run.heard, run.spent = stream.heard(), stream.spent_s
    return run


def word(text: str, start: float, end: float) -> TimedWord:
    return TimedWord(text, start, end, 0.9, text)


def said(words: Sequence[TimedWord], read: Read) -> tuple[TimedWord, ...]:
    """Those that are in the window, the one under its left edge included if most of it is there."""
    return tuple(one for one in words if (one.start + one.end) / 2 >= read.start and one.end <= read.end)


def check(run: Run, options: StreamOptions) -> None:
    assert run.spent <= options.reread * run.end + 1e-6
    assert len(run.reads) <= 1 + run.end / options.every_s + (run.end / options.pause_s if options.pause_s else 0)
    committed: list[str] = []
    for partial in run.partials:
        assert partial.committed.split()[: len(committed)] == committed
        committed = partial.committed.split()
    assert run.heard.text.split()[: len(committed)] == committed
    assert 0.0 <= run.heard.confidence <= 1.0
    assert all(read.end - read.start < 28 + 2 * STEP_S for read in run.reads)
    starts = [read.start for read in run.reads]
    assert starts == sorted(starts)
    assert all(len(read.prompt) <= len(options.opening) + 1 + options.prompt_characters for read in run.reads)


SOUNDS = st.lists(st.tuples(st.booleans(), st.floats(0.1, 20.0)), min_size=1, max_size=5)
OPTIONS = st.builds(
    StreamOptions,
    every_s=st.floats(0.5, 4.0),
    reread=st.floats(3.0, 10.0),
    trim_above_s=st.floats(1.0, 20.0),
    pause_s=st.sampled_from([0.0, 0.3, 0.5]),
    prompt_characters=st.integers(0, 200),
    opening=st.sampled_from(["", "Anna, Ben."]),
)


@given(SOUNDS, OPTIONS, st.integers(0, 2**32), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_whatever_the_hypotheses_are(
    sounds: list[tuple[bool, float]], options: StreamOptions, seed: int, noise: float, unbelieved: float
) -> None:
    """Words and times from nothing at all to what was said, changing from reading to reading."""
    chance = random.Random(seed)
    truth = spoken_words(sounds, chance)

    def engine(read: Read) -> Hypothesis:
        words = []
        for one in said(truth, read):
            if chance.random() < noise:
                start = chance.uniform(read.start, read.end)
                words += [word(chance.choice(VOCABULARY), start, chance.uniform(start, read.end))] * chance.choice(
                    [0, 1, 1, 3]
                )
            else:
                words.append(one)
        words.sort(key=lambda one: one.start)
        return Hypothesis(tuple(words), 0.2 if chance.random() < unbelieved else 0.9)

    check(drive(sounds, engine, options), options)


def spoken_words(sounds: Sequence[tuple[bool, float]], chance: random.Random) -> list[TimedWord]:
    """Fill the speech with words."""
    words, now = [], 0.0
    for speaking, seconds in sounds:
        until = now + round(seconds / STEP_S) * STEP_S
        while speaking and now + 0.4 < until:
            words.append(word(chance.choice(VOCABULARY), now, now + 0.3))
            now += 0.4
        now = until
    return words


@given(SOUNDS, OPTIONS, st.integers(0, 2**32))
def test_a_reading_that_errs_only_at_the_edge_gives_every_word_once(
    sounds: list[tuple[bool, float]], options: StreamOptions, seed: int
) -> None:
    """However often sound was cut off: nothing is lost or said twice, and repeated words stay repeated."""
    chance = random.Random(seed)
    sounds = [*sounds, (False, 1.0)]
    truth = spoken_words(sounds, chance)

    def engine(read: Read) -> Hypothesis:
        words = said(truth, read)
        if words and words[-1].end > read.end - 0.3:
            words = (*words[:-1], word("edge", words[-1].start, words[-1].end))
        return Hypothesis(words, 0.9)

    run = drive(sounds, engine, options)
    check(run, options)
    assert run.heard.text.split() == [one.text for one in truth]


@settings(max_examples=20)
@given(st.floats(31.0, 70.0), st.integers(0, 2**32))
def test_words_beyond_whispers_window_are_committed_as_they_are_said(seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    truth = spoken_words([(True, seconds)], chance)
    run = drive([(True, seconds)], lambda read: Hypothesis(said(truth, read), 0.9), StreamOptions())
    assert len(run.partials[-1].committed.split()) > len(truth) - 30 / 0.4
    assert run.reads[-1].end - run.reads[-1].start < 28


@given(st.floats(0.1, 27.0))
def test_silence_is_never_read(seconds: float) -> None:
    """More of it in a row does not come through the gate."""
    run = drive([(False, seconds)], lambda read: pytest.fail("read"), StreamOptions())
    assert run.heard == Heard("", 0.0)


@settings(max_examples=30)
@given(st.integers(1, 400), st.integers(0, 2**32))
def test_sound_that_is_never_understood_is_given_up(steps: int, seed: int) -> None:
    """Without words there is nothing to cut at, yet the window must not outgrow Whisper's."""
    run = drive([(True, steps * STEP_S)], lambda read: NOTHING, StreamOptions())
    check(run, StreamOptions())
    assert run.heard == Heard("", 0.0)
    assert run.partials == []


@pytest.mark.parametrize("name", sorted(recorded()))
@pytest.mark.parametrize("trim_above_s", [2.0, 4.0, 12.0])
def test_recorded_hypotheses_are_settled(name: str, trim_above_s: float) -> None:
    """As pocketsphinx made them, cut to the windows that the policy asks for."""
    options = StreamOptions(every_s=0.5, trim_above_s=trim_above_s)
    recording: Recorded = recorded()[name]
    run = drive(
        [(True, recording.seconds), (False, 0.5)],
        lambda read: Hypothesis(recording.words(read.start, read.end), 0.9),
        options,
    )
    check(run, options)
    assert run.partials
    final = [one.text for one in recording.words(0.0, recording.seconds)]
    assert distance(run.heard.text.split(), final) <= 0.25 * len(final) + 1
    assert recording.seconds < 6 or run.partials[-1].committed


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words to insert, delete and replace."""
    costs = list(range(len(other) + 1))
    for done, left in enumerate(one, 1):
        above, costs = costs, [done]
        for place, right in enumerate(other):
            costs.append(min(above[place] + (left != right), above[place + 1] + 1, costs[-1] + 1))
    return costs[-1]


def test_the_end_of_an_utterance_costs_nothing_after_a_pause() -> None:
    truth = [word(text, place * 0.5, place * 0.5 + 0.4) for place, text in enumerate(["turn", "on", "the", "light"])]
    run = drive([(True, 2.0), (False, 0.6)], lambda read: Hypothesis(said(truth, read), 0.9), StreamOptions())
    assert run.reads[-1].thorough
    assert run.reads[-1].end < run.end
    assert run.heard == Heard("turn on the light", 0.9)


def test_chinese_is_settled_letter_by_letter() -> None:
    def engine(read: Read) -> Hypothesis:
        letters = "打开厨房的灯" if read.end > 1.5 else "打开厨师"
        return Hypothesis(tuple(word(one, place * 0.3, place * 0.3 + 0.3) for place, one in enumerate(letters)), 0.9)

    run = drive([(True, 2.1)], engine, StreamOptions())
    assert run.partials[:2] == [Partial("", "打开厨师"), Partial("打开厨", "房的灯")]
    assert run.heard.text == "打开厨房的灯"


def test_what_was_cut_off_prompts_the_next_reading_as_it_was_written() -> None:
    texts = ["Turn", "on", "the", "light.", "Then,", "in", "the", "kitchen,", "stop."] * 4
    truth = [
        TimedWord(text.lower().strip(".,"), place * 0.5, place * 0.5 + 0.4, 0.9, text)
        for place, text in enumerate(texts)
    ]
    options = StreamOptions(trim_above_s=5.0, opening="Anna.")
    run = drive([(True, 18.0)], lambda read: Hypothesis(said(truth, read), 0.9), options)
    assert run.reads[0].prompt == "Anna."
    last = run.reads[-1]
    before = [one.written for one in truth if one.end <= last.start + 0.1]
    assert last.start > 9
    assert last.prompt == " ".join(["Anna.", *before])
    assert before[-1][-1] == ".", "a sentence's end is the best place to cut"


def test_what_is_not_believed_commits_nothing_and_is_not_told() -> None:
    truth = [
        word(text, place * 0.5, place * 0.5 + 0.4) for place, text in enumerate(["thanks", "for", "watching", "me"])
    ]
    run = drive([(True, 2.2)], lambda read: Hypothesis(said(truth, read), 0.3), StreamOptions())
    assert run.partials == []
    assert run.heard == Heard(join(one.text for one in truth), 0.3)


def test_an_utterance_of_which_a_part_was_lost_is_not_acted_on() -> None:
    truth = [word("stop", 40.5, 41.0)]
    run = drive(
        [(True, 42.0)], lambda read: Hypothesis(said(truth, read), 0.9 if read.start > 15 else 0.1), StreamOptions()
    )
    assert run.heard.text == "stop"
    assert run.heard.confidence < 0.5


def test_a_bound_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="3 times"):
        WhisperStream(StreamOptions(reread=2.0))
