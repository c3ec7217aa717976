"""A program that is killed in the middle, and loses nothing that it has logged.

You will see:

    killed by SIGKILL
    1000 records logged, 1000 in the file, each once
"""

import os
import signal
from multiprocessing import Process
from pathlib import Path

from hydra_logger import AsyncHydraLogger

CONFIG = {
    "durability": "process",  # what a call has returned from is in a mapped file of state_dir
    "state_dir": "state",
    "layers": {"DEFAULT": {"destinations": [{"type": "file", "path": "app.log"}]}},
}


def work() -> None:
    """Log a thousand records, and be killed before they are all in the file."""
    logger = AsyncHydraLogger(CONFIG)
    for number in range(1000):
        logger.info("APP", f"record {number}")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    process = Process(target=work)
    process.start()
    process.join()
    print("killed by", signal.Signals(-(process.exitcode or 0)).name)

    # The next start delivers what the last one has left; `hydra recover state` does the same.
    AsyncHydraLogger(CONFIG).close()
    records = [line.split()[-1] for line in Path("app.log").read_text().splitlines()]
    once = "each once" if len(set(records)) == len(records) else "some twice"
    print(f"1000 records logged, {len(records)} in the file, {once}")
