"""A model hub on 127.0.0.1 that speaks the part of the Hugging Face protocol with which files are fetched.

`HEAD /OWNER/REPO/resolve/REVISION/PATH` answers with ETag, X-Repo-Commit, X-Linked-Size and X-Linked-Etag, and large
files redirect to `/cdn/ETAG`, which knows ranges. What can go wrong on the way is a `Fault` of a file.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
"""What "main" is at first."""


@dataclass
class Fault:
    """What goes wrong with a file."""

    cut_after: int | None = None
    """Bytes of each reply after which the connection breaks."""
    cuts: int = 1_000_000
    """How often it breaks; then all is well."""
    gives: bytes | None = None
    """Content that is sent in place of the one that is stated."""
    ignores_ranges: bool = False
    answers: int | None = None
    """A status in place of the content."""
    at_half: Callable[[], None] | None = None
    """Called once, with half of the content sent."""


@dataclass
class HubServer:
    """What the hub holds and was asked."""

    url: str = ""
    commit: str = COMMIT
    files: dict[str, bytes] = field(default_factory=dict)
    """By "OWNER/REPO/PATH"."""
    small: set[str] = field(default_factory=set)
    """Those of them that lie in git itself: the ETag is git's hash, and nothing redirects."""
    faults: dict[str, Fault] = field(default_factory=dict)
    down: bool = False
    """Answers 503 to everything."""
    asked: list[str] = field(default_factory=list)
    """One "METHOD PATH RANGE" for each request."""
    tokens: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Authorization of each request."""

    def put(self, name: str, content: bytes, *, small: bool = False) -> None:
        """Hold a file."""
        self.files[name] = content
        if small:
            self.small.add(name)

    def etag(self, name: str) -> str:
        content = self.files[name]
        if name in self.small:
            return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return hashlib.sha256(content).hexdigest()

    def tokens_at(self, part: str) -> set[str | None]:
        """Give every Authorization that came to paths with `part` in them."""
        return {token for path, token in self.tokens if part in path}

    def fetched(self) -> list[str]:
        """Give the requests for content."""
        return [line for line in self.asked if line.startswith("GET")]


@contextmanager
def hub_server() -> Iterator[HubServer]:
    """Serve until the end of the block."""
    hub = HubServer()

    class Handler(_Handler):
        held = hub

    with _Server(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that go away in the middle are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held: HubServer

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def do_GET(self) -> None:
        self._answer(with_content=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: pytest shows what was asked."""

    def _answer(self, *, with_content: bool) -> None:
        self.held.asked.append(f"{self.command} {self.path} {self.headers.get('Range', '')}".strip())
        self.held.tokens.append((self.path, self.headers.get("Authorization")))
        if self.held.down:
            self._refuse(503)
        elif self.path.startswith("/cdn/"):
            self._send(self._by_etag(self.path.removeprefix("/cdn/")), with_content)
        else:
            self._resolve(with_content)

    def _resolve(self, with_content: bool) -> None:
        before, _, after = unquote(self.path).partition("/resolve/")
        revision, _, path = after.partition("/")
        name = f"{before.removeprefix('/')}/{path}"
        if name not in self.held.files:
            known = any(file.startswith(before.removeprefix("/") + "/") for file in self.held.files)
            self._refuse(404, "EntryNotFound" if known else "RepoNotFound")
        elif revision not in ("main", self.held.commit):
            self._refuse(404, "RevisionNotFound")
        elif name in self.held.small:
            self._send(name, with_content)
        else:
            self.send_response(302)
            self.send_header("X-Repo-Commit", self.held.commit)
            self.send_header("X-Linked-Size", str(len(self.held.files[name])))
            self.send_header("X-Linked-Etag", f'"{self.held.etag(name)}"')
            # A CDN has another name, and a token is not for it.
            self.send_header(
                "Location", f"{self.held.url.replace('127.0.0.1', 'localhost')}/cdn/{self.held.etag(name)}"
            )
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _by_etag(self, etag: str) -> str:
        return next(name for name in self.held.files if self.held.etag(name) == etag)

    def _send(self, name: str, with_content: bool) -> None:
        fault = self.held.faults.get(name, Fault())
        if with_content and fault.answers is not None:
            self._refuse(fault.answers)
            return
        content = self.held.files[name] if fault.gives is None or not with_content else fault.gives
        start = self._start(fault)
        self.send_response(206 if start else 200)
        self.send_header("X-Repo-Commit", self.held.commit)
        self.send_header("ETag", f'"{self.held.etag(name)}"')
        self.send_header("Content-Length", str(max(len(content) - start, 0)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if with_content:
            self._write(content[start:], fault)

    def _start(self, fault: Fault) -> int:
        wanted = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        return int(wanted) if wanted and not fault.ignores_ranges else 0

    def _write(self, content: bytes, fault: Fault) -> None:
        if fault.at_half is not None:
            half, fault.at_half = fault.at_half, None
            self.wfile.write(content[: len(content) // 2])
            half()
            content = content[len(content) // 2 :]
        if fault.cut_after is not None and fault.cuts > 0 and len(content) > fault.cut_after:
            fault.cuts -= 1
            self.wfile.write(content[: fault.cut_after])
            self.close_connection = True
        else:
            self.wfile.write(content)

    def _refuse(self, status: int, code: str = "") -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()
