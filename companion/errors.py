"""The one error of the companion that is its own; the others are those of the journal, the link and the settings."""

from __future__ import annotations


class ToolFailed(Exception):
    """A tool did not give a result.

    Codes that say that nothing was done: not_found, ambiguous, bad_arguments, disk_full, tool_failed, no_such_tool,
    unavailable. Codes that leave it open: timed_out, interrupted (the server died under the call), unknown_outcome.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
