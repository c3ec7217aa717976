#!/usr/bin/env bash
# Line coverage of each crate by its unit and integration tests; fails below the floor.
# Not in CI: it builds everything once more. Arguments go to cargo tarpaulin (`-p hydra-core`).
source "$(dirname "$0")/lib.sh"

cargo_tool cargo-tarpaulin 0.37.5
out="$HYDRA_CACHE/coverage"
mkdir -p "$out"
# The benchmarks' packages have nothing that is looked at, and as much to build again; what is in
# the Python module, its tests run from Python.
[ $# -gt 0 ] || set -- --workspace --exclude harness --exclude hydra-bench --exclude hydra-python
# rustc's own counters: they cost the tests little, count threads and child processes, and
# need no LLVM tools. A process writes its counts as it exits: one that is killed, aborts or leaves
# by _exit, as forked children do, is not counted, nor are documentation's examples (rustc counts
# those on nightly alone).
cargo tarpaulin --engine llvm --all-features --follow-exec --avoid-cfg-tarpaulin --skip-clean --timeout 600 \
  --target-dir "$out/target" --out Json --output-dir "$out" \
  --include-files 'crates/*/src/*' "$@" >"$out/log" 2>&1 || {
  tail -n 40 "$out/log" >&2
  die "the tests failed under coverage; all of it is in $out/log"
}
python3 scripts/coverage.py "$out/tarpaulin-report.json"
