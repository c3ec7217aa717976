"""Logging that cannot write does not stop the program, and does not hide it.

You will see on stderr what could not be done, and then that it was counted:

    hydra-logger: write error: file logs/bare_metal.log: Not a directory (os error 20)
    ...
    the program goes on
    errors: ...
"""

from pathlib import Path

from hydra_logger import HydraLogger, get_error_stats

Path("logs").write_text("a file where the folder should be")

with HydraLogger.for_bare_metal() as logger:
    for number in range(3):
        logger.info("APP", f"line {number}")
print("the program goes on")
print("errors:", get_error_stats()["total_errors"])
