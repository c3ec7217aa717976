"""The end of a program: what rests in buffers is written.

You will see:

    after flush: 2 lines
    after the block: 3 lines
    after the exit of another program: 4 lines
"""

import subprocess
import sys
from pathlib import Path

from hydra_logger import HydraLogger

FILE = Path("logs/bare_metal.log")


def lines() -> str:
    """Count the lines in the file."""
    return f"{len(FILE.read_text().splitlines())} lines"


with HydraLogger.for_bare_metal() as logger:  # it keeps up to 64 KB for up to a second
    logger.info("APP", "one")
    logger.info("APP", "two")
    logger.flush()
    print("after flush:", lines())
    logger.info("APP", "three")
print("after the block:", lines())

# Without a block and without close(): the exit of the interpreter writes it.
program = "from hydra_logger import HydraLogger; HydraLogger.for_bare_metal().info('APP', 'four')"
subprocess.run([sys.executable, "-c", program], check=True)
print("after the exit of another program:", lines())
