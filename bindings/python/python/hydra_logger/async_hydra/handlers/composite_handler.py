"""Several handlers as one: `AsyncCompositeHandler`."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from hydra_logger._core import done
from hydra_logger.async_hydra.handlers.base_handler import BaseAsyncHandler, _in_asyncio
from hydra_logger.core.exceptions import HandlerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Iterable
    from typing import Any

__all__ = ["AsyncCompositeHandler"]


class AsyncCompositeHandler(BaseAsyncHandler):
    """Gives each record to all of its handlers at once; what fails in one is no matter to others.

    Handlers may be of any kind: those that have ``emit_async`` are awaited.

    >>> handler = AsyncCompositeHandler([logging.NullHandler()])
    >>> len(handler.handlers)
    1

    Args:
        handlers: Those that it begins with.
        level: What the handler takes, as `logging` has it; each handler has a level of its own.
    """

    def __init__(
        self, handlers: Iterable[logging.Handler] = (), level: int | str = logging.NOTSET
    ) -> None:
        super().__init__(level)
        self._handlers: tuple[logging.Handler, ...] = tuple(handlers)

    @property
    def handlers(self) -> tuple[logging.Handler, ...]:
        """Those that get each record."""
        return self._handlers

    def add_handler(self, handler: logging.Handler) -> None:
        """Give each record to this handler too. One that is there already is not added again."""
        if handler not in self._handlers:
            self._handlers = (*self._handlers, handler)

    def remove_handler(self, handler: logging.Handler) -> None:
        """Give this handler no more records. It is not closed."""
        self._handlers = tuple(other for other in self._handlers if other is not handler)

    def emit(self, record: logging.LogRecord) -> None:
        """Give the record to every handler, one after the other."""
        for handler in self._takers(record):
            try:
                handler.handle(record)
            except Exception as error:  # the others get it all the same
                self._errors.record_error("emit", error)

    def emit_async(self, record: logging.LogRecord) -> Awaitable[object]:
        """Give the record to every handler, all at once where an event loop of asyncio's runs.

        Returns:
            What may be awaited, and need not be: the record's way to its end in all of them.
        """
        if not _in_asyncio():
            self.emit(record)
            return done()
        ways = [self._way(handler, record) for handler in self._takers(record)]
        under_way = [way for way in ways if way is not None]
        return asyncio.gather(*under_way) if under_way else done()

    def flush(self) -> None:
        """Flush every handler."""
        for handler in getattr(self, "_handlers", ()):
            with suppress(HandlerError):
                handler.flush()

    def close(self) -> None:
        """Close every handler."""
        for handler in getattr(self, "_handlers", ()):
            with suppress(HandlerError):
                handler.close()
        super().close()

    async def aclose(self) -> None:
        """Wait for the records that are on their way, and close every handler, all at once."""
        await self._coroutines.shutdown()
        closes = [getattr(handler, "aclose", None) for handler in self._handlers]
        closing = [aclose() for aclose in closes if aclose is not None]
        for error in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(error, Exception):
                self._errors.record_error("aclose", error)
        await super().aclose()

    def _takers(self, record: logging.LogRecord) -> list[logging.Handler]:
        return [handler for handler in self._handlers if record.levelno >= handler.level]

    def _way(
        self, handler: logging.Handler, record: logging.LogRecord
    ) -> asyncio.Task[None] | None:
        """Begin a record's way through a handler; None where it has come to its end."""
        emit_async = getattr(handler, "emit_async", None)
        try:
            if emit_async is None:
                handler.handle(record)
                return None
            if not handler.filter(record):
                return None
            return self._coroutines.track(self._contained(emit_async(record)))
        except Exception as error:  # the others get it all the same
            self._errors.record_error("emit_async", error)
            return None

    async def _contained(self, way: Awaitable[object] | Coroutine[Any, Any, object]) -> None:
        try:
            await way
        except Exception as error:  # as above
            self._errors.record_error("emit_async", error)
