"""Any number of processes that write and rotate one file.

You will see:

    4000 lines, 1000 of each of 4 processes
"""

import json
from collections import Counter
from multiprocessing import Process
from pathlib import Path

from hydra_logger import HydraLogger


def work(worker: int) -> None:
    """Log a thousand lines from a process of its own."""
    with HydraLogger.for_background_worker() as logger:
        for number in range(1000):
            logger.info("TASK", f"line {number}", worker=worker)


if __name__ == "__main__":
    workers = [Process(target=work, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    lines = Path("logs/tasks.log").read_text().splitlines()
    processes = Counter(json.loads(line)["worker"] for line in lines)
    counts = ", ".join(str(count) for count in set(processes.values()))
    print(f"{len(lines)} lines, {counts} of each of {len(processes)} processes")
