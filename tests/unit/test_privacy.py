from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOAD_ENGINES = """
from models.silero_vad import SileroVad
SileroVad().probability(bytes(640))
from models.piper_tts import PiperVoiceEngine
from models.whisper_asr import WhisperRecogniser
"""


def test_no_engine_leaves_an_identifier_or_reports_to_its_maker(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "ORT_DISABLE_TELEMETRY")}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", LOAD_ENGINES], cwd=ROOT, env=environment, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_the_package_that_silences_it_loads_onnx_runtime() -> None:
    folders = ("audio", "companion", "edge", "firmware_bridge")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if "import onnxruntime" in path.read_text(encoding="utf-8")] == []
