"""The companion with its real servers, on the other end of a link: what is asked for happens once, whatever breaks."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icalendar
import psutil
import pytest

from companion.config import CompanionConfig, ServerCommand
from companion.wiring import JOURNAL, serve
from firmware_bridge.consent import digest
from firmware_bridge.errands import State
from firmware_bridge.journal import Journal
from firmware_bridge.messages import Ask
from firmware_bridge.transports.loopback import Loopback
from tests.companion_fakes import WearableSide, ask, name
from tests.paired import pair_companion
from tests.unix_radio import SocketPeripheral

PATIENCE_S = 60
"""Five Python processes start on a machine that may be busy."""
SHOP = Path(__file__).parent.parent / "shop_server.py"
DENTIST: dict[str, Any] = {"title": "Dentist", "start": "2026-11-24T09:00:00+01:00", "all_day": False}


@asynccontextmanager
async def in_process(
    config: CompanionConfig, events: list[dict[str, Any]] | None = None
) -> AsyncIterator[WearableSide]:
    """Run a companion and a wearable joined by a loopback."""
    pair_companion(config.data_dir)
    air = Loopback()
    wearable = WearableSide(air.wearable)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        on_event = (events if events is not None else []).append
        running = [tasks.create_task(serve(config, air.companion, on_event)), tasks.create_task(wearable.run())]
        try:
            yield wearable
        finally:
            for task in running:
                task.cancel()


@dataclass
class Phone:
    """A companion process that can be killed."""

    socket: Path
    data: Path
    servers: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        pair_companion(self.data)
        arguments = [sys.executable, "-m", "tests.companion_process", str(self.socket), str(self.data)]
        self.process = subprocess.Popen([*arguments, str(self.servers)], stderr=subprocess.DEVNULL)

    def stop(self, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
        """Send a signal; give the exit code, and which of its servers live on after 5 s."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        code = self.process.wait(20)
        _, alive = psutil.wait_procs(children, timeout=5)
        self.process = None
        return code, alive


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    shop = {"command": sys.executable, "args": [str(SHOP), str(tmp_path)]}
    servers = tmp_path / "servers.json"
    servers.write_text(json.dumps({"mcpServers": {"shop": shop}}))
    phone = Phone(tmp_path / "radio", tmp_path / "phone", servers)
    yield phone
    if phone.process is not None:
        phone.stop(signal.SIGKILL)


@asynccontextmanager
async def wearable_of(phone: Phone) -> AsyncIterator[WearableSide]:
    """Be the wearable of a companion process, through all its lives."""
    peripheral = SocketPeripheral()
    wearable = WearableSide(peripheral)
    async with asyncio.timeout(2 * PATIENCE_S), peripheral.listening(phone.socket), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(wearable.run())
        try:
            yield wearable
        finally:
            running.cancel()


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that another process does to a file."""
    while not true():  # noqa: ASYNC110  # files have no events
        await asyncio.sleep(0.02)


def waits(data: Path) -> dict[str, int]:
    """Give the errands that wait for a reply."""
    path = data / "waits.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def hidden(data: Path) -> list[str]:
    """Give what a write left behind."""
    return [path.name for path in data.iterdir() if path.name.startswith(".calendar")]


def titles(data: Path) -> list[str]:
    """Give the titles in the calendar."""
    events = icalendar.Calendar.from_ical((data / "calendar.ics").read_bytes()).walk("VEVENT")
    return [str(event["SUMMARY"]) for event in events]


def buying(number: int) -> Ask:
    """Give an errand of unknown effect, with the wearer's yes."""
    return ask(number, "shop.buy", digest("shop.buy", {"what": "tea"}), what="tea")


