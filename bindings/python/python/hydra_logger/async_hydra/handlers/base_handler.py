"""What asynchronous handlers of `logging` have in common: `BaseAsyncHandler`."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from hydra_logger._core import done
from hydra_logger.async_hydra.core.coroutine_manager import CoroutineManager
from hydra_logger.async_hydra.core.error_tracker import AsyncErrorTracker

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["BaseAsyncHandler"]


class BaseAsyncHandler(logging.Handler):
    """A handler of `logging` that can be awaited: the base for handlers of your own.

    A class of your own has `_write_record_sync`, and `_emit_async_internal` if there is a way that
    waits without holding the event loop up. Where that fails or no event loop of asyncio's runs,
    the record is written synchronously; nothing is raised.

    >>> class Shouting(BaseAsyncHandler):
    ...     def _write_record_sync(self, record):
    ...         print(self.format(record).upper())
    >>> record = logging.makeLogRecord({"msg": "started"})
    >>> _ = Shouting().emit_async(record)
    STARTED

    Args:
        level: What the handler takes, as `logging` has it.
    """

    def __init__(self, level: int | str = logging.NOTSET) -> None:
        super().__init__(level)
        self._coroutines = CoroutineManager()
        self._errors = AsyncErrorTracker()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record synchronously. What fails is shown by `logging.Handler.handleError`."""
        try:
            self._write_record_sync(record)
        except Exception:  # as every handler of logging: the application's call goes on
            self.handleError(record)

    def emit_async(self, record: logging.LogRecord) -> Awaitable[object]:
        """Write the record, in a task of the event loop that runs, or synchronously without one.

        Returns:
            What may be awaited, and need not be: the record's way to its end.
        """
        has_own = type(self)._emit_async_internal is not BaseAsyncHandler._emit_async_internal
        if has_own and _in_asyncio():
            return self._coroutines.track(self._emit_or_write(record))
        self.emit(record)
        return done()

    async def aclose(self) -> None:
        """Wait for the records that are on their way, and close the handler."""
        await self._coroutines.shutdown()
        await self._errors.shutdown()
        self.close()

    async def _emit_async_internal(self, record: logging.LogRecord) -> None:
        """Write the record without holding the event loop up."""
        self._write_record_sync(record)

    def _write_record_sync(self, record: logging.LogRecord) -> None:
        """Write the record; it is written when this returns."""
        raise NotImplementedError(f"{type(self).__name__} has no _write_record_sync")

    async def _emit_or_write(self, record: logging.LogRecord) -> None:
        try:
            await self._emit_async_internal(record)
        except Exception as error:  # it is written all the same
            self._errors.record_error("emit_async", error)
            self.emit(record)


def _in_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
