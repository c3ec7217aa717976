"""A JSON object a line on stdout, where a container's collector reads it.

You will see on stdout:

    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"INFO","logger":"API","message":"answered","status":200,"seconds":0.25}
"""

from hydra_logger import HydraLogger

logger = HydraLogger.for_microservice()
logger.info("API", "answered", status=200, seconds=0.25)
