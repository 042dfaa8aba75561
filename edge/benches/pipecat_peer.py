"""A pipecat voice agent on recordings: runs in pipecat's own environment, not in ours.

`python -m edge.benches.pipecat_peer` reads a `Job` and writes an `Answer` for each clip, as lines of JSON. Pipecat has
its own transports, turn detection, aggregation and queues; engines, templates and clock are ours, so that only the
frame around them differs: the same Silero network, the same pocketsphinx with the same language model, the same
sentence templates, the same espeak. What it says is given, so it waits for no tool.
"""

# Pipecat is never installed where the types are checked, so its classes are Any there.
# mypy: disable-error-code="import-not-found,misc"

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
from loguru import logger
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from audio.frames import SAMPLE_RATE
from audio.wav_device import FileMicrophone, FileSpeaker
from edge.benches.peer_protocol import Answer, Job, Variant
from edge.benches.pipecat_parts import Ears, Mind, Mouth, Recogniser, Stages, Vad, Voice
from edge.fast_path import FastPath
from models.espeak_tts import EspeakVoice
from models.pocketsphinx_asr import PocketsphinxRecogniser

_LOOK_S = 0.7
"""A pause between sentences is shorter."""


class Engines:
    """What pipecat and we share."""

    def __init__(self, job: Job) -> None:
        self.silero = Path(job.silero)
        self.recogniser = PocketsphinxRecogniser(job.sentences, job.vocabulary, Path(job.cache))
        self.templates = FastPath(job.language, job.people, job.lists)
        self.voice = EspeakVoice(job.language, words_per_minute=job.words_per_minute)


class Agent:
    """A pipeline over these engines that takes a turn for over as the variant says."""

    def __init__(self, engines: Engines, variant: Variant) -> None:
        self._microphone, self._speaker, self._stages = FileMicrophone(), FileSpeaker(), Stages()
        params = TransportParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_in_sample_rate=SAMPLE_RATE,
            audio_out_sample_rate=SAMPLE_RATE,
        )
        aggregators = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                vad_analyzer=Vad(engines.silero, VADParams()), user_turn_strategies=_strategies(variant.silence_s)
            ),
        )
        self.worker = PipelineWorker(
            Pipeline(
                [
                    Ears(params, self._microphone),
                    Recogniser(engines.recogniser, self._stages),
                    aggregators.user(),
                    Mind(engines.templates, self._stages),
                    Voice(engines.voice, self._stages),
                    Mouth(params, self._speaker, self._stages),
                    aggregators.assistant(),
                ]
            ),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            enable_rtvi=False,
            idle_timeout_secs=None,
        )

    async def turn(self, job: Job, variant: Variant, number: int) -> Answer:
        """Say a clip, wait until all is quiet, and give what became of it."""
        clip = job.clips[number]
        self._stages.begin(clip.answer)
        before, played = len(self._microphone.recording()), len(self._speaker.recording())
        await self._microphone.say(clip.pcm)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet(), job.answer_s)
        return Answer(
            variant.name,
            number,
            self._stages.at,
            tuple(self._stages.ended),
            self._microphone.opened + before / 2 / SAMPLE_RATE,
            self._microphone.recording()[before:],
            self._speaker.opened + played / 2 / SAMPLE_RATE,
            self._speaker.recording()[played:],
        )

    async def _quiet(self) -> None:
        """Wait until each turn is over that began, and nothing is played any more."""
        await self._stages.spoke.wait()
        played = -1
        while self._stages.open or self._speaker.played != played:
            played = self._speaker.played
            await asyncio.sleep(_LOOK_S)


def _strategies(silence_s: float | None) -> UserTurnStrategies | None:
    if silence_s is None:
        return None
    timeout_s = silence_s - VADParams().stop_secs
    return UserTurnStrategies(
        start=[VADUserTurnStartStrategy()], stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=timeout_s)]
    )


async def _run(job: Job) -> None:
    engines = Engines(job)
    for variant in job.variants:
        engines.recogniser.forget()
        agent = Agent(engines, variant)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(agent.worker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run())
            for number in range(len(job.clips)):
                await asyncio.sleep(job.between_s)
                answer = await agent.turn(job, variant, number)
                sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
                sys.stdout.buffer.flush()
            await agent.worker.cancel()


def main() -> None:
    """Read the job, do it."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    asyncio.run(_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)))


if __name__ == "__main__":
    main()
