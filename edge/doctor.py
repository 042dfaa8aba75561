"""Looks at the machine and says what is amiss and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import psutil

from audio.frames import AudioDeviceError
from edge.config import Config
from edge.sound import sound_devices

Verdict = Literal["ok", "missing", "broken"]

_NEEDED_DISK_MB = 500
_NEEDED_MEMORY_MB = 400
"""What the default engines and their process take, with room for the sound buffers of everybody else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    detail: str
    fix: str = ""
    """A command or a setting; empty when all is well."""


def examine(config: Config) -> Iterator[Finding]:
    """Look at one thing after another; takes a few seconds in all."""
    for check in _CHECKS:
        yield check(config)


def _python(_config: Config) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "ok", f"{version} on {sys.platform}")


def _packages(_config: Config) -> Finding:
    missing = [
        name for name in ("llama-cpp-python", "onnxruntime", "piper-tts", "pocketsphinx") if not _installed(name)
    ]
    if missing:
        return Finding("packages", "missing", ", ".join(missing), "run ./earrand again: it installs them")
    return Finding(
        "packages", "ok", f"llama-cpp-python {metadata.version('llama-cpp-python')} and the rest are installed"
    )


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _memory(_config: Config) -> Finding:
    free = psutil.virtual_memory().available >> 20
    if free < _NEEDED_MEMORY_MB:
        fix = f"close something: {_NEEDED_MEMORY_MB} MB are needed"
        return Finding("memory", "broken", f"{free} MB free", fix)
    return Finding("memory", "ok", f"{free} MB free")


def _disk(config: Config) -> Finding:
    folder = config.wearable_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    if free < _NEEDED_DISK_MB:
        fix = "make room, or set data_dir in earrand.toml to another disk"
        return Finding("disk", "broken", f"{free} MB free at {folder}", fix)
    return Finding("disk", "ok", f"{free} MB free at {folder}")


def _sound(config: Config) -> Finding:
    try:
        devices = sound_devices()
    except AudioDeviceError as exc:
        return Finding("sound", "missing", "real sound devices cannot be used", str(exc))
    if not devices:
        return Finding("sound", "missing", "PortAudio finds no device", "plug in a headset; `earrand demo` needs none")
    wanted = [name for name in (config.audio.input, config.audio.output) if name]
    gone = [name for name in wanted if not any(name.lower() in f"{device}".lower() for device in devices)]
    if gone:
        return Finding("sound", "broken", f"no device {', '.join(gone)}", f"choose from: {'; '.join(devices)}")
    return Finding("sound", "ok", "; ".join(devices))


def _bluetooth(config: Config) -> Finding:
    adapters = sorted(path.name for path in Path("/sys/class/bluetooth").glob("hci*"))
    if adapters:
        return Finding("Bluetooth", "ok", f"adapters: {', '.join(adapters)}")
    fix = 'plug in a USB dongle, or set [link] to "bumble:usb:0" or a UART; `earrand demo` needs none'
    return Finding("Bluetooth", "missing", "no adapter that the kernel knows", fix)


def _models(config: Config) -> Finding:
    wanted = {
        "[understanding] model": config.understanding.model,
        "[speaking] piper_model": config.speaking.piper_model,
    }
    gone = [f"{key} = {path!r}" for key, path in wanted.items() if path and not Path(path).expanduser().is_file()]
    if gone:
        return Finding("models", "missing", f"no such file: {', '.join(gone)}", "correct the path in earrand.toml")
    chosen = [Path(path).name for path in wanted.values() if path]
    return Finding("models", "ok", f"{', '.join(chosen) or 'none configured'}; the built-in engines need no download")


_CHECKS: tuple[Callable[[Config], Finding], ...] = (_python, _packages, _memory, _disk, _sound, _bluetooth, _models)
