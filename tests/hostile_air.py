"""Two real Links and the air between them in virtual time; the air loses, doubles and delays as it is told."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from firmware_bridge.link import Link
from firmware_bridge.packet import Priority

LATENCY_S = 0.03
"""One way, of air that has healed."""

Fate = tuple[float, ...]
"""What becomes of one packet: the delay in seconds of each copy that arrives; () loses it."""
Sent = tuple[Priority, bytes]


@dataclass
class End:
    """One Link and what its application did with it."""

    link: Link
    fates: Iterator[Fate]
    to_send: list[Sent]
    appetite: float = 0.0
    """Seconds between two messages that the application fetches; 0 fetches at once."""
    received: list[bytes] = field(default_factory=list)
    put: list[Sent] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)
    eats_at: float = 0.0


class HostileAir:
    """Runs two ends until nothing is left to do."""

    def __init__(
        self,
        sends: tuple[Sequence[Sent], Sequence[Sent]],
        fates: tuple[Sequence[Fate], Sequence[Fate]] = ((), ()),
        max_packets: tuple[int, int] = (20, 20),
        appetites: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.now = 0.0
        self.ends = [
            End(Link(max_packets[i], token=i + 1, now=0.0), iter(fates[i]), list(sends[i]), appetites[i])
            for i in (0, 1)
        ]
        self._on_the_way: list[tuple[float, int, int, bytes]] = []
        self._count = 0

    def settle(self, until: float = 10_000.0) -> None:
        """Run until both sides have nothing to do or have ended; fail when `until` (virtual seconds) is reached."""
        while not self._settled():
            self.step()
            assert self.now < until, "the links never come to rest"

    def run(self, until: float) -> None:
        """Run until a moment in virtual time."""
        while self.now < until and not self._settled():
            self.step()

    def step(self) -> None:
        """Let both sides work, then go on to the next moment when something happens."""
        for number, end in enumerate(self.ends):
            self._work(number, end)
        moments = [end.link.deadline for end in self.ends if not end.link.ended]
        moments += [moment for moment, *_ in self._on_the_way[:1]]
        moments += [end.eats_at for end in self.ends if end.link.held and end.eats_at > self.now]
        self.now = max(self.now, min(moments, default=self.now))
        while self._on_the_way and self._on_the_way[0][0] <= self.now:
            _, _, number, packet = heapq.heappop(self._on_the_way)
            self.ends[number].link.receive(packet, self.now)

    def _work(self, number: int, end: End) -> None:
        while end.to_send and not end.link.ended and end.link.has_room(end.to_send[0][0]):
            priority, message = end.to_send.pop(0)
            end.link.send(message, priority)
            end.put.append((priority, message))
        while end.eats_at <= self.now and (came := end.link.next_message()) is not None:
            end.received.append(came[1])
            end.eats_at = self.now + end.appetite
        while (packet := end.link.next_packet(self.now)) is not None:
            end.packets.append(packet)
            for delay in next(end.fates, (LATENCY_S,)):
                self._count += 1
                heapq.heappush(self._on_the_way, (self.now + delay, self._count, 1 - number, packet))

    def _settled(self) -> bool:
        if self._on_the_way:
            return False
        done = [end.link.ended or (end.link.idle and not end.to_send) for end in self.ends]
        eaten = all(not end.link.held for end in self.ends)
        return all(done) and (eaten or any(end.link.ended for end in self.ends)) and self.now > 0
