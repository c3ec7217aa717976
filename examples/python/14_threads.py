"""Any number of threads, one logger, one file: each line whole, none lost.

You will see:

    4000 lines, 1000 of each of 4 threads
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hydra_logger import HydraLogger

logger = HydraLogger.for_minimal_features()


def work(thread: int) -> None:
    """Log a thousand lines."""
    for number in range(1000):
        logger.info("WORKER", f"line {number}", thread=thread)


with ThreadPoolExecutor(4) as pool:
    list(pool.map(work, range(4)))
logger.close()

lines = Path("logs/minimal_features.log").read_text().splitlines()
threads = Counter(line.rpartition("thread=")[2] for line in lines)
counts = ", ".join(str(count) for count in set(threads.values()))
print(f"{len(lines)} lines, {counts} of each of {len(threads)} threads")
