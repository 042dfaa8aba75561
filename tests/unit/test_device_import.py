"""Facts about machines without PortAudio."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from audio.frames import AudioDeviceError


def test_without_portaudio_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.delitem(sys.modules, "audio.device", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AudioDeviceError, match="sudo apt-get install libportaudio2"):
        importlib.import_module("audio.device")


def test_the_package_itself_does_not_need_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    package = importlib.import_module("audio")
    assert "device" not in package.__all__
