"""The asynchronous logger: a call copies its record and returns; a thread does the rest.

>>> from hydra_logger.async_hydra import AsyncHydraLogger
>>> logger = AsyncHydraLogger()
>>> async def main():
...     await logger.info("ASYNC", "started")
...     await logger.aclose()
"""

from hydra_logger._core import AsyncHydraLogger

__all__ = ["AsyncHydraLogger"]
