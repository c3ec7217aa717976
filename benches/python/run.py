"""Measures the Python package beside its peers, in interleaved rounds, and prints two tables.

    run.py PYTHON

N (lines a run), ROUNDS and ONLY (parts of cases' names; the floor always runs) come from the
environment; OUT is the folder for the files under test and for the results.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from loggers import CASES, Case

PYTHON = sys.argv[1]
OUT = Path(os.environ["OUT"])
N = int(os.environ.get("N", 200_000)) // 160 * 160  # whole for every divisor and eight threads
ROUNDS = int(os.environ.get("ROUNDS", 5))
ONLY = [part for part in os.environ.get("ONLY", "").split(",") if part]
MEASURE = Path(__file__).with_name("measure.py")

LINE = re.compile(rb"message (\d{8}) x{83}(?!x)")
FLOOR, STDLIB = "floor", "stdlib"

# A whole program: what it costs above one that does nothing.
FIRST_LINE = {
    FLOOR: "f = open('/dev/stderr', 'w')\nf.write('started\\n')\nf.flush()",
    STDLIB: "import logging\nlogging.basicConfig(level='INFO')\nlogging.info('started')",
    "picologging": "import picologging as p\np.basicConfig(level=p.INFO)\np.info('started')",
    "structlog": "import structlog\nstructlog.get_logger().info('started')",
    "loguru": "from loguru import logger\nlogger.info('started')",
    "text": "from hydra_logger import HydraLogger\nHydraLogger().info('APP', 'started')",
}
# Peak memory as the kernel counted it for this program alone; rusage would count its parent's too.
MEMORY = (
    "\nfor line in open('/proc/self/status'):\n    if line[:5] == 'VmHWM': print(line.split()[1])"
)

Found = dict[str, float]


def wanted(name: str) -> bool:
    return name == FLOOR or not ONLY or any(part in name for part in ONLY)


def lines_of(case: Case, what: str) -> int:
    if what == "below":
        return 5 * N
    if what == "busy":
        return 20_000 if "hydra" in case.label else 1_000
    return N // case.slow // 16 * 16


def fault(files: Iterable[Path], n: int, copies: int = 1) -> str:
    """What is wrong with the lines of these files: each of n has to be there, whole, so many times."""
    numbers: dict[bytes, int] = {}
    for file in files:
        data = file.read_bytes()
        if data and not data.endswith(b"\n"):
            return f"{file.name} ends in the middle of a line"
        for line in data.split(b"\n")[:-1]:
            found = LINE.findall(line)
            if len(found) != 1:
                return f"{file.name} has a torn line: {line[:200]!r}"
            numbers[found[0]] = numbers.get(found[0], 0) + 1
    missing = n - len(numbers)
    wrong = sum(count != copies for count in numbers.values())
    return f"{missing} of {n} lines lost, {wrong} not {copies} times" if missing or wrong else ""


class Results:
    """What was measured of each row, by round."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[int, Found]] = {}
        self.failed: dict[tuple[str, str], str] = {}
        self.load: list[float] = []

    def add(self, name: str, rnd: int, found: Found) -> None:
        self.runs.setdefault(name, {}).setdefault(rnd, {}).update(found)

    def over_rounds(self, how: Callable[..., float], *of: tuple[str, str]) -> float | None:
        """The median of what `how` makes of figures of the same round."""
        values = [
            how(*(self.runs[name][rnd][key] for name, key in of))
            for rnd in range(ROUNDS)
            if all(key in self.runs.get(name, {}).get(rnd, {}) for name, key in of)
        ]
        return statistics.median(values) if values else None

    def median(self, name: str, key: str) -> float | None:
        return self.over_rounds(lambda value: value, (name, key))

    def ratio(self, a: tuple[str, str], b: tuple[str, str]) -> float | None:
        return self.over_rounds(lambda x, y: x / y, a, b)

    def difference(self, a: tuple[str, str], b: tuple[str, str]) -> float | None:
        return self.over_rounds(lambda x, y: x - y, a, b)


def call(name: str, what: str, n: int, folder: Path, rnd: int, results: Results) -> None:
    """Measures one case in one way, and reads its lines back."""
    if (name, what) in results.failed:
        return
    log, console = folder / "peer.log", folder / "console.log"
    with console.open("wb") as out:
        try:
            status = subprocess.run(
                [PYTHON, MEASURE, name, what, str(n), log],
                cwd=folder,
                stdout=out,
                stderr=out,
                timeout=30,
            ).returncode
        except subprocess.TimeoutExpired:
            status = "it hangs"
    found = folder / "peer.log.found"
    files = [file for file in folder.rglob("*.log") if file.stat().st_size > 0]
    rotated = list(folder.rglob("*.log.[0-9]*"))
    # A preset may write to its files and to the console.
    wrong = "" if what == "below" else fault([*files, *rotated], n, len(files))
    if status != 0:
        wrong = f"exit status: {status}; {console.read_bytes()[-300:]!r}"
    if wrong:
        results.failed[name, what] = wrong
    else:
        pairs = [pair.split("=") for pair in found.read_text().split()]
        measured = {key: float(value) for key, value in pairs}
        results.add(name, rnd, {**measured, "places": float(len(files))})
    for file in (*files, *rotated, found):
        file.unlink(missing_ok=True)


