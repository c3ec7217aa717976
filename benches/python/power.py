"""`durability="power"` in Python: tasks that log at once, each of which waits for the disk.

Needs the package, in its release build. Files and spool are in HYDRA_BENCH_DIR, or the directory for
temporary files: a real disk, or the figures mean nothing.
"""

import asyncio
import os
import tempfile
import time

from hydra_logger import AsyncHydraLogger

RECORDS = 200_000
LINE = len("2026-01-01 00:00:00 BENCH INFO - \n")


async def measure(tasks: int, folder: str) -> float:
    """How many records a second so many tasks log."""
    file = {"type": "file", "path": f"{folder}/app.log", "format": "plain-text", "max_size": "1GB"}
    config = {"layers": {"BENCH": {"destinations": [file]}}}
    logger = AsyncHydraLogger(config, durability="power", state_dir=f"{folder}/state")
    message = "x" * (256 - LINE)
    each = max(1, min(RECORDS, tasks * 200) // tasks)

    async def log() -> None:
        for _ in range(each):
            await logger.info(message, layer="BENCH")

    begun = time.perf_counter()
    await asyncio.gather(*(log() for _ in range(tasks)))
    took = time.perf_counter() - begun
    assert logger.durability == "power"
    await logger.aclose()
    return each * tasks / took


def main() -> None:
    """Print a table."""
    print("| tasks | records a second |")
    print("|---|---|")
    for tasks in (1, 100, 10_000):
        with tempfile.TemporaryDirectory(dir=os.environ.get("HYDRA_BENCH_DIR")) as folder:
            print(f"| {tasks:,} | {asyncio.run(measure(tasks, folder)):,.0f} |")


main()
