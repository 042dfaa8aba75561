"""Asks the Hugging Face hub about files, and knows the cache that all programs that use it share.

The cache is laid out as its documentation says: `blobs/ETAG` hold the content, and `snapshots/COMMIT/PATH` are links
to them. https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from huggingface_hub import (
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    scan_cache_dir,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    CacheNotFound,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from models.catalog import Refused, Unreachable
from models.fetch import Digest, Remote, Watch, can_be_checked, fetch

NEWEST = "main"


class Hub:
    """The hub, seen through a cache."""

    def __init__(self, cache: Path, pause: Callable[[float], None], endpoint: str | None = None) -> None:
        self.cache = cache
        self._endpoint = endpoint or constants.ENDPOINT
        self._pause = pause
        # Else every request tells what runs us, and a list of the programs that it looks for is fetched first.
        constants.HF_HUB_DISABLE_TELEMETRY = True

    def find(self, repository: str, path: str, revision: str) -> Path | None:
        """Give a file that is in the cache at a revision. Asks nobody."""
        found = try_to_load_from_cache(repository, path, cache_dir=self.cache, revision=revision)
        return Path(found) if isinstance(found, str) else None

    def stated(self, found: Path) -> str:
        """Give the hash that the hub stated for a file of the cache when it came; nothing where that is not kept."""
        etag = Path(os.readlink(found)).name if found.is_symlink() else ""
        return etag if can_be_checked(etag) else ""

    def ask(self, repository: str, path: str, revision: str) -> tuple[Remote, str]:
        """Give what the hub states of a file, and the commit that the revision is. Raises Unreachable and Refused."""
        url = hf_hub_url(repository, path, revision=revision, endpoint=self._endpoint)
        with self._translated(repository, path):
            stated = get_hf_file_metadata(url, endpoint=self._endpoint)
        if stated.commit_hash is None or stated.size is None or not can_be_checked(stated.etag or ""):
            raise Refused(f"{self._endpoint} does not state commit, size and hash of {path}: it is no such hub")
        # By the commit from here on: the branch may move while the file comes.
        url = hf_hub_url(repository, path, revision=stated.commit_hash, endpoint=self._endpoint)
        return Remote(Path(path).name, url, stated.size, stated.etag or ""), stated.commit_hash

    def fetch(self, repository: str, remote: Remote, owner: str, watch: Watch) -> Digest:
        """Bring the content of a file into the cache, verified. Raises what `fetch` of models.fetch raises."""
        part = self._blobs(repository) / f"{remote.etag}.{owner}.incomplete"
        return fetch(remote, part, self.blob(repository, remote), watch, self._pause)

    def blob(self, repository: str, remote: Remote) -> Path:
        """Say where the content of a file lies, or would lie."""
        return self._blobs(repository) / remote.etag

    def parts(self, repository: str, owner: str) -> list[Path]:
        """Give what was fetched for an owner and is not complete."""
        return sorted(self._blobs(repository).glob(f"*.{owner}.incomplete"))

    def link(self, repository: str, path: str, revision: str) -> Path:
        """Give a file whose content is there its place in the snapshot of a revision. Raises Unreachable, Refused."""
        with self._translated(repository, path):
            found = hf_hub_download(repository, path, revision=revision, cache_dir=self.cache, endpoint=self._endpoint)
        return Path(found)

    def discard(self, found: Path) -> None:
        """Delete a file of the cache and its content."""
        content = found.resolve()
        found.unlink(missing_ok=True)
        content.unlink(missing_ok=True)

    def delete(self, repository: str, paths: Collection[str]) -> int:
        """Delete files at every revision, and contents that nothing else uses; give the bytes that came free."""
        try:
            info = scan_cache_dir(self.cache)
        except CacheNotFound:
            return 0
        ours = [
            file
            for repo in info.repos
            if repo.repo_id == repository and repo.repo_type == "model"
            for revision in repo.revisions
            for file in revision.files
            if file.file_path.relative_to(revision.snapshot_path).as_posix() in paths
        ]
        strategy = info.delete_files(*ours)
        strategy.execute()
        return strategy.expected_freed_size

    def _blobs(self, repository: str) -> Path:
        return self.cache / f"models--{repository.replace('/', '--')}" / "blobs"

    @contextmanager
    def _translated(self, repository: str, path: str) -> Iterator[None]:
        """Turn what huggingface_hub raises into what a person can act on."""
        try:
            yield
        except OfflineModeIsEnabled as exc:
            raise Unreachable("HF_HUB_OFFLINE is set: nothing is asked of the hub") from exc
        except GatedRepoError as exc:
            raise Refused(f"{repository} wants you to accept its terms, and a token: `hf auth login`") from exc
        except RepositoryNotFoundError as exc:
            raise Refused(f"{self._endpoint} has no {repository}, or not for you: `hf auth login`") from exc
        except RevisionNotFoundError as exc:
            raise Refused(
                f"{repository} has lost the revision that is pinned; forget it with `models remove --forget`"
            ) from exc
        except RemoteEntryNotFoundError as exc:
            raise Refused(f"{repository} has no file {path}: see {self._endpoint}/{repository}/tree/main") from exc
        except (LocalEntryNotFoundError, httpx2.TransportError) as exc:
            raise Unreachable(f"{self._endpoint} cannot be reached ({exc}); the network is down, or it is") from exc
        except HfHubHTTPError as exc:
            status = exc.response.status_code
            kind = Unreachable if status >= 500 or status == 429 else Refused
            raise kind(f"{self._endpoint} answers {status} for {path} of {repository}") from exc
