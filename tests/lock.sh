#!/bin/sh
# Makes the three lock files anew from pyproject.toml. Needs uv (pip install uv); run it after a change of dependencies.
set -eu
cd "$(dirname "$0")/.."
compile="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml"
$compile --no-emit-package llama-cpp-python -o requirements.lock
$compile --no-emit-package llama-cpp-python --group test -c requirements.lock -o requirements-test.lock
$compile -c requirements.lock | sed -n '/^llama-cpp-python==/,/^    --hash/p' >requirements-llama.lock
