#!/usr/bin/env bash
# The logger, its peers and the floors in interleaved rounds: one table. From the environment:
#   N=1000000 ROUNDS=7   lines a run, rounds
#   ONLY=a,b             only rows whose label contains one of these (the floors always run)
#   MODES=a,b            only these of the modes that benches/harness/src/lib.rs lists
#   CLOCK=cpu            the process's own time: tells more on a busy machine (threads add up)
source "$(dirname "$0")/lib.sh"

export OUT="$HYDRA_CACHE/bench"
bin="$(scripts/build-peers.sh)"
exec python3 benches/run.py "$bin" times
