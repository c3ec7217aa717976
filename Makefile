# The verbs of the project. Each is a few lines in scripts/, which can be run by itself; what is
# built or measured goes to ~/.cache/hydra-logger, never into the clone (CARGO_TARGET_DIR overrides).
SHELL := bash
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hydra-logger/target
.DEFAULT_GOAL := help
.PHONY: help demo test examples lint docs coverage fuzz soak sanitize bench bench-python bench-instructions bench-power bench-redaction bench-steps bench-costs

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## See it work on real logs: several layers, six formats, rotation, a table of what went where
	@cargo build --release --package hydra-cli
	@"$$CARGO_TARGET_DIR/release/hydra" demo $(ARGS)

test: ## Run every test: unit, integration, documentation, the Python package, examples (installs what they need)
	@scripts/test.sh

examples: ## Run every example, and compare what it prints with what it says it prints
	@scripts/examples.sh

lint: ## rustfmt, clippy, ruff, mypy, licences and sources of dependencies, shellcheck, names that may not be there
	@scripts/lint.sh

docs: ## Build the API documentation, warnings denied
	@scripts/docs.sh

coverage: ## Line coverage of each crate, floor 95 % (not in CI: it builds everything once more)
	@scripts/coverage.sh

fuzz: ## Run each fuzz target for SECONDS_EACH seconds (60)
	@scripts/fuzz.sh

soak: ## Kill writers ROUNDS times (1000) in each of six ways, cut the power of half as many, let disks fail, and recover what they had accepted (not in CI)
	@scripts/soak.sh

sanitize: ## The tests of unsafe code under AddressSanitizer and ThreadSanitizer (needs a nightly toolchain; not in CI)
	@scripts/sanitize.sh

bench: ## Speed beside the peers from crates.io and PyPI, in ratios to hand-written floors (ROUNDS, ONLY)
	@scripts/bench.sh
	@scripts/bench-python.sh

bench-python: ## The Python package alone beside its peers, and every preset (N, ROUNDS, ONLY)
	@scripts/bench-python.sh

bench-instructions: ## Instructions a line under callgrind: repeatable on a busy machine
	@scripts/bench-instructions.sh

bench-power: ## Records a second, each synced before its call returns (HYDRA_BENCH_DIR)
	@scripts/bench-power.sh

bench-redaction: ## Redaction beside what else takes data out of text, in interleaved rounds
	@"$$(scripts/build-peers.sh redaction)/redaction"

bench-steps: ## What the single steps on the way of a record cost (divan)
	@cargo bench --quiet --workspace --bench '*'

bench-costs: ## What more files, start-up and memory cost (N, ROUNDS, GROWTH)
	@scripts/bench-costs.sh
