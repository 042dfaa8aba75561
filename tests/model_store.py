"""A model store before a hub that speaks the real protocol, for the tests of pulling, pins and trouble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from huggingface_hub import close_session

from models.catalog import Board, Entry, File, Role
from models.store import Store
from tests.hub_server import HubServer, hub_server

REPOSITORY = "maker/model"


BIG = bytes(range(256)) * 2000


SMALL = b'{"kind": "description"}'


@dataclass
class Told:
    """A Watch that remembers."""

    begun: list[tuple[str, int, int]] = field(default_factory=list)
    moved: int = 0
    texts: list[str] = field(default_factory=list)

    def begin(self, name: str, total: int, done: int) -> None:
        self.begun.append((name, total, done))

    def move(self, count: int) -> None:
        self.moved += count

    def tell(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture(scope="module")
def one_client() -> Iterator[None]:
    """Close huggingface_hub's client at the end alone: a new one reads every certificate of the system again."""
    yield
    close_session()


@pytest.fixture
def hub(one_client: None) -> Iterator[HubServer]:
    with hub_server() as server:
        server.put(f"{REPOSITORY}/model.bin", BIG)
        server.put(f"{REPOSITORY}/config.json", SMALL, small=True)
        yield server


@pytest.fixture
def store(hub: HubServer, tmp_path: Path) -> Store:
    return open_store(hub, tmp_path)


def open_store(hub: HubServer, folder: Path, pauses: list[float] | None = None) -> Store:
    waited = [] if pauses is None else pauses
    return Store(folder / "hub", folder / "models.json", folder, hub.url, waited.append)


def entry(name: str = "model", *files: File, repository: str | None = REPOSITORY) -> Entry:
    return Entry(
        role=Role.RECOGNISER,
        about="a model",
        licence="MIT",
        languages=("en",),
        ram_mb=1,
        boards=(Board.PI_5,),
        files=files or (File("config.json"), File("model.bin")),
        repository=repository,
        name=name,
    )


def parts(folder: Path) -> list[Path]:
    return list(folder.rglob("*.incomplete"))
