"""The levels, and which of them are shown.

You will see on stderr that INFO and above are shown, until the level is changed:

    2026-11-21 13:05:36.123456+01:00 APP INFO - listening
    2026-11-21 13:05:36.123456+01:00 APP WARNING - disk almost full
    2026-11-21 13:05:36.123456+01:00 APP ERROR - cannot save
    2026-11-21 13:05:36.123456+01:00 APP CRITICAL - no disk left
    2026-11-21 13:05:36.123456+01:00 APP DEBUG - now shown
    2026-11-21 13:05:36.123456+01:00 APP WARNING - a level can be an argument too
"""

from hydra_logger import HydraLogger

logger = HydraLogger()
logger.debug("APP", "not shown: a call below the level costs next to nothing")
logger.info("APP", "listening")
logger.warning("APP", "disk almost full")
logger.error("APP", "cannot save")
logger.critical("APP", "no disk left")

logger.set_level("DEBUG")
logger.debug("APP", "now shown")
logger.log("WARNING", "APP", "a level can be an argument too")
