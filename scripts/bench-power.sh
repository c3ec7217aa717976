#!/usr/bin/env bash
# What `durability: power` costs: threads in Rust, tasks in Python, each of which waits until the disk has
# its record. HYDRA_BENCH_DIR is a directory on the disk that is measured.
source "$(dirname "$0")/lib.sh"

cargo bench --quiet --package hydra-logger --features spool --bench power
export HYDRA_VENV="$HYDRA_CACHE/venv-bench" REQUIREMENTS=benches/python/requirements.txt
venv="$(PROFILE=release scripts/python-venv.sh)"
exec "$venv/bin/python" benches/python/power.py
