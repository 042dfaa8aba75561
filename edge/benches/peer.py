"""Lets pipecat answer the same commands as we did, with the same engines, in a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import platformdirs
from rich.progress import Progress

from edge.benches.latency_trace import Side
from edge.benches.peer_environment import PIPECAT
from edge.benches.peer_protocol import Answer, Clip, Job, Variant
from edge.benches.peer_turns import on_one_clock, peer_side
from edge.config import Config
from edge.lexicon import lexicon
from models.engine import EngineFailed
from models.silero_vad import packaged_model

VARIANTS = (
    Variant(f"{PIPECAT} as it comes"),
    Variant("after 0.3 s of silence", 0.3),
    Variant("after 0.8 s of silence", 0.8),
)
"""As it comes: 0.2 s of silence, then the smart-turn network, and 3 s where that says that more will come. 0.3 s is
about what we wait after a command that is whole; 0.8 s is pipecat's default where a silence alone decides (0.2 s and
0.6 s)."""
_ROOT = Path(__file__).parents[2]
_NO_ANSWER = "Sorry, what was that?"
"""What the peer says where we said nothing: it may have heard more than we did."""
_COMPLAINT = 500
"""Letters of what the peer's program said last."""


def measure_peer(
    python: Path,
    plain: Sequence[bytes],
    hesitating: Sequence[bytes],
    answers: Sequence[str],
    config: Config,
    progress: Progress,
) -> list[Side]:
    """Let pipecat hear the clips in turn, in real time. `answers` is what it says to each.

    Raises EngineFailed when it breaks.
    """
    said = zip([*plain, *hesitating], answers, strict=True)
    job = _job([Clip(pcm, answer or _NO_ANSWER) for pcm, answer in said], config)
    task = progress.add_task("pipecat in real time", total=len(job.clips) * len(job.variants))
    found = run_peer([str(python), "-m", "edge.benches.pipecat_peer"], job, lambda: progress.advance(task))
    sides = []
    for variant in job.variants:
        turns = [on_one_clock(answer) for answer in found if answer.variant == variant.name]
        sides.append(peer_side(variant.name, turns[: len(plain)], turns[len(plain) :]))
    return sides


def run_peer(command: Sequence[str], job: Job, told: Callable[[], None]) -> list[Answer]:
    """Give a peer's program the job, and all of its answers back, each clip with each variant; `told` counts them.

    Raises EngineFailed when it cannot be started, breaks, or does not answer as it should.
    """
    with tempfile.TemporaryFile() as complaints:  # not a pipe: nobody would read it while answers are read
        try:
            process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
            )
        except OSError as exc:
            raise EngineFailed(f"the peer cannot be started: {exc}") from exc
        with process:
            try:
                found = list(_answers(process, job, told))
            finally:
                process.kill()
        if len(found) == len(job.clips) * len(job.variants):
            return found
        complaints.seek(0)
        complaint = complaints.read().decode(errors="replace").strip()[-_COMPLAINT:]
        raise EngineFailed(f"the peer ended after {len(found)} clips with status {process.returncode}: {complaint}")


def _answers(process: subprocess.Popen[bytes], job: Job, told: Callable[[], None]) -> Iterator[Answer]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(job))
        process.stdin.close()
    except BrokenPipeError:
        return
    expected = ((variant.name, clip) for variant in job.variants for clip in range(len(job.clips)))
    for line, (variant, clip) in zip(process.stdout, expected, strict=False):
        try:
            answer = msgspec.json.decode(line, type=Answer)
        except msgspec.DecodeError as exc:
            raise EngineFailed(f"the peer gave no answer: {line[:_COMPLAINT]!r} ({exc})") from exc
        if (answer.variant, answer.clip) != (variant, clip):
            raise EngineFailed(f"the peer answered clip {answer.clip} of {answer.variant}, not {clip} of {variant}")
        yield answer
        told()


def _job(clips: Sequence[Clip], config: Config) -> Job:
    """Say what pipecat is to do. Raises EngineMissing without the network of the voice activity detector."""
    cache = platformdirs.user_cache_path("earrand")
    known = lexicon(config.wearable, cache)
    return Job(
        known.sentences,
        known.vocabulary,
        str(cache),
        str(packaged_model()),
        config.language,
        config.wearable.people,
        config.wearable.lists,
        config.speaking.words_per_minute,
        VARIANTS,
        tuple(clips),
        between_s=1.0,
        answer_s=15.0,
    )
