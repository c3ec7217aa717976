#!/usr/bin/env bash
# Builds what `make bench` measures, one at a time (all of it, or what is named), and prints the
# folder the binaries are in.
source "$(dirname "$0")/lib.sh"

bin="$CARGO_TARGET_DIR/peers"
mkdir -p "$bin"
rust_peers=(tracing env_logger fern log4rs slog spdlog-rs logforth flexi_logger)
if [ $# = 0 ]; then
  set -- floor hydra "${rust_peers[@]}" spdlog-cpp
fi

build_peer() {
  cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml "$@" >&2
}

build_peer --bin verify
cp "$CARGO_TARGET_DIR/release/verify" "$bin/"
for peer in "$@"; do
  case "$peer" in
    hydra | costs)
      binary="hydra_${peer/hydra/peer}" # `hydra` itself is the program for the command line
      cargo build --quiet --release --package hydra-bench --bin "$binary" >&2
      cp "$CARGO_TARGET_DIR/release/$binary" "$bin/$peer"
      continue
      ;;
    floor)
      build_peer --bin floor
      ;;
    spdlog-cpp)
      if ! pkg-config --exists spdlog 2>/dev/null && ! install_debian libspdlog-dev pkg-config g++; then
        say "without spdlog C++: it needs apt-get install libspdlog-dev pkg-config g++"
        continue
      fi
      # shellcheck disable=SC2046 # the flags are words
      g++ -O3 -DNDEBUG -std=c++17 benches/peers/cpp/spdlog_peer.cpp -o "$bin/spdlog-cpp" \
        $(pkg-config --cflags --libs spdlog) -pthread
      continue
      ;;
    *)
      # Its own feature alone: no peer's dependency features reach another's build.
      build_peer --features "$peer" --bin "$peer"
      ;;
  esac
  cp "$CARGO_TARGET_DIR/release/$peer" "$bin/"
done
printf '%s\n' "$bin"
