"""What may be run again, and what a failure is called."""

from __future__ import annotations

import importlib

import pytest

from companion.effects import BUILTIN, MAX_ATTEMPTS, Effect, ToolFacts, foreign, may_run_again, reason_of

READS = ToolFacts(Effect.READS, needs_consent=False)
BY_ID = ToolFacts(Effect.BY_ID, needs_consent=False)
UNKNOWN = foreign(read_only=False, believed=False)


def test_only_sending_reaches_other_people_among_our_tools() -> None:
    assert {tool for tool, facts in BUILTIN.items() if facts.needs_consent} == {"messages.send_message"}
    assert BUILTIN["messages.wait_for_reply"].timeout_s == 3600


@pytest.mark.parametrize(("read_only", "believed"), [(True, False), (False, True), (False, False)])
def test_a_foreign_tool_is_the_worst_unless_it_reads_and_is_believed(read_only: bool, believed: bool) -> None:
    facts = foreign(read_only, believed)
    assert facts.needs_consent
    assert facts.effect is Effect.UNKNOWN
    assert foreign(True, True).effect is Effect.READS


def test_nothing_of_unknown_effect_runs_again_and_nothing_runs_for_ever() -> None:
    assert not may_run_again(UNKNOWN, 1)
    for facts in (READS, BY_ID):
        assert may_run_again(facts, 1)
        assert not may_run_again(facts, MAX_ATTEMPTS)


@pytest.mark.parametrize(
    ("code", "facts", "doubt", "reason"),
    [
        ("timed_out", READS, False, "timed_out"),
        ("timed_out", BY_ID, False, "unknown_outcome"),
        ("timed_out", UNKNOWN, False, "unknown_outcome"),
        ("interrupted", READS, True, "tool_failed"),
        ("interrupted", BY_ID, False, "unknown_outcome"),
        ("unavailable", UNKNOWN, False, "unavailable"),
        ("unavailable", BY_ID, True, "unknown_outcome"),
        ("unavailable", READS, True, "unavailable"),
        ("not_found", BY_ID, True, "not_found"),
        ("unknown_outcome", READS, False, "tool_failed"),
        ("no_consent", UNKNOWN, False, "no_consent"),
    ],
)
def test_a_failure_never_claims_more_than_is_known(code: str, facts: ToolFacts, doubt: bool, reason: str) -> None:
    assert reason_of(code, facts, doubt=doubt) == reason


def test_every_builtin_tool_belongs_to_a_server_that_can_be_imported() -> None:
    for server in {tool.split(".")[0] for tool in BUILTIN}:
        assert importlib.import_module(f"companion.servers.{server}").build
