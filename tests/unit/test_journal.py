"""The journal: durable, strict about the table, safe with damaged files, full disks and second processes."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_bridge.errands import Errand, IllegalTransition, State
from firmware_bridge.journal import Journal, JournalError, JournalFull, JournalLocked

ERRAND = Errand("a" * 32, "calendar.add_event", {"title": "Zahnarzt", "all_day": False}, 1000.5, consent="c")


def test_what_was_put_is_there_after_opening_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "errands.sqlite")
    ended = replace(ERRAND.step(State.WORKING), attempts=1).step(State.COMPLETED, result={"ok": [1, None, "é"]})
    for record in (ERRAND, ended):
        journal.put(record)
    journal.close()

    journal = Journal(tmp_path / "deep" / "errands.sqlite")
    assert journal.get(ERRAND.id) == ended
    assert journal.lost_before is None
    journal.close()


def test_commits_reach_the_disk_before_put_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    database = journal._database
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


def test_an_illegal_step_changes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    done = ERRAND.step(State.COMPLETED, result={})
    journal.put(ERRAND)
    journal.put(done)
    for wrong in (
        replace(done, state=State.WORKING),
        replace(done, state=State.CANCELLED),
        replace(done, result={"other": 1}),
        replace(done, reason="because"),
        replace(done, attempts=3),
        replace(done, arguments={}),
        replace(done, tool="calendar.remove_event"),
    ):
        with pytest.raises(IllegalTransition):
            journal.put(wrong)
        assert journal.get(ERRAND.id) == done
    with pytest.raises(IllegalTransition):
        journal.put(replace(ERRAND, id="b" * 32, state=State.INPUT_REQUIRED))
    assert journal.get("b" * 32) is None
    journal.close()


def test_an_end_can_be_announced_once_and_for_good(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    failed = ERRAND.step(State.FAILED, reason="not_found")
    journal.put(failed)
    assert journal.unannounced() == [failed]
    journal.put(replace(failed, announced=True))
    assert journal.unannounced() == []
    with pytest.raises(IllegalTransition):
        journal.put(failed)
    journal.close()


def test_an_open_errand_may_change_its_reason_and_be_written_twice(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.put(ERRAND)
    journal.put(ERRAND)
    journal.put(replace(ERRAND, reason="cancel_wanted"))
    assert [errand.reason for errand in journal.open()] == ["cancel_wanted"]
    journal.close()


def test_lists_are_in_the_order_of_asking(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    ids = [f"{number:032x}" for number in (3, 1, 2)]
    for id in ids:
        journal.put(replace(ERRAND, id=id))
    journal.put(replace(ERRAND, id=ids[1]).step(State.CANCELLED))
    assert [errand.id for errand in journal.open()] == [ids[0], ids[2]]
    assert [errand.id for errand in journal.unannounced()] == [ids[1]]
    assert [errand.id for errand in journal.all(2)] == [ids[2], ids[1]]
    journal.close()


@pytest.mark.parametrize("damage", ["garbage", "page", "row"])
def test_a_damaged_file_is_set_aside_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    path = tmp_path / "errands.sqlite"
    journal = Journal(path)
    for number in range(50):
        journal.put(replace(ERRAND, id=f"{number:032x}"))
    journal.close()
    if damage == "garbage":
        path.write_bytes(b"not a database, not at all" * 50)
    elif damage == "page":
        data = bytearray(path.read_bytes())
        data[4096:8192] = b"\xff" * 4096
        path.write_bytes(data)
    else:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE errand SET arguments = '[oops' WHERE number = 7")
        database.close()

    with caplog.at_level(logging.ERROR):
        journal = Journal(path)
    assert journal.all() == []
    assert journal.lost_before is not None
    assert (tmp_path / "errands.sqlite.corrupt-1").exists()
    assert "errands.sqlite.corrupt-1" in caplog.text
    journal.put(ERRAND)
    journal.close()


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Journal(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalError, match="newer Earrand"):
        Journal(path)
    assert [file.name for file in tmp_path.iterdir() if "corrupt" in file.name] == []


def test_a_full_disk_is_said_and_leaves_the_journal_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.put(ERRAND)
    (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
    journal._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalFull):
        journal.put(replace(ERRAND, id="b" * 32, arguments={"text": "x" * 100_000}))
    assert journal.get("b" * 32) is None
    assert journal.open() == [ERRAND]
    journal.put(ERRAND.step(State.WORKING))
    journal.close()


def test_a_second_process_is_told_so_and_may_come_after_the_first_has_died(tmp_path: Path) -> None:
    path = tmp_path / "j"
    hold = "import sys, pathlib; from firmware_bridge.journal import Journal; j = Journal(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", f"{hold}; print('open', flush=True); sys.stdin.read()", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(JournalLocked, match="another process"):
            Journal(path)
        other.kill()
    Journal(path).close()
