"""Measures the link over modelled radios in virtual time: goodput, delays, a "stop" in bulk, loss, cuts, CPU."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from edge.benches.figures import machine, percentile
from firmware_bridge.link import Link
from firmware_bridge.packet import WINDOW, Priority
from firmware_bridge.simulated_air import COMPANION, WEARABLE, Radio, SimulatedAir

HOST_S = 0.003
"""From the radio to our program and back again, each: what USB or UART, kernel, bluetoothd and Python take on Linux. A
phone's system adds to it."""
RADIOS = (
    Radio("iPhone, 15 ms, 4 packets", 0.015, 2_000_000, 4, 182, HOST_S),
    Radio("Android, 11.25 ms", 0.01125, 2_000_000, 0, 244, HOST_S),
    Radio("Android, 15 ms, 512 B", 0.015, 2_000_000, 0, 512, HOST_S),
    Radio("Pi, 50 ms, 6 packets", 0.05, 1_000_000, 6, 244, HOST_S),
)
_BULK = 8_000
_SPEECH, _FRAME_S = 70, 0.02
"""A frame of Opus at 28 kbit/s."""
_STALLED, _LOST = 0.05, 0.01
_SETTLED_S = 1.0
"""After it the link is open and has measured the round trip."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one radio gave."""

    radio: str
    most_kbps: float
    """GATT values in a second when one side fills every event: what the radio allows."""
    down_percent: float
    """Messages from the wearable, as a share of it."""
    up_percent: float
    answered_kbps: float
    """The naive way, at its best: one write with response in each interval."""
    round_trip_ms: float
    speech_p50_ms: float
    """One way, with 5% of the time lost to stalls of 300 ms."""
    speech_p99_ms: float
    stop_late: float
    """Connection intervals that a "stop" comes later while bulk flows the same way, at most."""
    lossy_percent: float
    """Down, when 1% of values get lost above the controller, as a share of what the radio allows."""
    again_a_loss: float
    """Values sent again for each that got lost."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and on what."""

    machine: str
    host_ms: float
    window: int
    rows: list[Row]
    cuts: int
    lost: int
    """Messages that a later one overtook; must be 0."""
    doubled: int
    corrupt: int
    unanswered_at_a_cut: int
    """Values at most that were in flight when the connection was cut."""
    cpu_s_a_megabyte: float
    """Of both ends together."""


class _Flow:
    """Bulk one way, measured."""

    def __init__(self, sender: int) -> None:
        self.sender = sender
        self.arrived = 0

    def fill(self, side: int, link: Link, _now: float) -> None:
        while side == self.sender and link.has_room(Priority.BULK):
            link.send(bytes(_BULK), Priority.BULK)

    def take(self, _side: int, _priority: Priority, message: bytes, _now: float) -> None:
        self.arrived += len(message)


class _Messages:
    """Short messages at given moments, and when they came."""

    def __init__(self, sender: int, priority: Priority, size: int, moments: list[float], bulk: bool = False) -> None:
        self.sender, self._priority, self._size, self._bulk = sender, priority, size, bulk
        self._moments = moments
        self._sent: list[float] = []
        self._waiting: list[float] = list(moments)
        self.delays: list[float] = []
        self._came = 0

    def fill(self, side: int, link: Link, now: float) -> None:
        if side != self.sender:
            return
        while self._waiting and self._waiting[0] <= now and link.has_room(self._priority):
            link.send(bytes(self._size), self._priority)
            self._sent.append(self._waiting.pop(0))
        while self._bulk and link.has_room(Priority.BULK):
            link.send(bytes(_BULK), Priority.BULK)

    def take(self, _side: int, priority: Priority, _message: bytes, now: float) -> None:
        if priority is self._priority:
            self.delays.append(now - self._sent[self._came])
            self._came += 1


def measure(cuts: int, progress: Progress) -> Report:
    """Measure every radio, and cut so often."""
    task = progress.add_task("virtual radios", total=len(RADIOS) + 1)
    rows = []
    for radio in RADIOS:
        rows.append(_row(radio))
        progress.advance(task)
    tally = cut_often(cuts)
    progress.advance(task)
    return Report(
        machine(), 1e3 * HOST_S, WINDOW, rows, cuts, tally.lost, tally.doubled, tally.corrupt, tally.in_flight, _cpu()
    )


