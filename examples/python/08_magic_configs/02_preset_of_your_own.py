"""A preset of your own: registered once, then there by its name (needs a configuration).

You will see on stderr:

    2026-11-21 13:05:36.123456+00:00 SHOP DEBUG - ready
    2026-11-21 13:05:36.123456+00:00 SHOP WARNING - out of paper bags
"""

from hydra_logger import HydraLogger


@HydraLogger.register_magic("my_shop", description="As testing, but the shop speaks of all")
def my_shop():
    """Return the configuration: a dictionary or a `LoggingConfig`."""
    return {
        "extends": "testing",
        "layers": {
            "SHOP": {"level": "DEBUG", "destinations": [{"type": "console", "level": "DEBUG"}]}
        },
    }


logger = HydraLogger.for_my_shop()
logger.debug("SHOP", "ready")
HydraLogger.for_custom("my_shop").warning("SHOP", "out of paper bags")
