#!/usr/bin/env bash
# The tests of the synchronous logger over the asynchronous one: every logger of theirs has an engine
# before its pipeline, and a call waits until its record went through (only in builds with debug
# assertions). Left out are the asynchronous logger's own tests, the examples, which are other
# programs, and those that kill processes at random moments.
source "$(dirname "$0")/lib.sh"

targets=()
for file in crates/hydra-logger/tests/*.rs; do
  name=$(basename "$file" .rs)
  case $name in
    the_examples_run | an_audit_file_outlives_* | a_written_line_survives_a_kill) continue ;;
  esac
  # The asynchronous logger's own.
  ! grep -qE 'into_async|AsyncLogger' "$file" || continue
  targets+=(--test "$name")
done
HYDRA_TEST_ASYNC=1 cargo test --quiet --no-fail-fast --package hydra-logger --all-features "${targets[@]}"
