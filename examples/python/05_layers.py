"""A layer for each part of a program, and a handle for a part that logs much.

You will see on stderr:

    2026-11-21 13:05:36.123456+01:00 AUTH INFO - ada logged in
    2026-11-21 13:05:36.123456+01:00 AUTH INFO - named after the message
    2026-11-21 13:05:36.123456+01:00 AUTH INFO - named by keyword
    2026-11-21 13:05:36.123456+01:00 DB INFO - row 1
    2026-11-21 13:05:36.123456+01:00 DB INFO - row 2
"""

from hydra_logger import HydraLogger

logger = HydraLogger()
logger.info("AUTH", "ada logged in")
logger.info("named after the message", "AUTH")
logger.info("named by keyword", layer="AUTH")

database = logger.layer("DB")
for row in (1, 2):
    database.info(f"row {row}")
