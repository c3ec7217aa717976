#!/usr/bin/env bash
# Draws docs/images/demo.svg, the README's picture, from what `hydra demo` prints on a terminal.
# HYDRA is the program to take, if it is built already.
source "$(dirname "$0")/lib.sh"

if [ -z "${HYDRA:-}" ]; then
  cargo build --quiet --release -p hydra-cli
  HYDRA="$CARGO_TARGET_DIR/release/hydra"
fi
root=$PWD
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
# In a directory without logs, where the demo takes its sample; the speed of one machine and the
# paths at the end are left out.
cd "$empty" || exit
TZ=UTC "$root/scripts/terminal-picture.py" --columns 132 --until 'At full speed' \
  --prompt 'hydra demo' "$root/docs/images/demo.svg" \
  "$HYDRA" demo --out demo-logs --lines 1000
say "drawn: docs/images/demo.svg"
