"""The llama.cpp that is linked into this process: new enough, and without what we do not use."""

from __future__ import annotations

import ctypes
import re
from importlib.metadata import version
from pathlib import Path

import llama_cpp
import pytest

from models.template_sandbox import BadTemplate, TemplateSandbox

ROOT = Path(__file__).parents[2]
LIBRARIES = sorted((Path(llama_cpp.__file__).parent / "lib").glob("lib*"))

# llama-cpp-python is built from an archive without its history, so the library says "build 1". What it does know is
# the commit; the build is the number of the tag that stands at it.
BUILDS = {"0c1e570": 11312}

FIXED_IN = {
    "CVE-2025-49847: a long token overflows a buffer": 5662,
    "CVE-2025-52566: the tokenizer compares signed with unsigned": 5721,
    "CVE-2026-33298: tensor sizes wrap": 7824,
    "CVE-2026-27940: and again, past the fix of CVE-2025-53630": 8146,
    "CVE-2026-34159: the RPC server believes what it is sent": 8492,
    "CVE-2026-43631: the server uses what it has freed": 9061,
    # Not the first, but the first that was tried against all of them: lmstudio-ai/lmstudio-bug-tracker#2289.
    "ggml-org/llama.cpp#26051, #26511: more layers than tables, byte tokens below zero": 10436,
}
FLOOR = max(FIXED_IN.values())


def _commit() -> str:
    [library] = [path for path in LIBRARIES if path.name.startswith("libggml-base")]
    ggml = ctypes.CDLL(str(library))
    ggml.ggml_commit.restype = ctypes.c_char_p
    commit: bytes = ggml.ggml_commit()
    return commit.decode().removesuffix("-dirty")


def test_the_build_of_the_installed_llama_cpp_is_known() -> None:
    assert _commit() in BUILDS, "a new llama.cpp: look up the tag of its commit, read what was fixed since, add it"


@pytest.mark.parametrize("advisory", FIXED_IN)
def test_the_installed_llama_cpp_is_newer_than_the_advisory(advisory: str) -> None:
    assert BUILDS[_commit()] >= FIXED_IN[advisory]


def test_the_lock_names_the_version_that_is_installed() -> None:
    lock = (ROOT / "requirements-llama.lock").read_text(encoding="utf-8")
    assert re.findall(r"^llama-cpp-python==(\S+)", lock, re.MULTILINE) == [version("llama-cpp-python")]


def test_chat_templates_run_in_the_sandbox() -> None:
    # CVE-2024-34359: up to 0.2.71 of llama-cpp-python they could run anything.
    with pytest.raises(BadTemplate):
        TemplateSandbox("{{ ''.__class__.__mro__ }}").render()


def test_there_is_no_rpc_backend() -> None:
    assert not llama_cpp.llama_supports_rpc()
    assert LIBRARIES
    assert [path.name for path in LIBRARIES if "rpc" in path.name] == []
    assert [path.name for path in LIBRARIES if b"ggml_backend_rpc" in path.read_bytes()] == []


def test_the_floor_is_what_the_docs_say() -> None:
    assert f"b{FLOOR}" in (ROOT / "docs" / "model_files.md").read_text(encoding="utf-8")
