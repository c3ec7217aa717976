#!/usr/bin/env bash
# More files, start-up and memory of the logger. From the environment: N=300000 ROUNDS=7
# GROWTH=10000000 (lines of the one run that looks for growth).
source "$(dirname "$0")/lib.sh"

export OUT="$HYDRA_CACHE/bench"
bin="$(scripts/build-peers.sh floor costs)"
exec python3 benches/costs.py "$bin"
