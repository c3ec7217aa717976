#!/usr/bin/env bash
# Every test of the workspace: unit, integration and documentation tests, with every feature.
# Arguments go to `cargo test` (`scripts/test.sh -p hydra-core csv`).
source "$(dirname "$0")/lib.sh"

# Tests rotate files with the real logrotate.
need_program logrotate logrotate "the file destination's tests"

if [ $# -gt 0 ]; then
  exec cargo test --all-features "$@"
fi
exec cargo test --workspace --all-features
