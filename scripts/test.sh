#!/usr/bin/env bash
# Every test: unit, integration and documentation tests of the workspace, with every feature, those of
# the synchronous logger over the asynchronous one, those of the Python package on its wheel, then the
# examples. Arguments go to `cargo test`
# (`scripts/test.sh -p hydra-core csv`), and then it is Rust's alone.
source "$(dirname "$0")/lib.sh"

# Tests rotate files with the real logrotate.
need_program logrotate logrotate "the file destination's tests"

if [ $# -gt 0 ]; then
  exec cargo test --all-features "$@"
fi
cargo test --workspace --all-features
scripts/test-async.sh
scripts/test-python.sh
scripts/examples.sh
