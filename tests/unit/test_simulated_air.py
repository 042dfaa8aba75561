"""The modelled radio, and what the link makes of it."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from rich.console import Console

from edge.benches import link as bench
from edge.benches.link import RADIOS, cut_often, stop_late
from firmware_bridge.link import Link
from firmware_bridge.packet import WINDOW, Priority
from firmware_bridge.simulated_air import COMPANION, T_IFS_S, WEARABLE, Radio, SimulatedAir

FAST = Radio("2M, all of the time", 0.1, 2_000_000, 0, 244, 0.003)


def test_air_time_is_that_of_the_specification() -> None:
    # Volume 6, part B, 2.1: preamble 2, access address 4, header 2, payload 251, MIC 4, CRC 3 bytes of 4 us on 2M.
    assert FAST.air_time(251) - T_IFS_S == pytest.approx(266 * 4e-6)
    assert FAST.air_time(0) - T_IFS_S == pytest.approx(11 * 4e-6)
    assert replace(FAST, phy_bps=1_000_000).air_time(251) - T_IFS_S == pytest.approx(265 * 8e-6)


def test_the_most_that_a_radio_allows_is_the_known_figure_for_2m_and_251_bytes() -> None:
    assert FAST.most_bps() * 251 / 244 == pytest.approx(1.43e6, rel=0.01)


def test_a_value_is_carried_in_as_many_packets_as_it_needs() -> None:
    assert FAST.fragments(244) == [251]
    assert FAST.fragments(245) == [251, 1]
    assert FAST.fragments(512) == [251, 251, 17]
    assert FAST.fragments(1) == [8]


class Talk:
    """Sends numbered messages both ways and takes down what comes."""

    def __init__(self, number: int, size: int) -> None:
        self.left = [list(range(number)), list(range(number))]
        self.came: list[list[int]] = [[], []]
        self._size = size

    def fill(self, side: int, link: Link, _now: float) -> None:
        while self.left[side] and link.has_room(Priority.BULK):
            link.send(self.left[side].pop(0).to_bytes(2, "big") + bytes(self._size), Priority.BULK)

    def take(self, side: int, _priority: Priority, message: bytes, _now: float) -> None:
        self.came[side].append(int.from_bytes(message[:2], "big"))


@pytest.mark.parametrize("radio", RADIOS, ids=lambda radio: radio.name)
@pytest.mark.parametrize(("lost", "stalled"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.3), (0.02, 0.1)])
def test_all_arrives_in_order_over_loss_and_stalls(radio: Radio, lost: float, stalled: float) -> None:
    talk = Talk(60, 400)
    air = SimulatedAir(radio, talk.fill, talk.take, seed=1, lost=lost, stalled=stalled)
    air.run(lambda: all(len(came) == 60 for came in talk.came))
    assert talk.came == [list(range(60))] * 2


def test_what_never_comes_is_not_waited_for_for_ever() -> None:
    talk = Talk(0, 1)
    air = SimulatedAir(RADIOS[3], talk.fill, talk.take)
    with pytest.raises(RuntimeError, match="within 600 s"):
        air.run(lambda: False)


@pytest.mark.parametrize("radio", RADIOS, ids=lambda radio: radio.name)
def test_on_a_quiet_link_a_message_goes_with_the_next_event(radio: Radio) -> None:
    delays = bench._delays(radio, Priority.CONTROL, 20, bench._moments(50, 0.3, seed=5))
    assert max(delays) <= radio.interval_s + 2 * radio.host_s + 0.002


@pytest.mark.parametrize("radio", RADIOS, ids=lambda radio: radio.name)
@pytest.mark.parametrize("sender", [WEARABLE, COMPANION])
def test_nine_tenths_of_what_the_radio_allows_are_messages(radio: Radio, sender: int) -> None:
    assert bench._goodput(radio, sender, seconds=5.0)[0] >= 0.9 * radio.most_bps()


@pytest.mark.parametrize("radio", RADIOS, ids=lambda radio: radio.name)
def test_a_stop_waits_for_bulk_two_intervals_at_most(radio: Radio) -> None:
    assert stop_late(radio, 60) <= 2


def test_nothing_is_lost_doubled_or_changed_over_cuts() -> None:
    tally = cut_often(500)
    assert (tally.lost, tally.doubled, tally.corrupt) == (0, 0, 0)
    assert tally.arrived > 500
    assert 0 < tally.in_flight <= WINDOW


def test_the_report_is_printed_and_is_json() -> None:
    row = bench.Row("a radio", 1215.0, 98.0, 97.0, 174.0, 30.0, 17.0, 279.0, 0.5, 84.0, 12.0)
    report = bench.Report("a machine", 3.0, WINDOW, [row], 10, 0, 0, 0, 16, 0.04)
    page = io.StringIO()
    bench.show(report, Console(file=page, width=100))
    for shown in ("a machine", "a radio", "1215 kbit/s", "98%", "279 ms", "0.5", "10 cuts: 0 messages lost", "0.040 s"):
        assert shown in page.getvalue()
    assert msgspec.json.decode(msgspec.json.encode(report), type=bench.Report) == report
