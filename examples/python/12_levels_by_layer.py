"""More from one part of the program, less from another, while it runs.

You will see on stderr:

    2026-11-21 13:05:36.123456+01:00 DB DEBUG - SELECT 1
    2026-11-21 13:05:36.123456+01:00 HTTP WARNING - slow answer
    DEBUG is shown for DB: True, for HTTP: False
"""

import sys

from hydra_logger import HydraLogger

logger = HydraLogger()
logger.set_level("DEBUG", layer="DB")
logger.set_level("WARNING", layer="HTTP")

logger.debug("DB", "SELECT 1")
logger.info("HTTP", "GET /")
logger.warning("HTTP", "slow answer")

shown = {layer: logger.is_enabled_for("DEBUG", layer=layer) for layer in ("DB", "HTTP")}
print(f"DEBUG is shown for DB: {shown['DB']}, for HTTP: {shown['HTTP']}", file=sys.stderr)
