#!/usr/bin/env bash
# What takes too long for every run: writers killed ROUNDS times, 1000 unless set, in each of the six ways
# of the test.
source "$(dirname "$0")/lib.sh"

export HYDRA_KILL_ROUNDS="${ROUNDS:-1000}"
cargo test --release --package hydra-logger --all-features --test records_survive_a_kill "$@"
