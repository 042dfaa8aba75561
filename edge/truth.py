"""Keeps a model's own words from claiming an effect: "done" and its like come from terminal records only."""

from __future__ import annotations

import re

_CLAIMS = re.compile(
    r"\b(?:i(?:'ve| have)?|it(?:'s| is| has been)?|your? \w+ (?:is|was|has been)|task|all|successfully)\s+(?:\w+\s+)?"
    r"(?:done|sent|booked|added|set|scheduled|saved|created|ordered|paid|called|cancelled|canceled|deleted|removed"
    r"|completed|reminded|turned|placed|reserved)\b|^\s*(?:done|sent|booked|completed)\b",
    re.IGNORECASE,
)


def claims_effect(sentence: str) -> bool:
    """Say whether a sentence reads as if something had been done. Errs on the side of yes."""
    return _CLAIMS.search(sentence) is not None
