"""Runs the loggers that build-peers.sh built, and prints one table.

    run.py BIN times          medians over interleaved rounds, with ratios within each round
    run.py BIN instructions   user-space instructions a line, from callgrind
    run.py BIN gate           the same for Hydra-Logger alone; fails above the limits

N (lines a run), ROUNDS, MODES, ONLY (parts of labels; the floors always run) and CLOCK (wall or cpu)
come from the environment, OUT is the folder for the log files under test and for the results.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.argv[1])
OUT = Path(os.environ["OUT"])
N = int(os.environ.get("N", 1_000_000))
ROUNDS = int(os.environ.get("ROUNDS", 7))
MODES = os.environ.get("MODES", "file-sync,json-sync,file-1t,file-2t,file-4t,disabled").split(",")
# On a machine that is busy with something else, `cpu` tells more: the process's own time, all threads'.
CLOCK = os.environ.get("CLOCK", "wall")
ONLY = [part for part in os.environ.get("ONLY", "").split(",") if part]

# What a call of the asynchronous logger costs its caller: what it calls for the record, the clock included.
ASYNC_CALL = "async-untimed"
CALLED = "hydra_core::pipeline::emit::*::emit"

# Instructions a line that the buffered logger may take, by mode; `gate` fails above them.
LIMITS = {
    "hydra": {ASYNC_CALL: 415},
    "hydra, buffered": {"file-sync": 1325, "json-sync": 1338},
    "hydra, redacting, buffered": {"file-sync": 1625, "json-sync": 1638},
    "hydra, three arguments, redacting, buffered": {"file-sync": 3590, "json-sync": 3595},
}

TITLES = {
    "file-sync": "plain ns/line",
    "json-sync": "JSON ns/line",
    "file-1t": "1 thread ns/line",
    "file-2t": "2 threads",
    "file-4t": "4 threads",
    "async-1t": "async ns/line",
    "async-4t": "async, 4 threads",
    "async-paced": "async, paced",
    "async-json-1t": "async JSON ns/line",
    "async-json-4t": "async JSON, 4 threads",
    "async-json-paced": "async JSON, paced",
    "disabled": "below the level ns",
}


@dataclass(frozen=True)
class Row:
    label: str
    binary: str
    env: dict[str, str] = field(default_factory=dict)
    # A peer that is twenty times slower logs a twentieth of the lines.
    divisor: int = 1
    # The modes it runs in; all when empty.
    modes: tuple[str, ...] = ()


FLOOR = Row("floor: by hand, 64 KiB writes", "floor", {"PEER_VARIANT": "buf"})
FLOOR_LINE = Row("floor: by hand, a write(2) a line", "floor", {"PEER_VARIANT": "line"}, modes=("file-sync", "json-sync", "file-1t"))
SYNC = ("file-sync", "json-sync", "file-1t", "file-2t", "file-4t")
ASYNC = ("async-1t", "async-4t", "async-paced", "async-json-1t", "async-json-4t", "async-json-paced")
ROWS = [
    FLOOR,
    FLOOR_LINE,
    Row("limit: raw bytes, 64 KiB writes", "floor", {"PEER_VARIANT": "raw"}, modes=("file-sync", "json-sync")),
    Row("limit: raw bytes, a write(2) a line", "floor", {"PEER_VARIANT": "rawline"}, modes=("file-sync", "json-sync")),
    Row("hydra", "hydra"),
    Row("hydra, buffered", "hydra", {"PEER_BUF": "1"}, modes=SYNC),
    Row("hydra, redacting", "hydra", {"PEER_PROTECT": "1"}, modes=("file-sync", "json-sync", *ASYNC)),
    Row("hydra, redacting, buffered", "hydra", {"PEER_PROTECT": "1", "PEER_BUF": "1"}, modes=("file-sync", "json-sync")),
    Row("hydra, three arguments", "hydra", {"PEER_ARGS": "1"}, modes=("file-sync", "json-sync")),
    Row("hydra, three arguments, redacting", "hydra", {"PEER_ARGS": "1", "PEER_PROTECT": "1"}, modes=("file-sync", "json-sync")),
    Row("hydra, three arguments, buffered", "hydra", {"PEER_ARGS": "1", "PEER_BUF": "1"}, modes=("file-sync", "json-sync")),
    Row("hydra, three arguments, redacting, buffered", "hydra", {"PEER_ARGS": "1", "PEER_PROTECT": "1", "PEER_BUF": "1"}, modes=("file-sync", "json-sync")),
    Row("hydra, layer by name", "hydra", {"PEER_NAME": "1"}, modes=("file-sync", "disabled")),
    Row("tracing", "tracing"),
    Row("tracing +BufWriter", "tracing", {"PEER_BUF": "1"}, modes=(*SYNC, *ASYNC)),
    Row("env_logger", "env_logger"),
    Row("fern", "fern"),
    Row("log4rs", "log4rs"),
    Row("slog", "slog", divisor=20),
    Row("slog +BufWriter", "slog", {"PEER_BUF": "1"}, modes=(*SYNC, *ASYNC)),
    Row("spdlog-rs", "spdlog-rs"),
    Row("logforth", "logforth"),
    Row("flexi_logger", "flexi_logger"),
    Row("flexi_logger +buffer", "flexi_logger", {"PEER_BUF": "1"}, modes=SYNC),
    Row("spdlog C++", "spdlog-cpp"),
]


def wanted(row: Row) -> bool:
    is_floor = row.binary == "floor"
    return (BIN / row.binary).exists() and (is_floor or not ONLY or any(part in row.label for part in ONLY))


def pairs(line: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in line.split() if "=" in part)


def call(row: Row, mode: str, n: int, log: Path, prefix: Sequence[str] = ()) -> tuple[dict[str, str], str]:
    """One run: the pairs that the program printed (none if it failed), and its stderr."""
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [*prefix, str(BIN / row.binary), mode, str(n), str(log)],
        env={**os.environ, **row.env},
        capture_output=True,
        text=True,
        timeout=600,
    )
    printed = [line for line in done.stdout.splitlines() if line.startswith("peer=")]
    return (pairs(printed[-1]) if printed and done.returncode == 0 else {}), done.stderr


def lost(row: Row, mode: str, n: int, log: Path) -> int:
    """Lines that are missing, doubled, torn or out of their thread's order in what a run has written."""
    if "raw" in row.env.get("PEER_VARIANT", ""):
        return 0  # the same bytes again and again: nothing to tell apart
    if "PEER_ARGS" in row.env:
        # Its lines have no fields to read back; that none is missing can be told.
        with log.open("rb") as lines:
            return n - sum(1 for _ in lines)
    threads = mode[-2] if mode.endswith("t") else "1"
    v = {k: int(x) for k, x in pairs(subprocess.check_output([BIN / "verify", log, str(n), threads], text=True)).items()}
    return n - v["distinct"] + v["torn"] + (v["lines"] - v["distinct"] - v["torn"]) + v["disordered"]


