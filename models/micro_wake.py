"""Wake words with microWakeWord: small convolutional networks on TensorFlow Lite, several at once.

Sound becomes features once, for all words together. A network looks at every 30 ms and is believed when the mean of its
last five answers is above its cutoff.

When it fires, measured from the true end of the phrase to the end of the 20 ms frame, on five espeak and four flite
voices at three speeds (median, and 5th to 95th percentile, in milliseconds):

    phrase        alone or before a pause    in one breath with a command
    alexa          240 (140 to 295)           282 (223 to 336), 80 of 135 missed
    hey jarvis     160 ( 80 to 300)           262 (185 to 329), 128 of 135 missed
    hey mycroft     35 (-260 to 175)            7 (-94 to 105), 25 of 135 missed
    okay nabu      160 (-110 to 230)          171 ( 19 to 275), 37 of 135 missed

So only "okay nabu" and "hey mycroft" serve those who do not pause, and for them a pause is still the surer way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymicro_wakeword
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures
from pymicro_wakeword.wakeword import TfLiteWakeWord

from audio.frames import SAMPLE_RATE
from models.engine import EngineFailed, EngineMissing
from models.wake import Refractory

_PACKAGE = Path(pymicro_wakeword.__file__).parent
_BUNDLED = _PACKAGE / "models"
_LAGS_S = {"alexa": 0.28, "hey jarvis": 0.26, "hey mycroft": 0.0, "okay nabu": 0.17}
"""The table's medians for one breath: after a pause it matters less where the command is thought to begin."""
_LAG_S = 0.2
"""Of a model that was not measured."""
_REFRACTORY = 2 * SAMPLE_RATE
"""Samples after a firing in which none counts: a network stays sure for up to 1.3 s after the phrase."""
_MARGIN_SPAN = 16.0
"""From sensitivity 0 to 1 the distance between the cutoff and certainty grows so many times."""


class MicroWakeWords:
    """WakeWords for the bundled phrases and for models of one's own."""

    def __init__(self, names: Sequence[str], sensitivity: float = 0.5) -> None:
        """Load. A name is a bundled phrase ("okay nabu"), or the path of a model's .json beside its .tflite.

        `sensitivity` is 0 to 1; 0.5 is the cutoff that the author of a model chose. At 1 a cutoff of 0.97 becomes
        0.88, at 0, 0.9925. Raises EngineMissing for a name or a file that is not there, EngineFailed for a broken
        one, ValueError for a sensitivity that is none.
        """
        if not 0 <= sensitivity <= 1:
            raise ValueError(f"the sensitivity is 0 to 1, not {sensitivity}")
        configs = [_config(name) for name in names]
        with _on_this_machine():
            self._words = [_load(config) for config in configs]
            self._features = MicroWakeWordFeatures()
        self._cutoffs = [_cutoff(word.probability_cutoff, sensitivity) for word in self._words]
        self._refractory = Refractory(_REFRACTORY)
        self._now = 0
        self._told = self.names[0] if self.names else ""
        """Or the first one, before any was."""

    @property
    def names(self) -> tuple[str, ...]:
        """The phrases, lower case."""
        return tuple(word.wake_word.lower() for word in self._words)

    @property
    def lag(self) -> int:
        """Samples by which the phrase told last was over when it was told, in the median of the voices measured."""
        return round(_LAGS_S.get(self._told, _LAG_S) * SAMPLE_RATE)

    def detect(self, pcm: bytes) -> str | None:
        """Take any number of samples; give the first phrase that was noticed in them. Raises EngineFailed."""
        if len(pcm) % 2:
            raise EngineFailed("16 bit sound has an even number of bytes")
        noticed = None
        for features in self._features.process_streaming(pcm):
            # Every network sees every feature, also after another has fired: they keep state.
            answers = [word.process_streaming_prob(features) or 0.0 for word in self._words]
            name = self._surest(answers)
            noticed = noticed or name
        self._now += len(pcm) // 2
        if not noticed or not self._refractory.counts(self._now):
            return None
        self._told = noticed
        return noticed

    def reset(self) -> None:
        """Forget the sound so far. Takes 0.3 ms a word: the networks are loaded again."""
        for word in self._words:
            word.reset()
        self._features.reset()
        self._refractory.reset()
        self._now = 0

    def _surest(self, answers: Sequence[float]) -> str | None:
        above = [
            (answer - cutoff, name)
            for answer, cutoff, name in zip(answers, self._cutoffs, self.names, strict=True)
            if answer > cutoff
        ]
        return max(above)[1] if above else None


def bundled_wake_words() -> tuple[str, ...]:
    """Give the phrases that need no file."""
    return tuple(sorted(path.stem.replace("_", " ") for path in _BUNDLED.glob("*.json")))


def _cutoff(chosen: float, sensitivity: float) -> float:
    """Widen or narrow the distance between the cutoff and 1."""
    margin: float = (1 - chosen) * _MARGIN_SPAN ** (sensitivity - 0.5)
    return 1 - min(1.0, margin)


def _config(name: str) -> Path:
    bundled = _BUNDLED / f"{name.lower().replace(' ', '_')}.json"
    if bundled.is_file():
        return bundled
    if not name.endswith((".json", ".tflite")):
        known = ", ".join(bundled_wake_words())
        raise EngineMissing(f"there is no wake word {name!r}; there is {known}, or name the .json file of a model")
    path = Path(name).expanduser().with_suffix(".json")
    if not path.is_file():
        raise EngineMissing(f"the wake word model {path} is not there")
    return path


def _load(config: Path) -> MicroWakeWord:
    """Load a model; whatever is wrong with it must be found here, for the C library would end the process."""
    try:
        described = json.loads(config.read_text(encoding="utf-8"))
        network = config.parent / described["model"]
        if not isinstance(described["wake_word"], str) or not described["wake_word"].strip():
            raise ValueError("wake_word is not a phrase")
        if not 0 < described["micro"]["probability_cutoff"] < 1:
            raise ValueError("probability_cutoff is not between 0 and 1")
        if not 1 <= int(described["micro"]["sliding_window_size"]) <= 100:
            raise ValueError("sliding_window_size is not 1 to 100")
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise EngineFailed(f"{config} does not describe a microWakeWord model ({exc!r})") from exc
    if not network.is_file():
        raise EngineMissing(f"the wake word model {network} is not there")
    _check_network(network)
    try:
        return MicroWakeWord.from_config(config)
    except (ValueError, RuntimeError, AttributeError) as exc:
        raise EngineFailed(f"{network} is not a microWakeWord model ({exc})") from exc


def _check_network(network: Path) -> None:
    """Load it once with the C library alone: the package takes no notice of its refusal, which ends the process."""
    library = TfLiteWakeWord(next((_PACKAGE / "lib").glob("*tensorflowlite_c.*"), "libtensorflowlite_c.so")).lib
    model = library.TfLiteModelCreateFromFile(str(network.resolve()).encode())
    interpreter = library.TfLiteInterpreterCreate(model, None) if model else None
    is_sound = interpreter is not None and library.TfLiteInterpreterAllocateTensors(interpreter) == 0
    if interpreter:
        library.TfLiteInterpreterDelete(interpreter)
    if model:
        library.TfLiteModelDelete(model)
    if not is_sound:
        raise EngineFailed(f"{network} is not a TensorFlow Lite model, or damaged")


@contextmanager
def _on_this_machine() -> Iterator[None]:
    """Say what to do where the C library of the package does not load."""
    try:
        yield
    except OSError as exc:
        raise EngineMissing(
            f"wake words need pymicro-wakeword for this machine and glibc 2.35 or later ({exc})"
        ) from exc