def _row(radio: Radio) -> Row:
    most = radio.most_bps()
    lossy, again = _goodput(radio, WEARABLE, lost=_LOST)
    speech = sorted(
        _delays(radio, Priority.SPEECH, _SPEECH, [_SETTLED_S + _FRAME_S * n for n in range(6000)], _STALLED)
    )
    return Row(
        radio.name,
        most / 1e3,
        100 * _goodput(radio, WEARABLE)[0] / most,
        100 * _goodput(radio, COMPANION)[0] / most,
        radio.max_packet * 8 / radio.interval_s / 1e3,
        1e3 * _round_trip(radio),
        1e3 * statistics.median(speech),
        1e3 * percentile(speech, 99),
        stop_late(radio),
        100 * lossy / most,
        again,
    )


def _goodput(radio: Radio, sender: int, lost: float = 0.0, seconds: float = 20.0) -> tuple[float, float]:
    """Give the bits of messages in a second, and the values that were sent again for each that got lost."""
    flow = _Flow(sender)
    air = SimulatedAir(radio, flow.fill, flow.take, lost=lost)
    air.run(lambda: air.now >= _SETTLED_S)
    before, begun = flow.arrived, air.now
    air.run(lambda: air.now >= begun + seconds)
    sent = air.sides[sender].sent_bytes
    again = max(0.0, sent - flow.arrived * (1 + 3 / radio.max_packet)) / radio.max_packet
    losses = lost * sent / radio.max_packet
    return (flow.arrived - before) * 8 / (air.now - begun), again / losses if losses else 0.0


def _moments(number: int, apart_s: float, seed: int) -> list[float]:
    random = Random(seed)
    return [_SETTLED_S + apart_s * (n + random.random() / 2) for n in range(number)]


def _delays(
    radio: Radio, priority: Priority, size: int, moments: list[float], stalled: float = 0.0, *, bulk: bool = False
) -> list[float]:
    messages = _Messages(WEARABLE, priority, size, moments, bulk)
    air = SimulatedAir(radio, messages.fill, messages.take, seed=1, stalled=stalled)
    air.run(lambda: len(messages.delays) == len(moments))
    return messages.delays


def stop_late(radio: Radio, number: int = 300) -> float:
    """Give how many intervals later a "stop" comes, at most, when bulk flows the same way."""
    moments = _moments(number, 0.3, seed=2)
    quiet, busy = (_delays(radio, Priority.CONTROL, 20, moments, bulk=bulk) for bulk in (False, True))
    return max(0.0, *(late - soon for late, soon in zip(busy, quiet, strict=True))) / radio.interval_s


def _round_trip(radio: Radio) -> float:
    """Give the median seconds from a small message to the answer of the other side's program."""
    asked: list[float] = _moments(100, 0.3, seed=3)
    waiting, answers = list(asked), count()
    trips: list[float] = []

    def fill(side: int, link: Link, now: float) -> None:
        if side == COMPANION and waiting and waiting[0] <= now:
            link.send(bytes(20), Priority.CONTROL)
            waiting.pop(0)

    def take(side: int, _priority: Priority, _message: bytes, now: float) -> None:
        if side == WEARABLE:
            air.sides[WEARABLE].link.send(bytes(20), Priority.CONTROL)
        else:
            trips.append(now - asked[next(answers)])

    air = SimulatedAir(radio, fill, take)
    air.run(lambda: len(trips) == len(asked))
    return statistics.median(trips)


@dataclass
class Tally:
    """What became of messages over cuts."""

    arrived: int = 0
    lost: int = 0
    doubled: int = 0
    corrupt: int = 0
    in_flight: int = 0