def lines_of(row: Row, mode: str) -> int:
    if mode == "disabled":
        return 50 * N
    n = N // row.divisor // (10 if mode.endswith("paced") else 1)
    return max(n // 8 * 8, 8)  # whole for every number of threads


class Results:
    """What each row measured in each mode, by round."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, dict[int, dict[str, float]]]] = {}
        self.load: list[float] = []
        self.failed: dict[tuple[str, str], str] = {}

    def of(self, row: Row, mode: str, key: str) -> dict[int, float]:
        return {rnd: run[key] for rnd, run in self.runs.get(row.label, {}).get(mode, {}).items() if key in run}

    def median(self, row: Row, mode: str, key: str = "ns") -> float | None:
        values = self.of(row, mode, key).values()
        return statistics.median(values) if values else None

    def against(self, row: Row, mode: str, base: Row, base_mode: str, how, key: str = "ns") -> float | None:
        """The median of what `how` makes of our figure and the base's, round by round."""
        ours, theirs = self.of(row, mode, key), self.of(base, base_mode, key)
        values = [how(ours[rnd], theirs[rnd]) for rnd in ours if rnd in theirs]
        return statistics.median(values) if values else None

    def measure(self, row: Row, mode: str, rnd: int) -> None:
        if (row.label, mode) in self.failed:
            return
        log, n = OUT / "peer.log", lines_of(row, mode)
        got, stderr = call(row, mode, n, log)
        if "unsupported" in got:
            self.failed[row.label, mode] = ""
        elif not got:
            self.failed[row.label, mode] = f"failed: {stderr[-300:]}"
        else:
            run = {k: float(v) for k, v in got.items() if k not in ("peer", "mode")}
            run["ns"] = run.pop("ns_per_call") if mode == "disabled" else run[f"{CLOCK}_ns"] / n
            run["writes"] = run.get("writes", 0) / n
            if mode != "disabled" and (missing := lost(row, mode, n, log)):
                self.failed[row.label, mode] = f"{missing} of {n} lines lost, doubled, torn or out of order"
            self.runs.setdefault(row.label, {}).setdefault(mode, {})[rnd] = run
        log.unlink(missing_ok=True)


def ratio(a: float, b: float) -> float:
    return a / b


def difference(a: float, b: float) -> float:
    return a - b


def cell(results: Results, row: Row, mode: str) -> str:
    ns = results.median(row, mode)
    if ns is None:
        return "–"
    if mode == "disabled":
        above = results.against(row, mode, FLOOR, mode, difference)
        return f"{ns:.2f}" + (f" ({above:+.2f})" if row is not FLOOR and above is not None else "")
    if mode in ("file-2t", "file-4t"):
        return f"{ns:.0f} ({results.against(row, mode, row, 'file-1t', ratio) or 0:.2f}× of 1)"
    a_write_a_line = (results.median(row, mode, "writes") or 0) > 0.9
    base = FLOOR_LINE if a_write_a_line else FLOOR
    factor = results.against(row, mode, base, mode, ratio)
    text = f"{ns:.0f}"
    if factor is not None and row is not base:
        text += f" ({factor:.2f}×{'L' if a_write_a_line else ''})"
    if mode.startswith("async"):
        text += ", call " + "/".join(f"{results.median(row, mode, k) or 0:.0f}" for k in ("p50", "p99", "p999", "max"))
    return text


def times() -> None:
    rows, results = [row for row in ROWS if wanted(row)], Results()
    for rnd in range(ROUNDS):
        results.load.append(os.getloadavg()[0])
        for mode in MODES:
            # Each round begins with another peer: none is always first on a cold machine.
            for row in rows[rnd % len(rows) :] + rows[: rnd % len(rows)]:
                if not row.modes or mode in row.modes:
                    results.measure(row, mode, rnd)
        print(f"round {rnd + 1} of {ROUNDS}", file=sys.stderr)
    table = ["| logger | " + " | ".join(TITLES[m] for m in MODES) + " | write(2) a line | RSS MB |", "|---" * (len(MODES) + 3) + "|"]
    for row in rows:
        if row.label in results.runs:
            first = next((mode for mode in MODES if mode in results.runs[row.label]), "")
            writes, rss = results.median(row, first, "writes"), results.median(row, first, "rss_kb")
            cells = [cell(results, row, mode) for mode in MODES]
            cells += ["–" if writes is None else f"{writes:.2g}", "–" if rss is None else f"{rss / 1024:.1f}"]
            table.append(f"| {row.label} | " + " | ".join(cells) + " |")
    table += [
        "",
        f"{N:,} lines a run, {CLOCK} time, medians of {ROUNDS} interleaved rounds. ×: median of the round-by-round ratios to the floor with",
        "64 KiB writes; ×L: to the floor with a write(2) a line, for loggers that make one. Threads: total time to one thread's.",
        "Below the level: above the empty loop in brackets. Load at the rounds' starts: " + ", ".join(f"{x:.1f}" for x in results.load) + ".",
        spread(results),
    ]
    table += [f"{label}, {mode}: {why}" for (label, mode), why in results.failed.items() if why]
    report("\n".join(table), "peers.md")
    (OUT / "peers.json").write_text(json.dumps({"n": N, "load": results.load, "runs": results.runs}))
    if any(results.failed.values()):
        sys.exit("a logger failed or lost lines: see above")


def spread(results: Results) -> str:
    values = list(results.of(FLOOR, "file-sync", "ns").values())
    if not values:
        return ""
    return f"How noisy the machine was: the floor's slowest round took {max(values) / min(values):.2f}× its fastest."


def instructions_a_line(row: Row, mode: str) -> float | None:
    """Runs N and 2N lines: the difference is the lines alone, without start and end."""
    n, counts = 50_000 if mode == "disabled" else 5_000, []
    for lines in (n, 2 * n):
        log = OUT / "peer.log"
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        valgrind += [f"--toggle-collect={CALLED}"] if mode == ASYNC_CALL else []
        got, stderr = call(row, mode, lines, log, valgrind)
        log.unlink(missing_ok=True)
        if not got or "unsupported" in got:
            return None
        counts += [int(line.split(":")[1]) for line in stderr.splitlines() if "Collected" in line]
    # Below the level the loop runs a tenth more, to warm up.
    return (counts[1] - counts[0]) / n / (1.1 if mode == "disabled" else 1)


def instructions() -> None:
    modes = ("file-sync", "json-sync", "disabled", ASYNC_CALL)
    table = ["| logger | plain | JSON | below the level | async call |", "|---|---|---|---|---|"]
    for row in filter(wanted, ROWS):
        counts = [instructions_a_line(row, m) if (row.label == "hydra" if m == ASYNC_CALL else not row.modes or m in row.modes) else None for m in modes]
        table.append(f"| {row.label} | " + " | ".join("–" if c is None else f"{c:,.4g}" if c < 100 else f"{c:,.0f}" for c in counts) + " |")
        print(table[-1], file=sys.stderr)
    report("\n".join(table), "instructions.md")


def gate() -> None:
    over = []
    for row in (row for row in ROWS if row.label in LIMITS):
        for mode, limit in LIMITS[row.label].items():
            count = instructions_a_line(row, mode)
            if count is None:
                sys.exit(f"{row.label}: it does not run in mode {mode}")
            print(f"{row.label}, {mode}: {count:,.0f} instructions a line, limit {limit:,}")
            over += [f"{row.label}, {mode}"] if count > limit else []
    if over:
        sys.exit(f"too many instructions a line: {', '.join(over)}")


def report(text: str, name: str) -> None:
    print(text)
    (OUT / name).write_text(text + "\n")
    print(f"also in {OUT / name}", file=sys.stderr)


OUT.mkdir(parents=True, exist_ok=True)
{"times": times, "instructions": instructions, "gate": gate}[sys.argv[2]]()
