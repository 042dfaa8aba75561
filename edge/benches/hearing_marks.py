"""Marks what was heard of recordings: word errors, commands done, refusals and false actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.tools.tool import Risk
from models.pocket.word_errors import word_errors


@dataclass(frozen=True, slots=True)
class Meaning:
    """What understanding makes of words."""

    tools: tuple[str, ...] = ()
    """The tools that would be called; empty for none."""
    risk: Risk = Risk.READS
    """The largest among them."""
    is_sure: bool = True
    """Whether the wearable would not ask first for its own sake."""

    @property
    def has_effect(self) -> bool:
        """Whether something would change, perhaps after a question."""
        return bool(self.tools) and self.risk > Risk.READS

    @property
    def acts_unasked(self) -> bool:
        """Whether something would change without a question: errands that reach others are always read back."""
        return self.has_effect and self.is_sure and self.risk is Risk.REVERSIBLE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one clip."""

    file: str
    source: str
    is_command: bool
    said: str
    """As a recogniser would write it."""
    heard: str
    confidence: float
    """As the recogniser gives it."""
    believed: bool
    wanted: Meaning
    """Of the words said."""
    meant: Meaning
    """Of the words heard; nothing where they are not believed."""


@dataclass(frozen=True, slots=True)
class Score:
    """The marks of some clips."""

    clips: int
    words: int
    word_errors: int
    """Of all that was heard, believed or not."""
    not_caught: int
    """Clips that get "I did not catch that"."""
    commands: int
    """Clips that are commands and whose words give a call."""
    commands_done: int
    """Of these: clips whose heard words give the same tools."""
    commands_wrong: int
    """Of these: clips whose heard words give other tools."""
    others: int
    """Clips that are not commands."""
    false_calls: int
    """Of the others: clips that lead to any call."""
    false_effects: int
    """Of the others: clips that lead to a call that changes something, asked about or not."""
    false_unasked: int
    """Of the others: clips that change something without a question."""
    own_effects: int
    """Of the false effects: those to which the written words lead as well, so that hearing is not to blame."""

    @property
    def word_error_percent(self) -> float:
        """The wrong words for each hundred said."""
        return 100 * self.word_errors / self.words if self.words else 0.0

    @property
    def false_effect_percent(self) -> float:
        """The false effects for each hundred clips that are not commands."""
        return 100 * self.false_effects / self.others if self.others else 0.0


def mark(outcomes: Sequence[Outcome]) -> Score:
    """Count."""
    commands = [one for one in outcomes if one.is_command and one.wanted.tools]
    others = [one for one in outcomes if not one.is_command]
    effects = [one for one in others if one.meant.has_effect]
    return Score(
        clips=len(outcomes),
        words=sum(len(one.said.split()) for one in outcomes),
        word_errors=sum(word_errors(one.said.split(), one.heard.split()) for one in outcomes),
        not_caught=sum(not one.believed for one in outcomes),
        commands=len(commands),
        commands_done=sum(one.meant.tools == one.wanted.tools for one in commands),
        commands_wrong=sum(bool(one.meant.tools) and one.meant.tools != one.wanted.tools for one in commands),
        others=len(others),
        false_calls=sum(bool(one.meant.tools) for one in others),
        false_effects=len(effects),
        false_unasked=sum(one.meant.acts_unasked for one in effects),
        own_effects=sum(one.meant.tools == one.wanted.tools for one in effects),
    )
