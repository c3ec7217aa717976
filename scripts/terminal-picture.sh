#!/usr/bin/env bash
# Draws docs/images/demo.svg, the README's picture, from what `hydra demo` prints on a terminal.
source "$(dirname "$0")/lib.sh"

cargo build --quiet --release -p hydra-cli
root=$PWD
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
# In a directory without logs, where the demo takes its sample; the speed of one machine and the
# paths at the end are left out.
cd "$empty" || exit
TZ=UTC "$root/scripts/terminal-picture.py" --columns 132 --until 'At full speed' \
  --prompt 'hydra demo' "$root/docs/images/demo.svg" \
  "${HYDRA:-$CARGO_TARGET_DIR/release/hydra}" demo --out demo-logs --lines 1000
say "drawn: docs/images/demo.svg"
