"""A handler of `logging` that writes to a file of the engine: `ProfessionalAsyncFileHandler`."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from hydra_logger._core import AsyncHydraLogger
from hydra_logger.async_hydra.handlers._engine_handler import EngineHandler
from hydra_logger.handlers import AS_FORMATTED

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["ProfessionalAsyncFileHandler"]


class ProfessionalAsyncFileHandler(EngineHandler):
    """Writes what its formatter makes of each record to a file, on a thread of the logger's.

    The file is shared by processes, rotated and carried over forks as a destination of the logger
    is. One record is one line: a newline in it is escaped. Where memory runs short, the engine
    takes less at once, and at last writes before a call returns.

    >>> async def main(path):
    ...     handler = ProfessionalAsyncFileHandler(path)
    ...     await handler.emit_async(logging.makeLogRecord({"msg": "started"}))
    ...     await handler.aclose()

    Args:
        filename: The file; its directories are made with the first record.
        max_queue_size: How many records may wait for the file. One more waits for room.
        level: What the handler takes, as `logging` has it.
        **destination: Other keys of a file destination, such as ``max_size`` and ``backup_count``.

    Raises:
        ConfigurationError: With all that is wrong with these.
    """

    def __init__(
        self,
        filename: str | os.PathLike[str],
        max_queue_size: int = 1000,
        *,
        level: int | str = logging.NOTSET,
        **destination: Any,
    ) -> None:
        file = {"type": "file", "path": os.fspath(filename), **AS_FORMATTED, **destination}
        config = {"layers": {"DEFAULT": {"level": "TRACE", "destinations": [file]}}}
        super().__init__(AsyncHydraLogger(config, queue_size=max_queue_size), level)

    def _hand_over(self, record: logging.LogRecord) -> Awaitable[object]:
        line = self.format(record)
        return self._logger.log(line, level=record.levelno, layer="DEFAULT")
