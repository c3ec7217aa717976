"""Counts the instructions of a call of the Python package: the same, however busy the machine.

    instructions.py PYTHON

User-space instructions of all threads under callgrind, the difference between N and 2N calls. Of
each call there is also what it takes below the level: what the interpreter needs to make the
message and the arguments, and to hand them over. No logger that is called in this way takes less.
N and ONLY come from the environment.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from loggers import CASES

PYTHON = sys.argv[1]
N = int(os.environ.get("N", 4_000))
ONLY = [part for part in os.environ.get("ONLY", "").split(",") if part]
MEASURE = Path(__file__).with_name("measure.py")
PEERS = ("floor", "stdlib", "picologging", "structlog", "loguru")
NAMES = [name for name in CASES if not name.startswith(PEERS)]


def counted(name: str, what: str, n: int) -> int:
    """What a program takes that makes n calls."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}"]
        subprocess.run(
            [*valgrind, PYTHON, MEASURE, name, what, str(n), Path(folder) / "peer.log"],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            check=True,
            stderr=subprocess.DEVNULL,
        )
        found = re.search(r"^(?:summary|totals): (\d+)", counts.read_text(errors="replace"), re.M)
        assert found, "callgrind counted nothing"
        return int(found[1])


def main() -> None:
    """Count, and print a table."""
    print("| call | instructions | below the level |\n|---|---|---|")
    for name in NAMES:
        if ONLY and not any(part in name for part in ONLY):
            continue
        cells = [
            f"{(counted(name, what, 2 * N) - counted(name, what, N)) / N:,.0f}"
            for what in ("calls", "calls_below")
        ]
        print(f"| {CASES[name].label} | {' | '.join(cells)} |", flush=True)


main()