async def test_errands_of_every_server_end_and_calendar_programs_read_the_file(tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    message = {"to": "Anna", "text": "running late"}
    async with in_process(CompanionConfig(data_dir=tmp_path), events) as wearable:
        await wearable.ask(ask(1, "calendar.add_event", **DENTIST))
        await wearable.ask(ask(2, "reminders.add_reminder", what="milk", due=None))
        await wearable.ask(ask(3, "contacts.find_contact", name="Anna"))
        await wearable.ask(ask(4, "messages.send_message", digest("messages.send_message", message), **message))
        await wearable.ask(ask(5, "messages.send_message", None, **message))
        await wearable.ask(ask(6, "notes.add_to_list", item="bread", list_name="shopping"))
        ends = [await wearable.end(name(number)) for number in range(1, 7)]
    assert [(end.state.value, end.reason) for end in ends] == [
        ("completed", None),
        ("completed", None),
        ("failed", "not_found"),
        ("completed", None),
        ("failed", "no_consent"),
        ("completed", None),
    ]
    assert ends[0].result == DENTIST
    assert wearable.companion is not None
    assert "calendar.add_event" in wearable.companion.tools
    assert titles(tmp_path) == ["Dentist"]
    assert len((tmp_path / "outbox.jsonl").read_text().splitlines()) == 1
    assert events[0] == {"event": "link", "side": "companion", "up": True, "peer": "test"}
    assert [event["state"] for event in events if event.get("id") == name(1)] == ["queued", "working", "completed"]


async def test_a_reply_is_waited_for_and_waiting_can_be_cancelled(tmp_path: Path) -> None:
    async with in_process(CompanionConfig(data_dir=tmp_path)) as wearable:
        for number, sender in enumerate(("Ben", "Anna")):
            await wearable.ask(ask(number, "messages.wait_for_reply", sender=sender))
        await wearable.ask(ask(9, "messages.read_messages", sender=""))
        await wearable.end(name(9))  # the server works, so the waits have begun before this
        await until(lambda: len(waits(tmp_path)) == 2)
        (tmp_path / "inbox.jsonl").write_text('{"sender":"Ben","text":"see you at six","at":"now"}\n')
        assert (await wearable.end(name(0))).result == {"sender": "Ben", "text": "see you at six"}
        await wearable.cancel(name(1))
        cancelled = await wearable.end(name(1))
    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, None)


async def test_a_server_that_is_killed_comes_back_and_takes_nobody_with_it(tmp_path: Path) -> None:
    async with in_process(CompanionConfig(data_dir=tmp_path)) as wearable:
        await wearable.ask(ask(1, "calendar.add_event", **DENTIST))
        await wearable.end(name(1))
        server(tmp_path, "calendar").kill()
        await wearable.ask(ask(2, "notes.take_note", text="x"))
        await wearable.ask(ask(3, "calendar.list_events", day="2026-11-24"))
        assert (await wearable.end(name(2))).state is State.COMPLETED
        assert (await wearable.end(name(3))).state is State.COMPLETED


async def test_a_server_that_cannot_start_or_says_too_much_is_contained(tmp_path: Path) -> None:
    servers = {
        "broken": ServerCommand(sys.executable, ("-c", "raise SystemExit('no')")),
        "absent": ServerCommand("/nowhere/at/all"),
        "shop": ServerCommand(sys.executable, (str(SHOP), str(tmp_path))),
    }
    config = CompanionConfig(data_dir=tmp_path, mcp_servers=servers, read_only_servers=("shop",))
    async with in_process(config) as wearable:
        for number, tool in enumerate(("broken.x", "absent.x", "shop.catalogue", "shop.nothing", "nobody.x", "x")):
            await wearable.ask(ask(number, tool))
        ends = [await wearable.end(name(number)) for number in range(6)]
    assert [end.reason for end in ends] == [
        "unavailable", "unavailable", None, "no_such_tool", "no_such_tool", "no_such_tool",
    ]  # fmt: skip
    assert ends[2].result is not None
    assert ends[2].result["shortened"] is True


async def test_a_foreign_tool_without_a_yes_is_not_called_even_if_it_says_that_it_reads(tmp_path: Path) -> None:
    servers = {"shop": ServerCommand(sys.executable, (str(SHOP), str(tmp_path)))}
    async with in_process(CompanionConfig(data_dir=tmp_path, mcp_servers=servers)) as wearable:
        await wearable.ask(ask(1, "shop.buy", what="tea"))
        await wearable.ask(ask(2, "shop.catalogue"))
        assert [(await wearable.end(name(number))).reason for number in (1, 2)] == ["no_consent", "no_consent"]
    assert not (tmp_path / "bought.txt").exists()


