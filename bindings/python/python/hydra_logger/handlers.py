"""A handler for Python's `logging` that writes to a buffered file of the core."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import Any

from ._core import HydraLogger
from .core.constants import PERFORMANCE_SETTINGS
from .core.exceptions import HandlerError

__all__ = ["BufferedFileHandler"]

# A line is what the formatter made of the record, and nothing else.
AS_FORMATTED = {
    "date_format": "",
    "time_format": "",
    "logger_name_format": "",
    "message_format": "{message}",
}
_METHODS = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"))


class BufferedFileHandler(logging.Handler):
    """Writes records to a file through a buffer.

    The buffer is written when it is full, when a record has rested in it for the interval, for
    ERROR and above, and at the program's end. The file is rotated, shared by processes and carried
    over forks as a destination of the logger is. One record is one line: a newline in it is
    escaped.

    Args:
        filename: The file; its directories are made with the first record.
        buffer_size: Bytes of the buffer. Default: 16 KiB.
        flush_interval: The longest time, in seconds, that a record rests in it. Default: 1.
        level: What the handler takes, as `logging` has it.
        **destination: Other keys of a file destination, such as ``max_size`` and ``backup_count``.

    Raises:
        ConfigurationError: With all that is wrong with these.
    """

    def __init__(
        self,
        filename: str | os.PathLike[str],
        *,
        buffer_size: int | str = PERFORMANCE_SETTINGS["buffer_size"],
        flush_interval: float | str = PERFORMANCE_SETTINGS["flush_interval"],
        level: int | str = logging.NOTSET,
        **destination: Any,
    ) -> None:
        super().__init__(level)
        file = {
            "type": "file",
            "path": os.fspath(filename),
            "buffer_size": buffer_size,
            "flush_interval": flush_interval,
            **AS_FORMATTED,
            **destination,
        }
        layer = {"level": "TRACE", "destinations": [file]}
        self._logger = HydraLogger({"layers": {"DEFAULT": layer}})

    def emit(self, record: logging.LogRecord) -> None:
        """Puts the record's line into the buffer."""
        try:
            line = self.format(record)
            method = next((name for least, name in _METHODS if record.levelno >= least), "debug")
            getattr(self._logger, method)("DEFAULT", line)
        except Exception:  # as every handler of logging: the application's call goes on
            self.handleError(record)

    def flush(self) -> None:
        """Writes what is in the buffer. What fails is counted by the error tracker, not raised."""
        if hasattr(self, "_logger"):  # logging flushes at exit what a failed __init__ left behind
            with suppress(HandlerError):  # counted and told by the core; `logging` would show it
                self._logger.flush()

    def close(self) -> None:
        """Writes what is in the buffer and closes the file; closing again does nothing.

        What fails is counted by the error tracker, not raised.
        """
        if hasattr(self, "_logger"):
            with suppress(HandlerError):
                self._logger.close()
        super().close()
