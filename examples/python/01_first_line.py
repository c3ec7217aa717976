"""A first line, without any configuration.

You will see on stderr, in colour on a terminal:

    2026-11-21 13:05:36.123456+01:00 APP INFO - started
    2026-11-21 13:05:36.123490+01:00 DEFAULT INFO - a layer need not be named
"""

from hydra_logger import create_logger

logger = create_logger()
logger.info("APP", "started")  # "APP" is the layer: which part of the program speaks
logger.info("a layer need not be named")