async def test_killed_in_the_middle_nothing_is_lost_and_nothing_runs_twice(phone: Phone, tmp_path: Path) -> None:
    count = 16
    async with wearable_of(phone) as wearable:
        phone.start()
        await wearable.ask(buying(100))
        await wearable.ask(ask(101, "messages.wait_for_reply", sender="Ben"))
        await wearable.wait(name(100), State.WORKING)
        await wearable.wait(name(101), State.WORKING)
        await until((tmp_path / "bought.txt").exists)
        for number in range(count):
            await wearable.ask(ask(number, "calendar.add_event", **{**DENTIST, "title": f"event {number}"}))
            if number % 8 == 7:  # two lives end among their writes
                await wearable.wait(name(number - 6), State.COMPLETED)
                assert phone.stop(signal.SIGKILL)[1] == []  # its servers went with it, by the end of their input
                phone.start()
        ends = [await wearable.end(name(number)) for number in range(count)]
        bought = await wearable.end(name(100))
        await until(lambda: len(waits(phone.data)) == 1)  # a reply before the wait began does not count
        (phone.data / "inbox.jsonl").write_text('{"sender":"Ben","text":"yes"}\n')
        replied = await wearable.end(name(101))
    assert [end.state for end in ends] == [State.COMPLETED] * count
    assert sorted(titles(phone.data)) == sorted(f"event {number}" for number in range(count))
    assert (bought.state, bought.reason) == (State.FAILED, "unknown_outcome")
    assert (tmp_path / "bought.txt").read_text() == "tea\n"
    assert replied.result == {"sender": "Ben", "text": "yes"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_everything_and_the_journal_keeps_what_ran(phone: Phone, number: signal.Signals) -> None:
    async with wearable_of(phone) as wearable:
        phone.start()
        await wearable.ask(buying(1))
        await wearable.wait(name(1), State.WORKING)
        code, alive = phone.stop(number)
    assert (code, alive) == (0, [])
    journal = Journal(phone.data / JOURNAL)
    assert [errand.attempts for errand in journal.open()] == [1]
    journal.close()


async def test_without_room_for_the_file_the_errand_fails_and_the_file_is_whole(tmp_path: Path) -> None:
    async with in_process(CompanionConfig(data_dir=tmp_path)) as wearable:
        await wearable.ask(ask(1, "calendar.add_event", **DENTIST))
        await wearable.end(name(1))
        before = (tmp_path / "calendar.ics").read_bytes()
        server(tmp_path, "calendar").rlimit(resource.RLIMIT_FSIZE, (len(before), len(before)))
        await wearable.ask(ask(2, "calendar.add_event", **DENTIST))
        assert (await wearable.end(name(2))).reason == "disk_full"
    assert (tmp_path / "calendar.ics").read_bytes() == before
    assert hidden(tmp_path) == []


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a file system of 256 KiB, where we may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "earrand-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a tmpfs is not permitted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write until nothing more fits."""
    with file.open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(1024)):
            continue


async def test_on_a_disk_that_is_full_errands_fail_and_with_room_again_they_end(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with in_process(CompanionConfig(data_dir=disk)) as wearable:
            await wearable.ask(ask(1, "calendar.add_event", **DENTIST))
            assert (await wearable.end(name(1))).state is State.COMPLETED
            fill(disk / "ballast")
            failed = {}
            for number in range(2, 12):  # the first may still fit into what the journal has already
                await wearable.ask(ask(number, "calendar.add_event", **DENTIST))
                failed[number] = await wearable.end(name(number))
            assert {end.reason for end in failed.values() if end.state is State.FAILED} == {"disk_full"}
            (disk / "ballast").unlink()
            await wearable.ask(ask(20, "calendar.add_event", **DENTIST))
            assert (await wearable.end(name(20))).state is State.COMPLETED
        done = 2 + sum(end.state is State.COMPLETED for end in failed.values())
        assert len(titles(disk)) == done


def server(folder: Path, which: str) -> psutil.Process:
    """Give the process of a built-in server of this test."""
    for process in psutil.Process().children():
        command = process.cmdline()
        if f"companion.servers.{which}" in command and str(folder) in command:
            return process
    raise AssertionError(f"no server {which}")
