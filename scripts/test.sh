#!/usr/bin/env bash
# Every test: unit, integration and documentation tests of the workspace, with every feature, those of
# the synchronous logger over the asynchronous one, those of the Python package on its wheel, then the
# examples. Arguments go to `cargo test`
# (`scripts/test.sh -p hydra-core csv`), and then it is Rust's alone.
source "$(dirname "$0")/lib.sh"

# Tests rotate files with the real logrotate.
need_program logrotate logrotate "the file destination's tests"
# Have system calls fail.
need_program strace strace "the tests of a disk that fails"
# And take the power from a file system of their own, which only root may mount.
[ "$(id -u)" != 0 ] || need_program xfs_io xfsprogs "the tests of a loss of power"
# On a disk that fails and lies.
[ "$(id -u)" != 0 ] || need_program qemu-storage-daemon qemu-utils "the tests of a disk that lies"

if [ $# -gt 0 ]; then
  exec cargo test --all-features "$@"
fi
cargo test --workspace --all-features
scripts/test-async.sh
scripts/test-python.sh
scripts/examples.sh
