"""A peer's program for tests: behaves as its argument says."""

from __future__ import annotations

import sys

import msgspec

from edge.benches.peer_protocol import Answer, Job


def main(behaviour: str) -> None:
    """Read the job and answer it, or not."""
    if behaviour == "refuses":
        sys.exit(_complain())
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    if behaviour == "babbles":
        print("hello", flush=True)
        return
    for variant in job.variants:
        for number, clip in enumerate(job.clips):
            told = 1 if behaviour == "mixes" else number
            answer = Answer(variant.name, told, {}, (), 0.0, clip.pcm, 0.0, b"")
            print(msgspec.json.encode(answer).decode(), flush=True)
            if behaviour == "breaks":
                sys.exit(_complain())


def _complain() -> int:
    print("no module named pipecat", file=sys.stderr)
    return 3


if __name__ == "__main__":
    main(sys.argv[1])
