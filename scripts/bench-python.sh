#!/usr/bin/env bash
# The Python package beside its peers, in interleaved rounds: a table of them, and one of every
# preset. From the environment:
#   N=200000 ROUNDS=5   lines a run, rounds
#   ONLY=a,b            only cases whose name in benches/python/loggers.py contains one of these
# `--instructions` counts the instructions of a call instead, which a busy machine does not change.
source "$(dirname "$0")/lib.sh"

# An environment of its own: the release build, and no more than what is measured.
export HYDRA_VENV="$HYDRA_CACHE/venv-bench" REQUIREMENTS=benches/python/requirements.txt
venv="$(PROFILE=release scripts/python-venv.sh)"
export OUT="$HYDRA_CACHE/bench" PYTHONDONTWRITEBYTECODE=1
if [ "${1:-}" = --instructions ]; then
  need_program valgrind valgrind "counting instructions"
  exec "$venv/bin/python" benches/python/instructions.py "$venv/bin/python"
fi
exec "$venv/bin/python" benches/python/run.py "$venv/bin/python"
