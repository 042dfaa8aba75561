"""Settings from earrand.toml, strictly: an unknown key or a wrong type is an error that names the nearest right one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from edge.language import UnknownLanguage, known_language
from firmware_bridge.settings import CompanionSection, ConfigError, LinkSection, Section, read_settings

__all__ = ["Config", "ConfigError", "find_config", "load_config"]

PROJECT_FILE = Path(__file__).resolve().parent.parent / "earrand.toml"


_Seconds = Annotated[float, msgspec.Meta(ge=0, le=60)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class WearableSection(Section, frozen=True):
    """Table [wearable]."""

    name: str = "Earrand"
    language: str = "en"
    data_dir: str = ""
    people: tuple[str, ...] = ("anna", "ben", "clara", "david", "emma", "mum", "dad")
    lists: tuple[str, ...] = ("shopping", "to do", "packing")
    button: str = ""


class AudioSection(Section, frozen=True):
    """Table [audio]."""

    input: str = ""
    output: str = ""
    volume_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 70
    follow_noise: bool = True
    barge_in: bool = True
    echo_canceller: Literal["webrtc", "none"] = "webrtc"


class HearingSection(Section, frozen=True):
    """Table [hearing]."""

    attention: Literal["wake", "always"] = "wake"
    wake_words: tuple[str, ...] = ("okay nabu",)
    wake_sensitivity: _Share = 0.5
    window_s: _Seconds = 6.0
    recogniser: str = "pocketsphinx"
    whisper_model: str = "base.en"
    patience: Annotated[float, msgspec.Meta(ge=0.5, le=4)] = 1.0
    speech_threshold: _Share = 0.5


class SpeakingSection(Section, frozen=True):
    """Table [speaking]."""

    voice: str = "espeak"
    piper_model: str = ""
    words_per_minute: Annotated[int, msgspec.Meta(ge=80, le=400)] = 165


class UnderstandingSection(Section, frozen=True):
    """Table [understanding]."""

    pocket_model: bool = True
    model: str = ""
    context_tokens: Annotated[int, msgspec.Meta(ge=256, le=131072)] = 6144


class ErrandsSection(Section, frozen=True):
    """Table [errands]."""

    quick_s: _Seconds = 1.2
    pause_s: _Seconds = 0.7
    answer_within_s: _Seconds = 8.0


class Config(Section, frozen=True):
    """Every setting. The fields of its tables are explained in earrand.toml."""

    wearable: WearableSection = WearableSection()
    audio: AudioSection = AudioSection()
    hearing: HearingSection = HearingSection()
    speaking: SpeakingSection = SpeakingSection()
    understanding: UnderstandingSection = UnderstandingSection()
    errands: ErrandsSection = ErrandsSection()
    link: LinkSection = LinkSection()
    companion: CompanionSection = CompanionSection()

    @property
    def language(self) -> str:
        """The language that is meant by the setting: "en" or "zh-CN"."""
        return known_language(self.wearable.language)

    @property
    def wearable_dir(self) -> Path:
        """Where the wearable keeps its journal and clocks."""
        return Path(self.wearable.data_dir or platformdirs.user_data_path("earrand") / "wearable").expanduser()


def find_config(chosen: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Give the file to read: the chosen one, $EARRAND_CONFIG, or earrand.toml of this checkout if there is one."""
    if chosen is not None:
        return chosen
    if named := environment.get("EARRAND_CONFIG"):
        return Path(named)
    return PROJECT_FILE if PROJECT_FILE.exists() else None


def load_config(path: Path | None) -> Config:
    """Read the settings; without a file, the defaults. Raises ConfigError."""
    config = Config() if path is None else read_settings(path, Config())
    try:
        known_language(config.wearable.language)
    except UnknownLanguage as exc:
        raise ConfigError(f"{path}: [wearable] language: {exc}") from exc
    return config
