"""Facts about reading sound of any kind and writing WAV files."""

from __future__ import annotations

import struct
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from audio.files import read_sound, write_wav
from audio.frames import AudioError, AudioFileError


def tone(rate: int, seconds: float, hertz: float = 440) -> np.ndarray:
    time = np.arange(round(rate * seconds)) / rate
    return np.asarray((np.sin(2 * np.pi * hertz * time) * 12000).astype("<i2"))


def encode(path: Path, codec: str, rate: int, layout: str, seconds: float = 1.0) -> None:
    """Make a file of a 440 Hz tone."""
    channels = 2 if layout == "stereo" else 1
    samples = np.repeat(tone(rate, seconds), channels).reshape(1, -1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def pitch(pcm: bytes) -> float:
    sound = np.frombuffer(pcm, "<i2")
    return float(np.abs(np.fft.rfft(sound)).argmax() * 16000 / len(sound))


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_any_rate_becomes_16_khz_mono_and_loses_no_tail(tmp_path: Path, rate: int, layout: str) -> None:
    path = tmp_path / "tone.wav"
    encode(path, "pcm_s16le", rate, layout)
    pcm = read_sound(path)
    assert abs(len(pcm) // 2 - 16000) <= 1
    assert pitch(pcm) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.flac", "flac", 44100), ("a.mp3", "libmp3lame", 44100), ("a.ogg", "libopus", 48000), ("a.m4a", "aac", 48000)],
)
def test_compressed_sound_is_read(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = tmp_path / name
    encode(path, codec, rate, "stereo")
    pcm = read_sound(path)
    assert len(pcm) / 32000 == pytest.approx(1.0, abs=0.06)
    assert pitch(pcm) == pytest.approx(440, abs=2)


def test_what_is_written_is_read_back_bit_by_bit(tmp_path: Path) -> None:
    pcm = tone(16000, 0.5).tobytes()
    write_wav(tmp_path / "a.wav", pcm)
    assert read_sound(tmp_path / "a.wav") == pcm
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_the_sample_rate_is_written(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", bytes(44100), rate=22050)
    with wave.open(str(tmp_path / "a.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getnframes()) == (22050, 1, 22050)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", "empty"),
        (b"\1", "not a sound file"),
        (b"Dear diary,\nno sound today.\n" * 40, "no"),
        (
            b"RIFF\x24\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data\0\0\0\0",
            "no sound",
        ),
    ],
)
def test_what_is_not_sound_is_refused_with_its_name_and_the_reason(
    tmp_path: Path, content: bytes, trouble: str
) -> None:
    path = tmp_path / "note.wav"
    path.write_bytes(content)
    with pytest.raises(AudioFileError, match=rf"note\.wav: .*{trouble}"):
        read_sound(path)


def test_a_picture_holds_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1, width=8, height=8, pix_fmt="rgb24")
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(AudioFileError, match=r"photo\.png: holds no sound \(no audio stream\)"):
        read_sound(path)


def test_directories_missing_files_devices_and_impossible_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="is a directory"):
        read_sound(tmp_path)
    with pytest.raises(AudioFileError, match=r"gone\.wav: cannot be opened \(No such file"):
        read_sound(tmp_path / "gone.wav")
    with pytest.raises(AudioFileError, match="not a regular file"):
        read_sound("/dev/zero")
    with pytest.raises(AudioFileError, match="not a possible file name"):
        read_sound("a\0b.wav")


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", bytes(32000))
    playlist = tmp_path / "list.ffconcat"
    playlist.write_text("ffconcat version 1.0\nfile a.wav\n")
    with pytest.raises(AudioFileError, match=r"list\.ffconcat"):
        read_sound(playlist)


def test_tags_in_an_old_encoding_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, bytes(3200))
    info = b"INFOINAM" + struct.pack("<I", 6) + b"Caf\xe9s\0"
    riff = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(riff[:4] + struct.pack("<I", len(riff) - 8) + riff[8:])
    assert read_sound(path) == bytes(3200)


def test_more_than_an_hour_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    encode(path, "pcm_u8", 8000, "mono", seconds=0.1)
    content = path.read_bytes()
    data = content.index(b"data")
    body = bytes([128]) * (8000 * 3601)
    path.write_bytes(content[: data + 4] + struct.pack("<I", len(body)) + body)
    with pytest.raises(AudioFileError, match="longer than 60 minutes"):
        read_sound(path)


FULL_DISK = """
import resource, sys
from pathlib import Path
from audio.files import read_sound, write_wav
from audio.frames import AudioError
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
path = Path(sys.argv[1])
write_wav(path, bytes(100))
try:
    write_wav(path, bytes(10_000))
except AudioError as exc:
    assert "a.wav: cannot be written" in str(exc), exc
else:
    raise SystemExit("it was written")
assert read_sound(path) == bytes(100)
"""


def test_a_full_disk_is_an_error_and_leaves_the_old_file_alone(tmp_path: Path) -> None:
    # In a process of its own: the limit would hold for pytest's output too, when that goes to a file.
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "a.wav")]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_missing_folder_is_an_error_and_half_a_sample_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        write_wav(tmp_path / "no" / "a.wav", bytes(2))
    with pytest.raises(ValueError, match="even"):
        write_wav(tmp_path / "a.wav", b"\0")
