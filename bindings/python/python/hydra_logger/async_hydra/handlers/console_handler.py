"""A handler of `logging` that writes to a standard stream: `AsyncConsoleHandler`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from hydra_logger._core import AsyncHydraLogger, LoggingSink, done
from hydra_logger.async_hydra.handlers._engine_handler import EngineHandler

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["AsyncConsoleHandler"]


class AsyncConsoleHandler(EngineHandler):
    """Shows records on a standard stream, on a thread of the logger's.

    A record is shown as the logger shows its own: time, logger, level, message, what ``extra``
    holds. If the handler has a formatter, what it makes of a record is the message.

    >>> async def main():
    ...     handler = AsyncConsoleHandler()
    ...     await handler.emit_async(logging.makeLogRecord({"msg": "started"}))
    ...     await handler.aclose()

    Args:
        stream: ``stderr`` or ``stdout``.
        use_colors: Whether it is in colour. Default: on a terminal.
        level: What the handler takes, as `logging` has it.

    Raises:
        ConfigurationError: With all that is wrong with these.
    """

    def __init__(
        self,
        stream: Literal["stderr", "stdout"] = "stderr",
        *,
        use_colors: bool | None = None,
        level: int | str = logging.NOTSET,
    ) -> None:
        color_mode = {None: "auto", True: "always", False: "never"}[use_colors]
        console = {"type": "console", "stream": stream, "color_mode": color_mode}
        config = {"layers": {"DEFAULT": {"level": "TRACE", "destinations": [console]}}}
        super().__init__(AsyncHydraLogger(config), level)
        self._sink = LoggingSink(self._logger)

    def _hand_over(self, record: logging.LogRecord) -> Awaitable[object]:
        text = None if self.formatter is None else self.format(record)
        self._sink.emit(record, text)
        return done()
