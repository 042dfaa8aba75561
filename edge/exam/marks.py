"""Marks the answers of an exam."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.exam.questions import Answer, Question
from edge.frame_tools import has_effect
from models.pocket.measure import marks

_FEWEST = 5
"""Rows of a domain; smaller ones are put together."""
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Score:
    """How good answers were."""

    rows: int
    tool_percent: float
    """Rows with the right tool, whatever the confidence."""
    exact_percent: float | None
    """Tool and all arguments as they should be, of the rows whose arguments are known; none for engines that give other
    arguments."""
    argument_f1_percent: float | None
    """None also where there are no arguments."""
    abstained: int
    """Rows with a confidence under the bound, or no answer at all."""
    answered_percent: float | None
    """The right tools among the rows that were answered; none where all abstained."""
    nothing_asked: int
    """Rows where any effect would be a mistake."""
    false_actions: int
    """Of those, the rows for which an effect was called for with at least the least confidence."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A wrong tool."""

    right: str
    given: str
    """Empty for no answer."""
    rows: int


def score(
    questions: Sequence[Question], answers: Sequence[Answer], least_confidence: float, *, with_arguments: bool
) -> Score:
    """Mark the answers. Raises ValueError when there are none."""
    pairs = list(zip(questions, answers, strict=True))
    confidence = [answer.confidence for answer in answers]
    tools = marks([one.right for one in questions], [answer.call for answer in answers], confidence)
    known = [(one.right, answer.call) for one, answer in pairs if one.knows_arguments] if with_arguments else []
    whole = marks([right for right, _ in known], [given for _, given in known], [1.0] * len(known)) if known else None
    has_arguments = any(right.arguments or given.arguments for right, given in known)
    answered = [
        one.right.tool == answer.call.tool
        for one, answer in pairs
        if answer.calls and answer.confidence >= least_confidence
    ]
    idle = [answer for one, answer in pairs if one.asks_nothing]
    return Score(
        rows=len(pairs),
        tool_percent=tools.tool,
        exact_percent=whole.exact if whole else None,
        argument_f1_percent=whole.argument_f1 if whole and has_arguments else None,
        abstained=len(pairs) - len(answered),
        answered_percent=100 * sum(answered) / len(answered) if answered else None,
        nothing_asked=len(idle),
        false_actions=sum(acts(answer, least_confidence) for answer in idle),
    )


def acts(answer: Answer, least_confidence: float) -> bool:
    """Say whether the wearable would do something that it could not take back by keeping silent."""
    return answer.confidence >= least_confidence and any(has_effect(call.tool) for call in answer.calls)


def by_domain(
    questions: Sequence[Question], answers: Sequence[Answer], least_confidence: float, *, with_arguments: bool
) -> Mapping[str, Score]:
    """Mark each domain by itself, the largest first; those of a few rows go together."""
    found = Counter(one.domain for one in questions)
    parts: dict[str, list[tuple[Question, Answer]]] = defaultdict(list)
    for question, answer in zip(questions, answers, strict=True):
        parts[question.domain if found[question.domain] >= _FEWEST else OTHER].append((question, answer))
    order = sorted(parts, key=lambda name: (name == OTHER, -len(parts[name]), name))
    return {
        name: score(
            [one for one, _ in parts[name]],
            [answer for _, answer in parts[name]],
            least_confidence,
            with_arguments=with_arguments,
        )
        for name in order
    }


def confusions(questions: Sequence[Question], answers: Sequence[Answer]) -> list[Confusion]:
    """Count which tool was given for which, the most frequent first."""
    wrong = Counter(
        (one.right.tool, answer.call.tool)
        for one, answer in zip(questions, answers, strict=True)
        if one.right.tool != answer.call.tool
    )
    return [Confusion(right, given, rows) for (right, given), rows in wrong.most_common()]
