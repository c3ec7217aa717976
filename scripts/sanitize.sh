#!/usr/bin/env bash
# The tests of what is `unsafe` in hydra-core (locks held over fork(2), the front buffer's lock) and in
# hydra-delivery (the ring, its memory, the wake-up) under AddressSanitizer, and the ring's threads
# under ThreadSanitizer. Needs a nightly toolchain, so it is not in CI; loom's tests of the same are.
source "$(dirname "$0")/lib.sh"

# It takes minutes, most of them silent: what ends it is named, and so is its end.
set -E
trap 'say "stopped with status $? at line $LINENO: $BASH_COMMAND"' ERR
trap 'say "stopped by a signal"; exit 130' INT TERM HUP

cargo +nightly --version >/dev/null 2>&1 || die "sanitizers need a nightly toolchain: rustup toolchain install nightly"

host="$(rustc -vV | sed -n 's/^host: //p')"

# sanitized KIND FLAGS CARGO-ARGUMENTS...
sanitized() {
  say "== $1 sanitizer: ${*:3}"
  RUSTFLAGS="-Zsanitizer=$1 $2" CARGO_TARGET_DIR="$CARGO_TARGET_DIR/sanitize-$1" \
    cargo +nightly test --target "$host" "${@:3}"
}

# What lives until the process ends, as a global logger does, is no leak.
export ASAN_OPTIONS=detect_leaks=0
sanitized address "" --package hydra-core \
  --test exit_panic_and_fork_lose_and_double_nothing \
  --test threads_log_while_a_file_is_moved_and_retired "$@"

# A ring that nobody drops would be one.
export ASAN_OPTIONS=detect_leaks=1
sanitized address "" --package hydra-delivery --lib \
  --test threads_pass_records_through_rings "$@"

# The standard library is not built for it, which is no mismatch that matters here: what the threads
# share is our own. Fences it does not know: a missing one is for loom to find.
sanitized thread -Cunsafe-allow-abi-mismatch=sanitizer --package hydra-delivery \
  --test threads_pass_records_through_rings "$@"

say "== nothing was found"
