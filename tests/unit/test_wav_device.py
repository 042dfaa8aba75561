"""Facts about the microphone and the speaker that are made of memory and a clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import numpy as np
import pytest

from audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, AudioDeviceError, Frame, Microphone, Speaker
from audio.wav_device import FileMicrophone, FileSpeaker

PACE = 50.0


def sound(samples: int, value: int = 1) -> bytes:
    return np.full(samples, value, "<i2").tobytes()


async def collect(microphone: Microphone, into: list[Frame]) -> None:
    async for frame in microphone.frames():
        into.append(frame)


async def test_unpaced_frames_end_after_the_last_clip_and_the_last_one_is_padded() -> None:
    frames: list[Frame] = []
    await collect(FileMicrophone(sound(500), pace=None), frames)
    assert [frame.start for frame in frames] == [0, 320]
    assert frames[1].pcm == sound(180) + bytes(280)


async def test_clips_come_whole_and_in_order_between_silence() -> None:
    microphone = FileMicrophone(pace=PACE)
    frames: list[Frame] = []
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(collect(microphone, frames))
        await microphone.say(sound(1000, 1))
        await microphone.say(sound(640, 2))
        microphone.close()
    assert [frame.start for frame in frames] == [index * FRAME_SAMPLES for index in range(len(frames))]
    pcm = b"".join(frame.pcm for frame in frames)
    assert (pcm.count(b"\1\0"), pcm.count(b"\2\0")) == (1000, 640)
    assert sound(1000, 1) in pcm
    assert pcm.startswith(microphone.recording())


async def test_say_returns_when_its_last_sample_was_delivered() -> None:
    microphone = FileMicrophone(pace=PACE)
    frames: list[Frame] = []
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(collect(microphone, frames))
        await microphone.say(sound(FRAME_SAMPLES * 5))
        assert sum(any(frame.pcm) for frame in frames) in (4, 5)
        microphone.close()
    assert sum(any(frame.pcm) for frame in frames) == 5


async def test_a_frame_never_comes_before_its_time_and_a_late_reader_loses_none() -> None:
    microphone = FileMicrophone(pace=PACE)
    async with asyncio.timeout(5), aclosing(microphone.frames()) as frames:
        count = 0
        async for frame in frames:
            due = microphone.opened + frame.end / (SAMPLE_RATE * PACE)
            assert time.monotonic() >= due - 0.001
            assert frame.start == count * FRAME_SAMPLES
            count += 1
            if count == 200:
                break


async def test_a_cancelled_say_says_no_more() -> None:
    microphone = FileMicrophone(pace=PACE)
    frames: list[Frame] = []
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(collect(microphone, frames))
        saying = tasks.create_task(microphone.say(sound(SAMPLE_RATE * 60)))
        await microphone_has_delivered(frames, 3)
        saying.cancel()
        await microphone.say(sound(FRAME_SAMPLES, 7))
        microphone.close()
    assert frames[-1].pcm in (sound(FRAME_SAMPLES, 7), bytes(FRAME_BYTES))
    assert len(frames) < 1000


async def microphone_has_delivered(frames: list[Frame], count: int) -> None:
    microphone = FileMicrophone(pace=PACE)
    async for _ in microphone.frames():
        if len(frames) >= count:
            return


async def test_closing_ends_the_frames_and_frees_those_who_speak() -> None:
    microphone = FileMicrophone(pace=PACE)
    frames: list[Frame] = []
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(say_and_be_cut_off(microphone))
        tasks.create_task(collect(microphone, frames))
        await microphone_has_delivered(frames, 3)
        microphone.close()
    with pytest.raises(AudioDeviceError, match="closed"):
        await microphone.say(sound(1))


async def say_and_be_cut_off(microphone: FileMicrophone) -> None:
    with pytest.raises(AudioDeviceError, match="before the clip was over"):
        await microphone.say(sound(SAMPLE_RATE * 60))


async def test_the_speaker_blocks_while_more_than_three_tenths_of_a_second_are_unheard() -> None:
    speaker: Speaker = FileSpeaker(PACE)
    async with asyncio.timeout(5):
        await speaker.write(sound(SAMPLE_RATE))
        assert 0.7 * SAMPLE_RATE <= speaker.played <= SAMPLE_RATE
        await speaker.drain()
    assert speaker.played == SAMPLE_RATE


async def test_hush_frees_the_writer_and_only_what_was_heard_is_recorded() -> None:
    speaker = FileSpeaker(pace=1.0)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(speaker.write(sound(SAMPLE_RATE * 60)))
        tasks.create_task(hush(speaker))
    assert 0 < speaker.played < SAMPLE_RATE
    assert speaker.recording().count(b"\1\0") == speaker.played


async def hush(speaker: Speaker) -> None:
    """Let two frames of a clock pass, then hush."""
    async with aclosing(FileMicrophone().frames()) as frames:
        async for frame in frames:
            if frame.start:
                break
    speaker.hush()
    await speaker.drain()


async def test_the_recording_holds_the_silence_between_two_answers() -> None:
    speaker = FileSpeaker(PACE)
    async with asyncio.timeout(5):
        await speaker.write(sound(1600, 1))
        await speaker.drain()
        await FileMicrophone(sound(3200), pace=PACE).frames().__anext__()
        await speaker.write(sound(1600, 2))
        await speaker.drain()
    recording = speaker.recording()
    assert recording.strip(b"\0").startswith(b"\1\0")
    gap = recording.index(b"\2\0") - recording.rindex(b"\1\0") - 2
    assert gap >= FRAME_BYTES
    assert speaker.played == 3200


async def test_a_paused_speaker_is_silent_its_writers_wait_and_nothing_is_lost() -> None:
    speaker = FileSpeaker(PACE)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        await speaker.write(sound(1600, 1))
        speaker.pause()
        played, silent_from = speaker.played, len(speaker.recording())
        writing = tasks.create_task(speaker.write(sound(SAMPLE_RATE, 2)))
        await some_frames(50)
        assert (speaker.played, writing.done()) == (played, False)
        assert not any(speaker.recording()[silent_from:])
        speaker.resume()
        await speaker.drain()
    heard = speaker.recording()
    assert (heard.count(b"\1\0"), heard.count(b"\2\0")) == (1600, SAMPLE_RATE)
    assert speaker.played == 1600 + SAMPLE_RATE


async def test_hush_in_a_pause_frees_the_writer_and_drops_all() -> None:
    speaker = FileSpeaker(PACE)
    speaker.pause()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(speaker.write(sound(SAMPLE_RATE * 60)))
        await some_frames(2)
        speaker.hush()
    assert speaker.played == 0
    async with asyncio.timeout(5):
        await speaker.write(sound(320, 2))
        await speaker.drain()
    assert numbers_of(speaker.recording()) == [2] * 320


async def test_the_reference_is_the_recording_frame_by_frame() -> None:
    speaker, reference = FileSpeaker(PACE), bytearray()
    first = speaker.reference()
    start = len(speaker.recording())
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(speaker.write(np.arange(1, 8001).astype("<u2").tobytes()))
        async for _ in FileMicrophone(sound(SAMPLE_RATE), PACE).frames():
            reference += speaker.reference()
            if len(reference) == 60 * FRAME_BYTES:
                break
    assert (first, start) == (bytes(FRAME_BYTES), 0)
    assert numbers_of(bytes(reference)) == list(range(1, 8001))


async def some_frames(count: int) -> None:
    """Let so many frames of a clock pass."""
    async with aclosing(FileMicrophone(pace=PACE).frames()) as frames:
        async for frame in frames:
            if frame.start == count * FRAME_SAMPLES:
                return


def numbers_of(pcm: bytes) -> list[int]:
    return [sample for sample in np.frombuffer(pcm, "<u2").tolist() if sample]


@pytest.mark.parametrize("pace", [0.0, -1.0])
def test_a_pace_must_go_forward(pace: float) -> None:
    with pytest.raises(ValueError, match="pace"):
        FileMicrophone(pace=pace)
    with pytest.raises(ValueError, match="pace"):
        FileSpeaker(pace)
