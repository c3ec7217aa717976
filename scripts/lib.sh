# shellcheck shell=bash
# What every script here needs: strict mode, the repository's root as the working directory, one
# build folder outside the clone, and a way to get the few programs that a bare machine lacks.
# Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Builds, tools and measurements stay outside the clone, so that `git status` stays clean and two
# clones share what they have built. A CARGO_TARGET_DIR that is set is respected.
HYDRA_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/hydra-logger"
export HYDRA_CACHE
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HYDRA_CACHE/target}"
mkdir -p "$HYDRA_CACHE"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# need_program PROGRAM PACKAGE WHY: makes sure that PROGRAM is there, from Debian's PACKAGE when we
# are root, and otherwise says what to install.
need_program() {
  command -v "$1" >/dev/null 2>&1 && return
  install_debian "$2" || die "$1 is missing, and $3 needs it: apt-get install $2"
  command -v "$1" >/dev/null 2>&1 || die "$1 is still missing after $2 was installed"
}

# install_debian PACKAGE...: fails, saying nothing, where that is not possible.
install_debian() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
  say "installing $* (Debian)"
  local log="$HYDRA_CACHE/apt.log"
  { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }; } \
    >"$log" 2>&1 || { say "apt-get failed; the end of $log:"; tail -n 5 "$log" >&2; return 1; }
}

# cargo_tool NAME VERSION: a cargo subcommand of exactly this version in our cache folder, built
# from its own lock file the first time; its folder goes on PATH.
cargo_tool() {
  local name="$1" version="$2" root="$HYDRA_CACHE/tools/$1-$2"
  if [ ! -x "$root/bin/$name" ]; then
    say "building $name $version (once; into $root)"
    # Fat LTO, which some of them ask for, triples the wait and gains a linter nothing.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      CARGO_TARGET_DIR="$HYDRA_CACHE/tools/target" \
      cargo install --quiet --locked --version "$version" --root "$root" "$name"
  fi
  PATH="$root/bin:$PATH"
}
