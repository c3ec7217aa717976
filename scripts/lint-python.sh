#!/usr/bin/env bash
# ruff, mypy, pyright and stubtest on the Python package.
source "$(dirname "$0")/lib.sh"

venv="$(scripts/python-venv.sh)"
export RUFF_CACHE_DIR="$HYDRA_CACHE/ruff" MYPY_CACHE_DIR="$HYDRA_CACHE/mypy"
cd bindings/python
PATH="$venv/bin:$PATH"
ruff check --quiet . ../../examples
ruff format --check --quiet . ../../examples
mypy --no-error-summary python/hydra_logger
mypy --no-error-summary --strict tests/a_users_program.py
pyright --pythonpath "$venv/bin/python" python/hydra_logger tests/a_users_program.py >&2
# What the stubs say, against the module as it was built.
(cd tests && python -m mypy.stubtest hydra_logger._core --mypy-config-file ../pyproject.toml \
  --allowlist ../stubtest-allowlist.txt >&2)
