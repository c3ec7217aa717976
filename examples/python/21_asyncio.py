"""An asyncio program: a call copies its record and returns, whatever its destination does.

You will see:

    2026-11-21 13:05:36.123456+01:00 ASYNC INFO - started
    2026-11-21 13:05:36.123470+01:00 ORDERS INFO - order 7 shipped order=7
    2026-11-21 13:05:36.123480+01:00 ORDERS INFO - order 8 shipped order=8
    2026-11-21 13:05:36.123490+01:00 ASYNC INFO - nobody awaits this one
"""

import asyncio

from hydra_logger import AsyncHydraLogger


async def ship(logger: AsyncHydraLogger, order: int) -> None:
    """Ship an order; what is bound to the task is in its records."""
    with logger.contextualize(order=order):
        await logger.info("ORDERS", f"order {order} shipped")


async def main() -> None:
    """Log from tasks."""
    async with AsyncHydraLogger() as logger:  # its end delivers what was accepted
        await logger.info("ASYNC", "started")
        await asyncio.gather(*(ship(logger, order) for order in (7, 8)))
        logger.info("ASYNC", "nobody awaits this one")  # lost is nothing, and nothing warns


asyncio.run(main())
