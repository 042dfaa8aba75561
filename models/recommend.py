"""Decides which models of the catalog a machine can use, from what was measured of it.

Writing a token reads every weight of a language model once, so memory sets its speed: tokens a second are bytes a
second over bytes of the model. That is an estimate, and mostly a little too good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalog import Board, Entry, Role

_EARRAND_MB = 400
"""Memory of the rest of Earrand: process, sound, the default engines."""
_SPARE_DISK_MB = 50
_SLOWEST_TOKENS_S = 6.0
"""Speech uses about four tokens a second; slower than this, the wearer waits within a sentence."""
_UNCHOSEN = (Role.VISION,)
"""Roles that are not recommended unasked: nothing speaks worse without them."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What was measured. Megabytes are 10^6 bytes, gigabytes 10^9."""

    cores: int
    memory_mb: int
    """Free, within the limits of cgroups."""
    disk_mb: int
    """Free where the models go."""
    bandwidth_gbs: float
    """Gigabytes a second that the cores which an engine may use copy, read and written."""
    decode_gbs: float | None
    """Gigabytes of weights a second that llama.cpp got through with a small random model; None where it is missing."""
    board_name: str
    """Empty on a PC."""
    board: Board | None
    """Where it is one that the catalog knows."""

    @property
    def weights_gbs(self) -> float:
        """Give the gigabytes of weights a second to reckon with."""
        return min(self.bandwidth_gbs, self.decode_gbs or self.bandwidth_gbs)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to think of one model on one machine."""

    entry: Entry
    fits: bool
    recommended: bool
    """It is the best of its role that fits beside the other recommended ones."""
    tokens_s: float | None
    """Estimated tokens a second of a language model whose size is known."""
    why: str
    """Why it does not fit, or is not the one; empty for a recommended one."""


def recommend(entries: Sequence[Entry], machine: Machine, language: str, here: Sequence[str] = ()) -> list[Advice]:
    """Judge every entry; among those of a role the first that fits and knows `language` is the best.

    `here` are the names of those that are on the disk already.
    """
    memory_mb = machine.memory_mb - _EARRAND_MB
    disk_mb = float(machine.disk_mb - _SPARE_DISK_MB)
    chosen: dict[Role, str] = {}
    advice = []
    for entry in sorted(entries, key=lambda entry: entry.ships):  # what ships, when nothing better fits
        needed_mb = 0.0 if entry.name in here or entry.ships else entry.about_bytes / 1e6
        tokens_s = _tokens_s(entry, machine)
        # Against the whole machine first, then against what the others leave of it.
        refusal = _refusal(entry, machine, tokens_s, needed_mb)
        reason = refusal or _objection(entry, language, chosen, memory_mb, disk_mb - needed_mb)
        if not reason:
            chosen[entry.role] = entry.name
            memory_mb -= entry.ram_mb
            disk_mb -= needed_mb
        advice.append(Advice(entry, not refusal, not reason, tokens_s, reason))
    order = [entry.name for entry in entries]
    return sorted(advice, key=lambda one: order.index(one.entry.name))


def _tokens_s(entry: Entry, machine: Machine) -> float | None:
    if entry.role not in (Role.LANGUAGE_MODEL, Role.VISION) or not entry.about_bytes:
        return None
    # Of a vision model the eye, its second file, is not read for each token.
    weights = entry.files[0].bytes or (entry.files[0].about_mb or 0) * 1e6
    return machine.weights_gbs * 1e9 / weights if weights else None


def _refusal(entry: Entry, machine: Machine, tokens_s: float | None, needed_mb: float) -> str:
    """Say why a model cannot be used here at all; nothing when it can."""
    wanted_mb = entry.ram_mb + _EARRAND_MB
    if wanted_mb > machine.memory_mb:
        return f"wants {wanted_mb} MB of memory, the rest of Earrand included; {machine.memory_mb} MB are free"
    if needed_mb + _SPARE_DISK_MB > machine.disk_mb:
        return f"wants {needed_mb + _SPARE_DISK_MB:.0f} MB of disk; {machine.disk_mb} MB are free"
    if machine.board is not None and machine.board not in entry.boards:
        return f"is too much for a {machine.board_name}"
    if tokens_s is not None and tokens_s < _SLOWEST_TOKENS_S:
        return f"would write about {tokens_s:.1f} tokens a second (estimate), slower than speech"
    return ""


def _objection(entry: Entry, language: str, chosen: dict[Role, str], memory_mb: int, disk_left_mb: float) -> str:
    """Say why a model that fits is not the one to take; nothing when it is."""
    if entry.role in chosen:
        return f"fits; {chosen[entry.role]} is better"
    if language not in entry.languages:
        return f"fits; does not know {language!r}"
    if entry.role in _UNCHOSEN:
        return "fits; pull it if you want it"
    if entry.ram_mb > memory_mb:
        return "fits, but not in memory together with " + ", ".join(chosen.values())
    if disk_left_mb < 0:
        return "fits, but not on the disk together with " + ", ".join(chosen.values())
    return ""
