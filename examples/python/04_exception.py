r"""An exception, with its traceback, in one line.

You will see on stderr:

    2026-11-21 13:05:36.123456+01:00 APP ERROR - cannot read the port exception="Traceback (most recent call last):\n ...\nValueError: invalid literal for int() with base 10: 'eighty'"
    2026-11-21 13:05:36.123456+01:00 APP WARNING - taking the default exception="Traceback ...
"""

from hydra_logger import HydraLogger

logger = HydraLogger()
try:
    port = int("eighty")
except ValueError as error:
    logger.exception("APP", "cannot read the port")  # ERROR, with the traceback
    logger.warning("APP", "taking the default", exc_info=error)  # the same at any level
