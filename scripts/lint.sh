#!/usr/bin/env bash
# Everything that is judged without running it, quickest first (the Python stubs alone are held
# against the module as it was built).
source "$(dirname "$0")/lib.sh"

step() {
  say "-- $*"
  "$@"
}

shell_scripts() {
  need_program shellcheck shellcheck "linting the scripts"
  local files
  mapfile -t files < <(git ls-files -co --exclude-standard -- .ci/run 'scripts/*.sh')
  shellcheck -x -P SCRIPTDIR "${files[@]}"
}

step cargo fmt --all --check
step cargo fmt --manifest-path benches/peers/Cargo.toml --check
step cargo fmt --manifest-path fuzz/Cargo.toml --check
step scripts/check-names.sh
step shell_scripts
step cargo clippy --workspace --all-targets --all-features --quiet -- -D warnings
step cargo clippy -p hydra-core -p hydra-logger --no-default-features --all-targets --quiet -- \
  -D warnings
step scripts/lint-python.sh
step scripts/deny.sh
