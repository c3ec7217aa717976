"""A program that uses Python's `logging`, and its libraries: one line more.

You will see on stderr, also what `warnings` says:

    2026-11-21 13:05:36.123456+01:00 shop.orders INFO - order 17 accepted
    2026-11-21 13:05:36.123456+01:00 shop.orders ERROR - order 18 refused customer=ada
    2026-11-21 13:05:36.123456+01:00 py.warnings WARNING - ...DeprecationWarning: old...
"""

import logging
import warnings

import hydra_logger

hydra_logger.install()

log = logging.getLogger("shop.orders")
log.info("order %d accepted", 17)
log.error("order %d refused", 18, extra={"customer": "ada"})
warnings.warn("old", DeprecationWarning, stacklevel=1)
