"""A handler of `logging` whose records an asynchronous logger takes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hydra_logger._core import AsyncHydraLogger, done
from hydra_logger.async_hydra.handlers.base_handler import BaseAsyncHandler
from hydra_logger.core.exceptions import HandlerError

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable


class EngineHandler(BaseAsyncHandler):
    """Hands records to a logger of its own, whose threads do the rest."""

    def __init__(self, logger: AsyncHydraLogger, level: int | str) -> None:
        super().__init__(level)
        self._logger = logger

    @property
    def logger(self) -> AsyncHydraLogger:
        """The logger that the records go to."""
        return self._logger

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the record over."""
        self.emit_async(record)

    def emit_async(self, record: logging.LogRecord) -> Awaitable[object]:
        """Hand the record over. It is done when this returns, and need not be awaited."""
        try:
            return self._hand_over(record)
        except Exception:  # as every handler of logging: the application's call goes on
            self.handleError(record)
            return done()

    def flush(self) -> None:
        """Bring every record to where it goes. What fails is counted and told, not raised."""
        if hasattr(self, "_logger"):  # logging flushes at exit what a failed __init__ left behind
            with suppress(HandlerError):
                super(AsyncHydraLogger, self._logger).flush()

    def close(self) -> None:
        """Bring every record to where it goes, and end; closing again does nothing."""
        if hasattr(self, "_logger"):
            with suppress(HandlerError):
                self._logger.close()
        super().close()

    async def aclose(self) -> None:
        """The same, without holding the event loop up."""
        with suppress(HandlerError):
            await self._logger.aclose()
        await super().aclose()

    def _hand_over(self, record: logging.LogRecord) -> Awaitable[object]:
        raise NotImplementedError

    def _write_record_sync(self, record: logging.LogRecord) -> None:
        """Write the record; it is written when this returns."""
        self._hand_over(record)
        super(AsyncHydraLogger, self._logger).flush()
