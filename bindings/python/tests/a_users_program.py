"""What a program that uses the package looks like to a type checker. Checked, not run."""

# pyright: strict

import asyncio
import logging
from pathlib import Path
from typing import Any

from hydra_logger import (
    AsyncHydraLogger,
    HydraLogger,
    LogDestination,
    LoggingConfig,
    LogLayer,
    create_logger,
    install,
    load_config,
)

logger = HydraLogger({"layers": {"APP": {"level": "INFO"}}}, buffer_size="16KB", flush_interval=1.5)
logger.info("APP", "started", port=80)
logger.info("started", "APP")
logger.info("started", layer="APP", extra={"a": 1}, exc_info=True)
logger.info("user %s", "bob")
logger.log("INFO", "x")
logger.log(20, "x")
logger.log("x", level=logging.INFO)

bound = logger.bind(service="orders")
bound.bind(version=2).warning("slow", seconds=2.5)
db = logger.layer("DB")
db.error("x", exc_info=ValueError("x"), stack_info=True, stacklevel=2)
with logger.contextualize(request=7):
    logger.debug("x")
with create_logger(Path("hydra.yaml")) as from_file:
    from_file.info("x")

config: LoggingConfig = load_config("hydra.yaml")
layer = LogLayer(level="DEBUG", destinations=[LogDestination(type="console")])
model = LoggingConfig(layers={"APP": layer})


class Louder(HydraLogger):
    """A logger with a method of its own."""

    def greet(self) -> None:
        """Log."""
        self.info("hello")


Louder.for_production(raise_errors=True).greet()
handler: logging.Handler = install(logger)
metrics: dict[str, Any] = logger.get_performance_metrics()


@HydraLogger.register_magic("my_app", description="ours")
def my_app() -> LoggingConfig:
    """Make the configuration of a preset."""
    return model


HydraLogger.for_custom("my_app")


class Plugin:
    """What sees each record."""

    def process_event(self, event: dict[str, Any]) -> None:
        """See one."""


logger.add_plugin("object", Plugin())
logger.add_plugin("class", Plugin)


async def work() -> None:
    """Use the asynchronous logger."""
    asynchronous = AsyncHydraLogger.for_production(buffer_size="16KB")
    await asynchronous.initialize()
    async with asynchronous as same:
        await same.info("ASYNC", "started", port=80)
        same.info("nobody waits")
        task: asyncio.Task[None] = asyncio.create_task(same.error("x"))
        await task
        await same.bind(service="orders").bind(version=2).warning("slow")
        await same.layer("DB").bind(rows=7).log("INFO", "x")
        await same.flush()
    install(asynchronous)
    await asynchronous.aclose()
    asynchronous.close()
