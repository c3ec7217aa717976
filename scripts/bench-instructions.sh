#!/usr/bin/env bash
# User-space instructions a line under callgrind: the same on every run, however busy the machine.
# `--gate` counts the logger alone and fails above the limits (benches/run.py); CI calls that.
source "$(dirname "$0")/lib.sh"

need_program valgrind valgrind "counting instructions"
export OUT="$HYDRA_CACHE/bench"
if [ "${1:-}" = --gate ]; then
  bin="$(scripts/build-peers.sh hydra)"
  exec python3 benches/run.py "$bin" gate
fi
bin="$(scripts/build-peers.sh)"
exec python3 benches/run.py "$bin" instructions
