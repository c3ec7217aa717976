"""What the environment changes, without a change of the program.

You will see on stderr what a program writes under three environments:

    2026-11-21 13:05:36.123456+01:00 APP INFO - hello
    2026-11-21 13:05:36.123456+01:00 APP INFO - hello
    2026-11-21 13:05:36.123456+01:00 DB DEBUG - SELECT 1
    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"INFO","logger":"APP","message":"hello"}
"""

import os
import subprocess
import sys

PROGRAM = """
from hydra_logger import HydraLogger
logger = HydraLogger()
logger.info("APP", "hello")
logger.debug("DB", "SELECT 1")
"""

for settings in ({}, {"HYDRA_LOG_LEVEL_DB": "DEBUG"}, {"HYDRA_LOG_FORMAT": "json"}):
    subprocess.run([sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, check=True)
