"""Reads sound from files of any kind and writes WAV files."""

from __future__ import annotations

import contextlib
import os
import stat
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from audio.frames import SAMPLE_RATE, AudioError, AudioFileError

_LONGEST_S = 3600
"""An hour is 115 MB of PCM: more does not fit next to the models of a small board."""


def read_sound(path: Path | str) -> bytes:
    """Read any sound file as s16le mono 16 kHz. Raises AudioFileError, which names the file and the trouble.

    Blocks while it reads: 20 ms for a minute of FLAC, so call it from a thread when frames must flow.
    """
    path = Path(path)
    try:
        with _opened(path) as file, _container(file) as container:
            pcm = _decode(path, container)
    except av.FFmpegError as exc:
        raise AudioFileError(f"{path}: not a sound file, or damaged ({exc.strerror})") from exc
    if not pcm:
        raise AudioFileError(f"{path}: holds no sound")
    return pcm


def write_wav(path: Path | str, pcm: bytes, rate: int = SAMPLE_RATE) -> None:
    """Write s16le mono as a WAV file; a file of that name is replaced only when all is on disk.

    Raises AudioError when it cannot be written, the disk being full included.
    """
    path = Path(path)
    if len(pcm) % 2:
        raise ValueError("PCM of 16 bit has an even number of bytes")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            _fill(file, pcm, rate)
        part.replace(path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise AudioError(f"{path}: cannot be written ({exc.strerror})") from exc


def _fill(file: BinaryIO, pcm: bytes, rate: int) -> None:
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(pcm)
    file.flush()
    os.fsync(file.fileno())


def _opened(path: Path) -> BinaryIO:
    """Open a regular file: a pipe would block for ever, and a name with a scheme must not reach the network."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise AudioFileError(f"{path}: is a directory, not a sound file")
        if not stat.S_ISREG(status.st_mode):
            raise AudioFileError(f"{path}: is not a regular file")
        if status.st_size == 0:
            raise AudioFileError(f"{path}: the file is empty")
        return path.open("rb")
    except OSError as exc:
        raise AudioFileError(f"{path}: cannot be opened ({exc.strerror})") from exc
    except ValueError as exc:
        raise AudioFileError(f"{path!s}: not a possible file name ({exc})") from exc


def _container(file: BinaryIO) -> InputContainer:
    # A playlist may name other files and addresses: none is opened. Old tags are often Latin-1: they do not matter.
    return av.open(file, "r", options={"protocol_whitelist": ""}, metadata_errors="replace")


def _decode(path: Path, container: InputContainer) -> bytes:
    if not container.streams.audio:
        raise AudioFileError(f"{path}: holds no sound (no audio stream)")
    pcm = bytearray()
    for piece in _pieces(container):
        pcm += piece
        if len(pcm) > _LONGEST_S * SAMPLE_RATE * 2:
            raise AudioFileError(f"{path}: longer than {_LONGEST_S // 60} minutes; cut it into shorter files")
    return bytes(pcm)


def _pieces(container: InputContainer) -> Iterator[bytes]:
    """Yield s16le mono 16 kHz; the layout may change inside a file, as in chained Ogg."""
    resampler: av.AudioResampler | None = None
    layout: tuple[object, ...] = ()
    for frame in container.decode(container.streams.audio[0]):
        frame.pts = None  # A gap in time stamps must not become a pause.
        this = (frame.rate, frame.layout.name, frame.format.name)
        if resampler is None or this != layout:
            yield from _flushed(resampler)
            resampler, layout = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE), this
        for part in resampler.resample(frame):
            yield part.to_ndarray().astype("<i2").tobytes()
    yield from _flushed(resampler)


def _flushed(resampler: av.AudioResampler | None) -> Iterator[bytes]:
    """Yield what waits inside: without it the last milliseconds of every file are lost."""
    if resampler is not None:
        for part in resampler.resample(None):
            yield part.to_ndarray().astype("<i2").tobytes()
