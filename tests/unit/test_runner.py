"""One errand at a time through the runner, with tools that end when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.runner import MOST_OPEN, Runner
from firmware_bridge.consent import digest
from firmware_bridge.errands import State
from firmware_bridge.journal import Journal
from firmware_bridge.messages import Cancel, Update
from tests.companion_fakes import FakeHost, ask, name, running, settle


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "errands.sqlite")
    yield journal
    journal.close()


async def test_an_errand_is_recorded_as_begun_before_its_tool_runs(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, "fake.add", title="x"))
        record = journal.get(name(1))
        assert record is not None
        assert (record.state, record.attempts, it.host.started[name(1)]) == (State.WORKING, 1, 1)
        it.host.finish(name(1))
        await settle()
        assert it.last(name(1)).state is State.COMPLETED
        assert it.last(name(1)).result == {"tool": "fake.add"}
        assert [event["state"] for event in it.events] == ["queued", "working", "completed"]
        assert it.events[0] == {
            "event": "errand", "id": name(1), "state": "queued", "side": "companion", "tool": "fake.add", "at": 1.0,
        }  # fmt: skip


async def test_the_same_ask_again_tells_the_state_and_runs_nothing(journal: Journal) -> None:
    async with running(journal) as it:
        for _ in range(3):
            await it.tell(ask(1, "fake.buy"))
        assert it.last(name(1)).state is State.WORKING
        it.host.finish(name(1))
        for _ in range(3):
            await it.tell(ask(1, "fake.buy"))
        assert it.last(name(1)).state is State.COMPLETED
        assert it.host.started[name(1)] == 1


@pytest.mark.parametrize("consent", [None, "0" * 64, digest("fake.send", {"to": "anna", "text": "yes"})])
async def test_without_the_right_yes_nothing_is_sent(journal: Journal, consent: str | None) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, "fake.send", consent, to="anna", text="no"))
        assert (it.last(name(1)).state, it.last(name(1)).reason) == (State.FAILED, "no_consent")
        assert not it.host.started


async def test_with_the_right_yes_exactly_that_is_sent(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, "fake.send", digest("fake.send", {"to": "anna"}), to="anna"))
        assert it.host.arguments[name(1)] == {"to": "anna"}


@pytest.mark.parametrize(
    ("tool", "runs", "state", "reason"),
    [
        ("fake.read", 2, State.COMPLETED, None),
        ("fake.add", 2, State.COMPLETED, None),
        ("fake.buy", 1, State.FAILED, "unknown_outcome"),
    ],
)
async def test_after_a_crash_in_a_call_only_harmless_tools_run_again(
    journal: Journal, tool: str, runs: int, state: State, reason: str | None
) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, tool))
    async with running(journal, it.host) as it:
        it.host.finish(name(1))
        await it.tell(ask(1, tool))
        assert (it.last(name(1)).state, it.last(name(1)).reason) == (state, reason)
        assert it.host.started[name(1)] == runs


async def test_a_server_that_dies_under_a_call_is_called_again_only_for_harmless_tools(journal: Journal) -> None:
    async with running(journal) as it:
        for number, tool in enumerate(("fake.read", "fake.add", "fake.buy")):
            await it.tell(ask(number, tool))
            it.host.finish(name(number), "interrupted")
            await settle()
        assert [it.host.started[name(number)] for number in range(3)] == [2, 2, 1]
        assert it.last(name(2)).reason == "unknown_outcome"


async def test_a_tool_that_always_kills_its_server_is_given_up(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, "fake.add"))
        while it.host.running(name(1)):
            it.host.finish(name(1), "interrupted")
            await settle()
        assert it.last(name(1)).reason == "unknown_outcome"


@pytest.mark.parametrize(("tool", "reason"), [("fake.read", None), ("fake.add", "unknown_outcome")])
async def test_cancel_ends_a_running_call_and_is_confirmed(journal: Journal, tool: str, reason: str | None) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, tool))
        await it.tell(Cancel(name(1)))
        assert (it.last(name(1)).state, it.last(name(1)).reason) == (State.CANCELLED, reason)
        assert not it.host.running(name(1))
        await it.tell(ask(1, tool))
        assert it.last(name(1)).state is State.CANCELLED


async def test_cancel_after_the_end_tells_the_end(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1))
        it.host.finish(name(1))
        await it.tell(Cancel(name(1)))
        assert it.last(name(1)).state is State.COMPLETED


async def test_an_ask_that_comes_after_its_cancel_is_not_run(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(Cancel(name(1)))
        await it.tell(ask(1, "fake.buy"))
        assert it.last(name(1)).state is State.CANCELLED
        assert not it.host.started


async def test_waiting_for_replies_does_not_hold_up_other_errands(journal: Journal) -> None:
    async with running(journal) as it:
        for number in range(10):
            await it.tell(ask(number, "fake.wait"))
        await it.tell(ask(100, "fake.read"))
        assert it.host.running(name(100))


async def test_calls_are_bounded_and_so_are_open_errands(journal: Journal) -> None:
    async with running(journal) as it:
        for number in range(MOST_OPEN + 1):
            await it.tell(ask(number))
        assert sum(it.host.started.values()) == 4
        assert it.last(name(10)).state is State.QUEUED
        assert it.last(name(MOST_OPEN)).reason == "unavailable"


async def test_a_journal_without_room_runs_nothing_and_says_so(journal: Journal) -> None:
    (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
    journal._database.execute(f"PRAGMA max_page_count = {pages}")
    async with running(journal) as it:
        await it.tell(ask(1, "fake.add", text="x" * 100_000))
        assert (it.last(name(1)).state, it.last(name(1)).reason) == (State.FAILED, "disk_full")
        assert not it.host.started


async def test_arguments_that_cannot_be_kept_are_refused(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1, "fake.add", what=object()))
        assert it.last(name(1)).reason == "bad_arguments"


async def test_after_a_lost_journal_old_errands_of_unknown_effect_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "j").write_bytes(b"garbage" * 1000)
    journal = Journal(tmp_path / "j")
    async with running(journal) as it:
        await it.tell(ask(1, "fake.buy"))
        await it.tell(ask(2, "fake.add"))
        assert it.last(name(1)).reason == "unknown_outcome"
        assert it.host.started == {name(2): 1}
    journal.close()


async def test_a_reconnected_wearable_hears_where_open_errands_stand(journal: Journal) -> None:
    async with running(journal) as it:
        await it.tell(ask(1))
        it.updates.clear()
        it.runner.reconnected()
        await settle()
        assert [(update.id, update.state) for update in it.updates] == [(name(1), State.WORKING)]


async def test_a_stuck_link_holds_up_no_errand(journal: Journal) -> None:
    host = FakeHost()
    runner = Runner(journal, host)

    async def stuck(update: Update) -> None:
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(runner.run(stuck))
        for number in range(3):
            await runner.take(ask(number))
            await settle()
            host.finish(name(number))
        await settle()
        task.cancel()
    assert [errand.state for errand in journal.all()] == [State.COMPLETED] * 3
