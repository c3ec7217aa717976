#!/usr/bin/env bash
# Runs every example, of Python and of Rust, each in an empty folder of its own; fails if one fails
# or prints something else than its docstring shows.
source "$(dirname "$0")/lib.sh"

venv="$(scripts/python-venv.sh)"
# With the features that `make test` has built it with.
cargo build --quiet --workspace --all-features --examples
"$venv/bin/python" scripts/examples.py "$venv/bin/python" "$CARGO_TARGET_DIR/debug/examples"
