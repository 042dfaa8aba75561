"""The product as its user runs it: real processes and engines, a virtual radio; no sound card, no Bluetooth."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import icalendar
import numpy as np
import psutil
import pytest

from audio.files import read_sound, write_wav
from audio.frames import SAMPLE_RATE
from models.silero_vad import SileroVad

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data"


@dataclass
class Run:
    """A demo that runs or ran."""

    process: asyncio.subprocess.Process
    folder: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    async def follow(self, **fields: object) -> dict[str, Any]:
        """Read on to the next event with these fields."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            event: dict[str, Any] = json.loads(line)
            self.events.append(event)
            if all(event.get(key) == value for key, value in fields.items()):
                return event
        raise AssertionError(f"no event with {fields} in {self.events}")

    async def end(self) -> int:
        """Read to the end and give the exit status."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.events.append(json.loads(line))
        return await self.process.wait()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    @property
    def results(self) -> Path:
        [folder] = self.folder.glob("demo-*")
        return folder


@asynccontextmanager
async def demo(folder: Path, *arguments: str | Path) -> AsyncIterator[Run]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "edge", "demo", "--json", "--fast", *map(str, arguments)),
        cwd=folder,
        env=dict(os.environ, PYTHONPATH=str(ROOT), XDG_CACHE_HOME=str(folder.parent / "cache")),
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
        # A shell starts its background jobs deaf to Ctrl-C, and their children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        async with asyncio.timeout(200):
            yield Run(process, folder)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def test_the_scripted_conversation_ends_with_every_errand_completed_and_spoken(tmp_path: Path) -> None:
    async with demo(tmp_path) as run:
        assert await run.end() == 0
    end = run.events[-1]
    assert end["event"] == "end"
    assert sorted(errand["tool"] for errand in end["errands"].values()) == [
        "calendar.add_event",
        "messages.read_messages",
        "messages.send_message",
        "messages.wait_for_reply",
        "notes.add_to_list",
        "reminders.add_reminder",
    ]
    by_model = [call["tool"] for call in run.of("call") if call["by"] == "pocket"]
    assert by_model == ["add_reminder", "read_messages"]
    assert all(errand["state"] == "completed" and errand["announced"] for errand in end["errands"].values())
    told = [spoken["errand"] for spoken in run.of("spoken") if spoken["errand"]]
    assert sorted(told) == sorted(end["errands"])
    kinds = [spoken["kind"] for spoken in run.of("spoken")]
    assert kinds.count("question") == 1
    assert kinds.count("announcement") >= 2  # the timer, and Ben's message at a pause
    assert any("I can't order food yet." in spoken["text"] for spoken in run.of("spoken"))
    calendar = icalendar.Calendar.from_ical((run.results / "phone" / "calendar.ics").read_bytes())
    assert [str(event["SUMMARY"]).lower() for event in calendar.walk("VEVENT")] == ["dentist"]
    [sent] = (run.results / "phone" / "outbox.jsonl").read_text().splitlines()
    assert json.loads(sent)["text"] == "i am running late"
    assert spoken_seconds(run.results / "replies.wav") > 10


def spoken_seconds(file: Path) -> float:
    """Give how much of a recording the voice activity detector takes for speech."""
    vad, pcm = SileroVad(), read_sound(file)
    return sum(vad.probability(pcm[at : at + 640]) > 0.5 for at in range(0, len(pcm) - 639, 640)) * 0.02


async def test_a_reminder_asked_for_in_text_is_heard_called_completed_and_spoken(tmp_path: Path) -> None:
    async with demo(tmp_path, "--say", "remind me to water the plants tomorrow at six") as run:
        assert await run.end() == 0
    assert run.of("heard")[0]["text"] == "remind me to water the plants tomorrow at six"
    assert run.of("call")[0]["arguments"] == {"what": "water the plants", "day": "tomorrow", "hour": 6}
    assert [e["state"] for e in run.of("errand") if e["side"] == "wearable"][-1] == "completed"
    [spoken] = [spoken for spoken in run.of("spoken") if spoken["errand"]]
    assert "water the plants" in spoken["text"]


def silence() -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.zeros(3 * SAMPLE_RATE)


def noise() -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(1).normal(0, 0.1, 4 * SAMPLE_RATE)


def music() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Three chords, each with a few partials."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    chords = [(262, 330, 392), (294, 370, 440), (247, 311, 392)]
    tones = [
        sum(np.sin(2 * np.pi * hertz * partial * time) / partial for hertz in chord for partial in (1, 2, 3))
        for chord in chords
    ]
    return np.concatenate(tones) * 0.08


@pytest.mark.parametrize("sound", [silence, noise, music])
async def test_what_is_not_speech_causes_nothing(tmp_path: Path, sound: Any) -> None:
    write_wav(tmp_path / "sound.wav", (sound() * 32767).astype("<i2").tobytes())
    async with demo(tmp_path, "--wav", tmp_path / "sound.wav") as run:
        assert await run.end() == 0
    assert run.of("call") == []
    assert run.of("errand") == []


async def test_a_file_of_one_byte_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"R")
    async with demo(tmp_path, "--wav", tmp_path / "x.wav") as run:
        assert await run.end() == 1
    assert run.events == []


async def test_a_48_khz_stereo_recording_is_understood(tmp_path: Path) -> None:
    pcm = np.frombuffer(read_sound(DATA / "what_time_is_it.flac"), "<i2")
    stereo = np.repeat(np.repeat(pcm, 3), 2).reshape(1, -1)
    with av.open(str(tmp_path / "stereo.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    async with demo(tmp_path, "--wav", tmp_path / "stereo.wav") as run:
        assert await run.end() == 0
    assert [call["tool"] for call in run.of("call")] == ["tell_time"]


async def test_half_a_minute_without_a_pause_is_survived(tmp_path: Path) -> None:
    speech = read_sound(DATA / "tell_anna_i_am_running_late.flac")[16000:-16000]
    write_wav(tmp_path / "long.wav", speech * 20)
    async with demo(tmp_path, "--wav", tmp_path / "long.wav", "--wav", DATA / "what_time_is_it.flac") as run:
        assert await run.end() == 0
    assert run.of("call")[-1]["tool"] == "tell_time"


async def test_a_companion_killed_in_mid_errand_comes_back_and_ends_it_once(tmp_path: Path) -> None:
    async with demo(tmp_path, "--wav", DATA / "let_me_know_when_ben_replies.flac") as run:
        working = await run.follow(event="errand", state="working", side="wearable")
        await run.follow(event="spoken")
        companion_of(run).kill()
        await run.follow(event="problem", side="companion")
        await run.follow(event="link", side="wearable", up=True)
        line = {"sender": "Ben", "text": "on my way", "at": "2026-11-22T12:00:00+00:00"}
        with (run.results / "phone" / "inbox.jsonl").open("a") as inbox:
            inbox.write(json.dumps(line) + "\n")
        assert await run.end() == 0
    assert list(run.events[-1]["errands"]) == [working["id"]]
    told = [spoken["text"] for spoken in run.of("spoken") if spoken["errand"]]
    assert len(told) == 1
    assert "on my way" in told[0]


def companion_of(run: Run) -> psutil.Process:
    children = psutil.Process(run.process.pid).children()
    return next(child for child in children if "companion" in child.cmdline())


async def test_two_demos_at_once_do_not_meet(tmp_path: Path) -> None:
    async with (
        demo(tmp_path, "--wav", DATA / "what_time_is_it.flac", "--out", tmp_path / "one.wav") as one,
        demo(tmp_path, "--wav", DATA / "what_time_is_it.flac", "--out", tmp_path / "other.wav") as other,
    ):
        assert [await one.end(), await other.end()] == [0, 0]
    assert (tmp_path / "one.wav").stat().st_size > 20_000
    assert (tmp_path / "other.wav").stat().st_size > 20_000
    for run in (one, other):
        assert [call["tool"] for call in run.of("call")] == ["tell_time"]


async def test_control_c_leaves_nothing_behind(tmp_path: Path) -> None:
    async with demo(tmp_path) as run:
        await run.follow(event="heard")
        family = psutil.Process(run.process.pid).children(recursive=True)
        assert len(family) >= 2
        run.process.send_signal(signal.SIGINT)
        assert await run.end() == 130
    assert psutil.wait_procs(family, timeout=5)[1] == []
