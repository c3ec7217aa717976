#!/usr/bin/env bash
# The tests of what is `unsafe` in hydra-core (locks held over fork(2), the front buffer's lock) under
# AddressSanitizer. Needs a nightly toolchain, so it is not in CI; loom's tests of the lock are.
# ThreadSanitizer would need the standard library's sources, to build it the same way.
source "$(dirname "$0")/lib.sh"

cargo +nightly --version >/dev/null 2>&1 || die "sanitizers need a nightly toolchain: rustup toolchain install nightly"

# What lives until the process ends, as a global logger does, is no leak.
export ASAN_OPTIONS=detect_leaks=0
RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR="$CARGO_TARGET_DIR/sanitize" \
  cargo +nightly test --package hydra-core --target "$(rustc -vV | sed -n 's/^host: //p')" \
  --test exit_panic_and_fork_lose_and_double_nothing \
  --test threads_log_while_a_file_is_moved_and_retired "$@"
