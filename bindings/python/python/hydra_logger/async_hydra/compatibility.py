"""The asynchronous logger with the calls of its first versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from hydra_logger._core import AsyncHydraLogger

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["BackwardCompatibleAsyncHydraLogger"]

_DEFAULT = "DEFAULT"


class BackwardCompatibleAsyncHydraLogger:
    """Takes calls as (message) and (layer, message), and in no other shape.

    A call does its work when it is made; it may be awaited, and need not be.

    >>> logger = BackwardCompatibleAsyncHydraLogger()
    >>> async def main():
    ...     await logger.info("started")  # the layer DEFAULT
    ...     await logger.info("API", "accepted")
    ...     await logger.aclose()

    Args:
        *args: What `AsyncHydraLogger` takes, as **kwargs are.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._logger = AsyncHydraLogger(*args, **kwargs)

    @property
    def logger(self) -> AsyncHydraLogger:
        """The logger itself, for all else."""
        return self._logger

    def debug(
        self, layer_or_message: str, message: str | None = None, **fields: Any
    ) -> Awaitable[None]:
        """Log what helps to find a fault."""
        return self._log("DEBUG", layer_or_message, message, fields)

    def info(
        self, layer_or_message: str, message: str | None = None, **fields: Any
    ) -> Awaitable[None]:
        """Log what happened."""
        return self._log("INFO", layer_or_message, message, fields)

    def warning(
        self, layer_or_message: str, message: str | None = None, **fields: Any
    ) -> Awaitable[None]:
        """Log what was unexpected."""
        return self._log("WARNING", layer_or_message, message, fields)

    def error(
        self, layer_or_message: str, message: str | None = None, **fields: Any
    ) -> Awaitable[None]:
        """Log that an operation failed."""
        return self._log("ERROR", layer_or_message, message, fields)

    def critical(
        self, layer_or_message: str, message: str | None = None, **fields: Any
    ) -> Awaitable[None]:
        """Log that the program cannot go on."""
        return self._log("CRITICAL", layer_or_message, message, fields)

    def log(self, layer: str, level: str | int, message: str, **fields: Any) -> Awaitable[None]:
        """Log at a level that is an argument."""
        return self._logger.log(message, level=level, layer=layer, **fields)

    def initialize(self) -> Awaitable[None]:
        """Nothing: the logger works from the start."""
        return self._logger.initialize()

    def flush(self) -> Awaitable[None]:
        """Bring everything to where it goes; see `AsyncHydraLogger.flush`."""
        return self._logger.flush()

    def aclose(self) -> Awaitable[dict[str, int]]:
        """Deliver what was accepted, and end: what became of it, see `AsyncHydraLogger.aclose`."""
        return self._logger.aclose()

    def close(self) -> None:
        """The same, and wait for it."""
        self._logger.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._logger.aclose()

    def _log(
        self, level: str, layer_or_message: str, message: str | None, fields: dict[str, Any]
    ) -> Awaitable[None]:
        layer, text = (
            (_DEFAULT, layer_or_message) if message is None else (layer_or_message, message)
        )
        return self._logger.log(text, level=level, layer=layer, **fields)
