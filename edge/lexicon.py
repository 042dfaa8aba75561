"""Gives what the recogniser of a wearer knows, and writes it for the programs that train on what it hears.

python -m edge.lexicon > lexicon.json
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import platformdirs

from edge.config import WearableSection, find_config, load_config
from edge.corpus import Corpus
from edge.corpus_cache import cached_corpus
from edge.language import known_language

_SIZE = 60_000
"""Sentences for the recogniser's language model. Of 300 commands by three synthetic voices 20,000 give 92% right calls,
60,000 give 96%, and 120,000 no more. They cost two seconds once, and nothing at run time."""
_SEED = 1


def lexicon(wearable: WearableSection, cache: Path) -> Corpus:
    """Give the sentences and words for these settings: from `cache` when they are there, else made now."""
    return cached_corpus(known_language(wearable.language), wearable.people, wearable.lists, _SIZE, _SEED, cache)


def main() -> None:
    """Write the lexicon of the settings in use as JSON."""
    config = load_config(find_config(None))
    sys.stdout.buffer.write(msgspec.json.encode(lexicon(config.wearable, platformdirs.user_cache_path("earrand"))))


if __name__ == "__main__":
    main()
