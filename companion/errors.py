"""The error tree of the companion."""

from __future__ import annotations


class CompanionError(Exception):
    """The companion cannot do it.

    CompanionError
    +-- ConfigError       the settings are wrong
    +-- ToolFailed        a tool did not give a result; `code` says why
    """


class ConfigError(CompanionError):
    """The settings are wrong; the message names what and where."""


class ToolFailed(CompanionError):
    """A tool did not give a result.

    Codes that say that nothing was done: not_found, ambiguous, bad_arguments, disk_full, tool_failed, no_such_tool,
    unavailable. Codes that leave it open: timed_out, interrupted (the server died under the call), unknown_outcome.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
