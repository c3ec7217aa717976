#!/usr/bin/env bash
# What takes too long for every run: writers killed ROUNDS times, 1000 unless set, in each of the six ways
# of the test, the power taken from half as many on each file system, and a twentieth as many disks that fail
# and lie.
source "$(dirname "$0")/lib.sh"

export HYDRA_KILL_ROUNDS="${ROUNDS:-1000}"
export HYDRA_POWER_CUTS="$((HYDRA_KILL_ROUNDS / 2))"
export HYDRA_BAD_DISKS="$((HYDRA_KILL_ROUNDS / 20))"
need_program xfs_io xfsprogs "the test of a loss of power"
need_program qemu-storage-daemon qemu-utils "the test of a disk that lies"
cargo test --release --package hydra-logger --all-features --test records_survive_a_kill \
  --test records_survive_a_loss_of_power --test power_may_go_at_any_instant \
  --test a_disk_may_lie_after_an_error "$@"