def cut_often(cuts: int, seed: int = 4) -> Tally:
    """Send numbered messages of all sizes and cut at random moments.

    After each cut the sender goes on behind what arrived whole: this tells of the link alone, not of the errands above
    it, which ask again and are told apart by their ids.
    """
    random, tally = Random(seed), Tally()
    expected, sent = 0, 0

    def fill(side: int, link: Link, _now: float) -> None:
        nonlocal sent
        while side == WEARABLE and link.has_room(Priority.CONTROL):
            link.send(_numbered(sent, random.randrange(1, 700)), Priority.CONTROL)
            sent += 1

    def take(side: int, _priority: Priority, message: bytes, _now: float) -> None:
        nonlocal expected
        number = int.from_bytes(message[:8], "big")
        tally.corrupt += message[8:40] != hashlib.sha256(message[:8] + message[40:]).digest()
        tally.lost += number > expected
        tally.doubled += number < expected
        expected = number + 1
        tally.arrived += 1

    air = SimulatedAir(RADIOS[1], fill, take, seed=seed, lost=0.002)
    for _ in range(cuts):
        air.run(partial(_is_past, air, air.now + random.uniform(0.02, 0.15)))
        tally.in_flight = max(tally.in_flight, air.sides[WEARABLE].link.in_flight)
        sent = expected
        air.cut(0.05)
    return tally


def _is_past(air: SimulatedAir, moment: float) -> bool:
    return air.now >= moment


def _numbered(number: int, length: int) -> bytes:
    name, body = number.to_bytes(8, "big"), Random(number).randbytes(length)
    return name + hashlib.sha256(name + body).digest() + body


def _cpu(megabytes: int = 4) -> float:
    """Give the processor seconds of two Links that hand each other packets of 244 bytes, for a megabyte of messages."""
    sender, receiver = Link(244, 1, 0.0), Link(244, 2, 0.0)
    arrived, begun = 0, time.process_time()
    while arrived < megabytes * 1_000_000:
        while sender.has_room(Priority.BULK):
            sender.send(bytes(_BULK), Priority.BULK)
        for one, other in ((sender, receiver), (receiver, sender)):
            while (packet := one.next_packet(0.0)) is not None:
                other.receive(packet, 0.0)
        arrived += sum(len(message) for _, message in iter(receiver.next_message, None))
    return (time.process_time() - begun) / megabytes


Columns = tuple[tuple[str, Callable[[Row], str]], ...]
GOODPUT: Columns = (
    ("allows", lambda row: f"{row.most_kbps:.0f} kbit/s"),
    ("down", lambda row: f"{row.down_percent:.0f}%"),
    ("up", lambda row: f"{row.up_percent:.0f}%"),
    ("1% lost", lambda row: f"{row.lossy_percent:.0f}%"),
    ("again", lambda row: f"{row.again_a_loss:.1f}"),
    ("answered", lambda row: f"{row.answered_kbps:.0f} kbit/s"),
)
DELAYS: Columns = (
    ("round trip", lambda row: f"{row.round_trip_ms:.0f} ms"),
    ("speech p50", lambda row: f"{row.speech_p50_ms:.0f} ms"),
    ("p99", lambda row: f"{row.speech_p99_ms:.0f} ms"),
    ("stop late", lambda row: f"{row.stop_late:.1f}"),
)


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    console.print(
        f"modelled radios in virtual time, programs {report.host_ms:.0f} ms from them, window {report.window}"
    )
    console.print(f"on {report.machine}")
    console.print(_table(report, GOODPUT))
    console.print("allows: GATT values when one side fills every event; down, up: messages, as a share of it (bar 90%)")
    console.print("1% lost: down, when values get lost above the controller; again: sent again for each of them")
    console.print("answered: one write with response an interval, the naive way at its best")
    console.print(_table(report, DELAYS))
    console.print(
        "speech: one way, 5% of the time stalled; stop late: intervals that it waits for bulk at most (bar 2)"
    )
    console.print(
        f"{report.cuts} cuts: {report.lost} messages lost, {report.doubled} doubled, {report.corrupt} corrupt; at most "
        f"{report.unanswered_at_a_cut} values in flight at a cut"
    )
    console.print(f"CPU: {report.cpu_s_a_megabyte:.3f} s a megabyte, both ends together")


def _table(report: Report, columns: Columns) -> Table:
    table = Table("radio", box=None)
    for name, _ in columns:
        table.add_column(name, justify="right")
    for row in report.rows:
        table.add_row(row.radio, *(cell(row) for _, cell in columns))
    return table
