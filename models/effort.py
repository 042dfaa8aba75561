"""What an answer cost a language model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """The tokens of one answer, so far."""

    prompt_tokens: int = 0
    """In the prompt."""
    cached_tokens: int = 0
    """Of these, held already when the turn began; the others were evaluated before the first word."""
    chosen_tokens: int = 0
    """By the model, each in a step that waits for the one before it."""
    forced_tokens: int = 0
    """By the grammar, which left no choice: they are evaluated along with a chosen one, in one batch."""