def first_line(name: str, program: str, rnd: int, results: Results) -> None:
    """CPU time and memory of a program that writes one line, above one that writes none."""
    cpu: dict[str, list[float]] = {"": [], program: []}
    memory: dict[str, list[float]] = {"": [], program: []}
    for _ in range(5):
        for source in cpu:
            child = subprocess.Popen(
                [PYTHON, "-c", source + MEMORY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert child.stdout
            printed = child.stdout.read().split()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                results.failed[name, "first line"] = f"its first line failed: {program}"
                return
            memory[source].append(float(printed[-1]))
            cpu[source].append((usage.ru_utime + usage.ru_stime) * 1e9)
    for key, taken in (("first", cpu), ("memory", memory)):
        above = statistics.median(taken[program]) - statistics.median(taken[""])
        results.add(name, rnd, {key: above})


def presets() -> list[str]:
    source = "from hydra_logger import HydraLogger as h; print(*sorted(h.list_magic_configs()))"
    return subprocess.check_output([PYTHON, "-c", source], text=True).split()


def measure() -> Results:
    results, names = Results(), [name for name in CASES if wanted(name)]
    of_presets = presets()
    for rnd in range(ROUNDS):
        results.load.append(os.getloadavg()[0])
        # Each round begins with another: none is always first on a cold machine.
        order = names[rnd % len(names) :] + names[: rnd % len(names)]
        with tempfile.TemporaryDirectory(dir=OUT) as folder:
            for what in ("cpu", "latency", "threads", "busy", "below"):
                for name in order:
                    if what in CASES[name].what:
                        call(name, what, lines_of(CASES[name], what), Path(folder), rnd, results)
            for name in order:
                if name in FIRST_LINE:
                    first_line(name, FIRST_LINE[name], rnd, results)
            for name in of_presets:
                # Few enough for the old files that a preset keeps.
                call(f"preset:{name}", "cpu", min(N // 4, 50_000), Path(folder), rnd, results)
        print(f"round {rnd + 1} of {ROUNDS}", file=sys.stderr)
    return results


def shown(value: float | None, form: str, scale: float = 1000) -> str:
    """In microseconds, from nanoseconds."""
    return "–" if value is None else format(value / scale, form)


def calls_table(results: Results) -> list[str]:
    titles = (
        "logger | CPU a call us | × `f.write`+`flush` | × logging | p50 / p99 / p99.9 us | 8 threads, "
        "wall us (× one's) | beside a busy thread, wall us | below the level ns | first line ms, MB"
    )
    table = [f"| {titles} |", "|---" * (titles.count("|") + 1) + "|"]
    for name, case in CASES.items():
        if name not in results.runs:
            continue
        cpu = (name, "cpu")
        cells = [case.label, shown(results.median(*cpu), ".2f")]
        cells += [shown(results.ratio(cpu, (base, "cpu")), ".2f", 1) for base in (FLOOR, STDLIB)]
        percentiles = [shown(results.median(name, key), ".1f") for key in ("p50", "p99", "p999")]
        cells.append("–" if "–" in percentiles else " / ".join(percentiles))
        eight = shown(results.median(name, "eight"), ".2f")
        times = shown(results.ratio((name, "eight"), (name, "one")), ".2f", 1)
        cells.append("–" if eight == "–" else f"{eight} ({times}×)")
        beside = results.median(name, "busy")
        cells.append(shown(beside, ".1f" if beside is not None and beside < 1e5 else ".0f"))
        cells.append(shown(results.median(name, "below"), ".0f", 1))
        first, memory = results.median(name, "first"), results.median(name, "memory")
        first_cells = f"{shown(first, '.1f', 1e6)}, {shown(memory, '.1f', 1024)}"
        cells.append("–" if first is None else first_cells)
        table.append(f"| {' | '.join(cells)} |")
    return table


def details(results: Results) -> list[str]:
    """What the table does not show: differences within a round."""
    lines = []
    for what, base in (("write-through", "json"), ("buffered", "buffered")):
        base_name = "buffered-json" if base == "buffered" else base
        added = [
            results.difference((f"{base}-{kind}", "cpu"), (base_name, "cpu"))
            for kind in ("fields", "extra")
        ]
        if None not in added:
            fields, extra = (shown(value, ".2f") for value in added)
            lines.append(
                f"Added to JSON, {what}: by three keyword fields {fields} us, in `extra=` {extra} us."
            )
    net = [(name, results.difference((name, "cpu"), (name, "empty"))) for name in CASES]
    nets = ", ".join(
        f"{CASES[name].label} {shown(value, '.2f')}" for name, value in net if value is not None
    )
    lines.append(f"Without the loop and the f-string, CPU us: {nets}.")
    spread = [run["cpu"] for run in results.runs.get(FLOOR, {}).values() if "cpu" in run]
    if spread:
        lines.append(
            f"How noisy it was: the floor's slowest round took {max(spread) / min(spread):.2f}× its fastest."
        )
    lines.append(
        f"{N:,} lines a run (fewer for slow loggers), medians of {ROUNDS} interleaved rounds; "
        f"load at their starts: {', '.join(f'{load:.1f}' for load in results.load)}."
    )
    return lines


def presets_table(results: Results) -> list[str]:
    table = [
        "| preset | CPU a record us | wall us | places it is written to |",
        "|---|---|---|---|",
    ]
    for name in sorted(results.runs):
        if name.startswith("preset:"):
            cpu, wall = (shown(results.median(name, key), ".2f") for key in ("cpu", "wall"))
            places = shown(results.median(name, "places"), ".0f", 1)
            table.append(f"| `{name.partition(':')[2]}` | {cpu} | {wall} | {places} |")
    return table


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    results = measure()
    parts = [*calls_table(results), "", *details(results), "", *presets_table(results)]
    parts += [f"{name}, {what}: {why}" for (name, what), why in results.failed.items()]
    text = "\n".join(parts)
    print(text)
    (OUT / "python.md").write_text(text + "\n")
    (OUT / "python.json").write_text(
        json.dumps({"n": N, "load": results.load, "runs": results.runs})
    )
    print(f"also in {OUT / 'python.md'}", file=sys.stderr)
    if results.failed:
        sys.exit("a logger failed or lost lines: see above")


main()
