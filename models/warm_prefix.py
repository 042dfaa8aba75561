"""Brings a session to the tokens that every prompt begins with: from memory, from disk, or by evaluating them once."""

from __future__ import annotations

from collections.abc import Sequence

from models.llama_session import LlamaSession
from models.prefix_cache import PrefixCache


class WarmPrefix:
    """One session and where its states are kept."""

    def __init__(self, session: LlamaSession, cache: PrefixCache | None) -> None:
        """Without a cache nothing survives the process."""
        self._session = session
        self._cache = cache

    def recall(self, prefix: Sequence[int]) -> bool:
        """Hold the prefix if that takes no evaluating; say whether it is held."""
        if self._session.held_of(prefix) == len(prefix):
            return True
        state = self._cache.load(prefix) if self._cache else None
        return state is not None and self._session.restore(prefix, state)

    def make(self, prefix: Sequence[int]) -> bool:
        """Hold the prefix, at least one token, and keep it for the next start; False when interrupted.

        Raises EngineFailed when llama.cpp does.
        """
        if self.recall(prefix):
            return True
        if not self._session.evaluate(prefix):
            return False
        if self._cache:
            # Now the session holds the prefix and nothing that anybody said after it.
            self._cache.save(prefix, self._session.state())
        return True
