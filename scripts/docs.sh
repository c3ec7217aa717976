#!/usr/bin/env bash
# rustdoc for every crate, with each warning an error: a broken link is a bug.
source "$(dirname "$0")/lib.sh"

RUSTDOCFLAGS="${RUSTDOCFLAGS:-} -D warnings" cargo doc --workspace --exclude harness --exclude hydra-bench --exclude hydra-python --all-features --no-deps --quiet --keep-going
say "documentation: $CARGO_TARGET_DIR/doc/hydra_logger/index.html"
