"""What holds for sound files and resampling whatever the bytes."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from audio.files import read_sound, write_wav
from audio.frames import AudioFileError
from audio.resample import Resampler

MAGIC = st.sampled_from(
    [b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"OggS\0\2", b"fLaC\0\0\0\x22", b"ID3\3\0", b"\xff\xfb\x90d"]
)


@given(MAGIC, st.binary(max_size=3000), st.sampled_from(["a.wav", "a.mp3", "a.ogg", "a"]))
@example(b"", b"\0" * 5000, "a.mp3")
def test_any_bytes_are_sound_or_an_audio_file_error(magic: bytes, rest: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(magic + rest)
        with contextlib.suppress(AudioFileError):
            pcm = read_sound(path)
            assert pcm
            assert len(pcm) % 2 == 0


@given(st.integers(0, 3000), st.data())
def test_a_damaged_wav_is_sound_or_an_audio_file_error(size: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.wav")
        write_wav(path, bytes(size * 2))
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, 43))] = data.draw(st.integers(0, 255))
        path.write_bytes(content)
        with contextlib.suppress(AudioFileError):
            assert len(read_sound(path)) % 2 == 0


@given(st.binary(max_size=4000), st.lists(st.integers(0, 4000)), st.sampled_from([8000, 16000, 22050, 48000]))
def test_resampling_in_pieces_gives_the_same_as_at_once(pcm: bytes, cuts: list[int], rate: int) -> None:
    whole = Resampler(rate)
    expected = whole.push(pcm) + whole.finish()
    pieces, edges = Resampler(rate), [0, *sorted(cuts), len(pcm)]
    parts = [pieces.push(pcm[a:b]) for a, b in itertools.pairwise(edges)]
    assert b"".join(parts) + pieces.finish() == expected
