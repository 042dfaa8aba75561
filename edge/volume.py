"""How loud we speak: as loud as the wearer asked, and as the noise around asks for."""

from __future__ import annotations

from collections.abc import Callable

from audio.loudness import Amplifier, Follow, as_factor


class Volume:
    """The speaker's volume. Tools change it from their thread; a number is read or written whole."""

    def __init__(self, percent: int, follow: Follow, noise_db: Callable[[], float | None]) -> None:
        """`noise_db` gives the level of the noise around, in dB of full scale; none while it is not known."""
        self._percent = percent
        self._follow = follow
        self._noise_db = noise_db
        self._amplifier = Amplifier()

    def volume(self) -> int:
        """Give what the wearer asked for, 0 to 100."""
        return self._percent

    def set_volume(self, percent: int) -> None:
        """Set what the wearer asks for, 0 to 100."""
        self._percent = percent

    def apply(self, pcm: bytes, now_s: float) -> bytes:
        """Scale PCM by the square of the volume, which sounds even from step to step, and by the gain for the noise."""
        gain_db = self._follow.gain_db(self._noise_db(), now_s)
        return self._amplifier.apply(pcm, (self._percent / 100) ** 2 * as_factor(gain_db))
