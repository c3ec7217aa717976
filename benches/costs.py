"""What the logger costs beside the time of a line: more files, start-up, memory. One table.

    costs.py BIN

N (lines a run), ROUNDS and GROWTH (lines of the run that looks for growth) come from the
environment, OUT is the folder for the log files under test and for the result.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.argv[1])
OUT = Path(os.environ["OUT"])
N = int(os.environ.get("N", 300_000))
ROUNDS = int(os.environ.get("ROUNDS", 7))
GROWTH = int(os.environ.get("GROWTH", 10_000_000))
FILES = (1, 2, 4, 8)


def answer(binary: str, *args: object, **env: str) -> dict[str, float]:
    """What a program prints as key=value pairs, as numbers where they are some."""
    command = [str(BIN / binary), *map(str, args)]
    printed = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=True, timeout=900)
    pairs = dict(part.split("=", 1) for part in printed.stdout.splitlines()[-1].split())
    return {k: float(v) for k, v in pairs.items() if k not in ("peer", "mode")}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        rows = files(Path(folder)) + start() + memory(Path(folder))
    table = ["| question | measured |", "|---|---|"]
    table += [f"| {question} | {measured} |" for question, measured in rows]
    text = "\n".join(table)
    print(text)
    (OUT / "costs.md").write_text(text + "\n")


def files(folder: Path) -> list[tuple[str, str]]:
    """Destinations of one format cost one rendering: a further file adds little but its copy."""
    rounds: list[dict[int, float]] = []
    copies = []
    for _ in range(ROUNDS):
        raw = answer("floor", "file-sync", N, folder / "raw.log", PEER_VARIANT="raw")["wall_ns"] / N
        took = {}
        for count in FILES:
            took[count] = answer("costs", "files", count, N, folder)["ns"]
            for log in folder.glob("*.log"):
                log.unlink()
        rounds.append(took)
        copies.append(raw)
    first, last = FILES[0], FILES[-1]
    further = [(took[last] - took[first]) / (last - first) for took in rounds]
    above = statistics.median(f - raw for f, raw in zip(further, copies))
    each = " / ".join(f"{statistics.median(took[count] for took in rounds):.0f}" for count in FILES)
    return [
        (f"{' / '.join(map(str, FILES))} buffered files of one format", f"{each} ns a line"),
        ("each further file", f"{statistics.median(further):.0f} ns, {above:+.0f} to the raw copy of {statistics.median(copies):.0f}"),
    ]


def start() -> list[tuple[str, str]]:
    runs = [answer("costs", "start") for _ in range(3 * ROUNDS)]
    ready, first = (statistics.median(run[key] for run in runs) / 1e3 for key in ("ready", "first"))
    return [("a logger without configuration: ready / first line written", f"{ready:.0f} / {first:.0f} us")]


def memory(folder: Path) -> list[tuple[str, str]]:
    def peak(*args: object) -> float:
        return statistics.median(answer("costs", *args)["peak"] for _ in range(ROUNDS))

    empty = peak("empty")
    by_line, buffered = peak("memory", folder), peak("memory", folder, "buffered")
    grown = answer("costs", "growth", GROWTH, folder)
    return [
        ("memory above an empty program: write-through / buffered", f"{by_line - empty:.0f} / {buffered - empty:.0f} KiB"),
        (f"memory after {GROWTH:,} lines against after 10,000", f"{grown['after'] - grown['before']:+.0f} KiB"),
    ]


main()
