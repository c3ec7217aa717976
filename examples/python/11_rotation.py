"""Files that are rotated before they grow too large.

You will see that the files stay under 10 MB, and that none of the lines is lost:

    high_performance.log    ... bytes
    high_performance.log.1  ... bytes
    100000 lines
"""

from pathlib import Path

from hydra_logger import HydraLogger

with HydraLogger.for_high_performance() as logger:  # 10 MB a file, two old ones stay
    for number in range(100_000):
        logger.info("APP", f"line {number:6} of a hundred thousand: more than one file may hold")

lines = 0
for file in sorted(Path("logs").glob("high_performance.log*")):
    print(f"{file.name:23} {file.stat().st_size:8} bytes")
    lines += file.read_text().count("\n")
print(lines, "lines")
