"""Makes the environment in which pipecat runs, once: its packages are not ours."""

from __future__ import annotations

import subprocess
import venv
from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import platformdirs
from rich.progress import Progress

from edge.config import Config
from models.engine import EngineMissing

_VERSION = "1.14.0"
PIPECAT = f"pipecat {_VERSION}"
_SAME_AS_OURS = (
    "av",
    "hassil",
    "livekit",
    "msgspec",
    "numpy",
    "onnxruntime",
    "piper-tts",
    "platformdirs",
    "pocketsphinx",
    "pyyaml",
)
"""What the engines, templates and devices that both sides use are made of, in our versions."""
_PATIENCE = ("--retries", "1", "--timeout", "15")
_LAST_LINES = 3


class PeerMissing(EngineMissing):
    """There is no pipecat here, and none can be had; the message says why."""


def peer_python(config: Config, progress: Progress) -> Path:
    """Give the Python that has pipecat, made now where it is not there: 0.7 GB in the user's cache folder, minutes.

    Raises PeerMissing, offline for example, and for settings with other engines than the peer's.
    """
    chosen = (config.hearing.recogniser, config.speaking.voice, config.understanding.model)
    if chosen != ("pocketsphinx", "espeak", ""):
        raise PeerMissing("--peer compares with the default recogniser and voice and no chat model, not with yours")
    folder = peer_folder()
    if is_made(folder):
        return interpreter(folder)
    task = progress.add_task(f"{PIPECAT}: installing once", total=None)
    python = make(folder, lambda line: progress.update(task, description=f"{PIPECAT}, once: {line[:60]}"))
    progress.remove_task(task)
    return python


def peer_folder() -> Path:
    """Give where the environment belongs."""
    return platformdirs.user_cache_path("earrand") / "pipecat"


def is_made(folder: Path) -> bool:
    """Say whether it is there with all that is wanted."""
    made = folder / "made.txt"
    return interpreter(folder).exists() and made.is_file() and made.read_text() == "\n".join(requirements())


def interpreter(folder: Path) -> Path:
    """Give the environment's Python."""
    return folder / "bin" / "python"


def requirements() -> list[str]:
    """Give what is installed, with exact versions."""
    return [f"pipecat-ai=={_VERSION}", *(f"{name}=={version(name)}" for name in _SAME_AS_OURS)]


def make(folder: Path, told: Callable[[str], None]) -> Path:
    """Make the environment, or bring it up to date, and give its Python; `told` hears each line that pip says.

    Raises PeerMissing.
    """
    made, python = folder / "made.txt", interpreter(folder)
    try:
        made.unlink(missing_ok=True)
        venv.create(folder, with_pip=True, symlinks=True)
        _install([str(python), "-m", "pip", "install", *_PATIENCE, "--progress-bar", "off", *requirements()], told)
        made.write_text("\n".join(requirements()))
    except (OSError, subprocess.CalledProcessError) as exc:
        raise PeerMissing(f"no environment for {PIPECAT} can be made in {folder}: {exc}") from exc
    return python


def _install(command: list[str], told: Callable[[str], None]) -> None:
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line.strip())
            told(last[-1])
    if process.returncode:
        raise PeerMissing(f"pip could not install {PIPECAT} (a network is needed once): {' '.join(last)}")
