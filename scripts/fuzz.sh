#!/usr/bin/env bash
# Runs every fuzz target (or those that are named) for SECONDS_EACH seconds, 60 unless set. What they
# learn, and what they find, stays in the cache folder; a finding ends the run with an error.
source "$(dirname "$0")/lib.sh"

cargo_tool cargo-fuzz 0.13.2
export CARGO_TARGET_DIR="$HYDRA_CACHE/fuzz/target"
if [ $# = 0 ]; then
  mapfile -t targets < <(basename -s .rs -a fuzz/fuzz_targets/*.rs)
  set -- "${targets[@]}"
fi
for target in "$@"; do
  corpus="$HYDRA_CACHE/fuzz/corpus/$target" found="$HYDRA_CACHE/fuzz/found/$target/"
  mkdir -p "$corpus" "$found"
  folders=("$corpus")
  [ ! -d "fuzz/seeds/$target" ] || folders+=("fuzz/seeds/$target")
  say "-- $target, ${SECONDS_EACH:-60} s"
  # Without a sanitizer it builds on the stable compiler: there is no unsafe code in what it reads,
  # and what it hunts is panics, hangs and memory that grows without bound.
  cargo fuzz run --sanitizer none "$target" "${folders[@]}" -- \
    -max_total_time="${SECONDS_EACH:-60}" -timeout=5 -rss_limit_mb=2048 -artifact_prefix="$found" -print_final_stats=1 \
    >"$HYDRA_CACHE/fuzz/$target.log" 2>&1 || {
    tail -n 30 "$HYDRA_CACHE/fuzz/$target.log" >&2
    die "$target found something: $found"
  }
  grep -E 'number_of_executed_units|peak_rss' "$HYDRA_CACHE/fuzz/$target.log" >&2
done
