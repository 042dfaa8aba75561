"""`earrand models` as its user meets it: processes, a hub on the other end of a line, Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.catalog import find, load_catalog
from tests.hub_server import Fault, HubServer, hub_server

VOICE = find(load_catalog(), "piper-ljspeech")
ONNX, DESCRIPTION = (f"{VOICE.repository}/{file.path}" for file in VOICE.files)
WEIGHTS = bytes(range(256)) * 8000
ROOT = Path(__file__).parents[2]


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as server:
        server.put(ONNX, WEIGHTS)
        server.put(DESCRIPTION, b"{}", small=True)
        yield server


def start(hub: HubServer, folder: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "XDG_", "EARRAND"))}
    own = {"HF_HOME": str(folder / "hf"), "XDG_DATA_HOME": str(folder / "data"), "HF_ENDPOINT": hub.url}
    return subprocess.Popen(
        [sys.executable, "-m", "edge", "models", *arguments],
        cwd=ROOT,
        env={**kept, **own, **more},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell starts its background jobs deaf to Ctrl-C, and their children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def run(hub: HubServer, folder: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Give the exit status and what it wrote to stdout and stderr."""
    with start(hub, folder, *arguments, **more) as process:
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


def test_a_voice_is_pulled_used_verified_and_removed(hub: HubServer, tmp_path: Path) -> None:
    status, out, err = run(hub, tmp_path, "pull", VOICE.name)
    assert status == 0, err
    voice = tomllib.loads(out.split(":\n", 1)[1])["speaking"]
    assert voice["voice"] == "piper"
    assert Path(voice["piper_model"]).read_bytes() == WEIGHTS
    assert Path(voice["piper_model"] + ".json").read_bytes() == b"{}"

    status, out, _ = run(hub, tmp_path, "list", "--json", HF_HUB_OFFLINE="1")
    [listed] = [model for model in map(json.loads, out.splitlines()) if model["state"] == "pinned"]
    assert (status, listed["name"], listed["paths"][0]) == (0, VOICE.name, voice["piper_model"])

    status, out, _ = run(hub, tmp_path, "verify", "--json")
    checks = [json.loads(line) for line in out.splitlines()]
    assert (status, [check["verdict"] for check in checks]) == (
        0,
        ["ok"] * 3,
    )  # its two files, and the pocket model that ships
    Path(voice["piper_model"]).write_bytes(WEIGHTS[:-1] + b"?")
    status, out, _ = run(hub, tmp_path, "verify", VOICE.name)
    assert status == 1
    assert "wrong" in out

    status, out, _ = run(hub, tmp_path, "remove", VOICE.name)
    assert (status, out) == (0, f"{VOICE.name}: 2 MB freed\n")
    assert not [path for path in (tmp_path / "hf").rglob("*") if path.stat().st_size >= len(WEIGHTS)]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_what_came_before_a_stop_is_not_fetched_again(end: signal.Signals, hub: HubServer, tmp_path: Path) -> None:
    half, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        half.set()
        go_on.wait(60)

    hub.faults[ONNX] = Fault(at_half=wait)
    with start(hub, tmp_path, "pull", VOICE.name) as pulling:
        assert half.wait(60)
        while not [path for path in (tmp_path / "hf").rglob("*.incomplete") if path.stat().st_size]:
            assert pulling.poll() is None
            go_on.wait(0.02)  # files have no events
        pulling.send_signal(end)
        _, err = pulling.communicate(timeout=60)
    go_on.set()
    if end is signal.SIGINT:
        assert pulling.returncode == 130
        assert "the next pull goes on" in err
    assert not list((tmp_path / "hf").rglob("*.onnx"))

    status, _, err = run(hub, tmp_path, "pull", VOICE.name)
    assert status == 0, err
    [start_byte] = {int(line.split("bytes=")[1].rstrip("-")) for line in hub.fetched() if "bytes=" in line}
    assert 0 < start_byte <= len(WEIGHTS) // 2


def test_offline_it_says_what_is_missing_and_what_serves_instead(hub: HubServer, tmp_path: Path) -> None:
    status, out, _ = run(hub, tmp_path, "list", HF_HUB_OFFLINE="1", COLUMNS="100")
    assert status == 0
    assert "No voice here: espeak-ng speaks." in out
    status, _, err = run(hub, tmp_path, "pull", VOICE.name, HF_HUB_OFFLINE="1")
    assert status == 1
    assert "HF_HUB_OFFLINE is set" in err
    assert "Instead of piper-ljspeech: espeak-ng speaks." in err
    assert hub.asked == []


def test_a_wrong_name_and_a_wrong_file_are_one_line_each(hub: HubServer, tmp_path: Path) -> None:
    status, _, err = run(hub, tmp_path, "pull", "piper-ljspeach")
    assert (status, err) == (1, "earrand: no model is called 'piper-ljspeach'; did you mean piper-ljspeech?\n")
    hub.faults[ONNX] = Fault(gives=WEIGHTS[:-1] + b"?")
    status, _, err = run(hub, tmp_path, "pull", VOICE.name)
    assert status == 1
    assert "is not what the hub states" in err
    assert "Traceback" not in err


def test_a_recommendation_measures_and_names_what_to_pull(hub: HubServer, tmp_path: Path) -> None:
    status, out, err = run(hub, tmp_path, "recommend", "--seconds", "0.2", "--json", "--language", "zh")
    assert status == 0, err
    told = json.loads(out)
    assert told["machine"]["bandwidth_gbs"] > 0
    assert told["machine"]["decode_gbs"] > 0
    judged = {model["name"]: model for model in told["models"]}
    assert not judged["piper-ljspeech"]["recommended"]
    assert judged["minicpm5-1b"]["estimated_tokens_s"] > 0
    assert all(model["why"] for model in told["models"] if not model["fits"])
