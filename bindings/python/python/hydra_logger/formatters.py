"""Formatters for Python's `logging` that render as the core does."""

from __future__ import annotations

import logging

from . import _core

__all__ = ["ColoredTextFormatter"]

# What every LogRecord has; what else is in one came by `extra`.
OWN_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class ColoredTextFormatter(logging.Formatter):
    r"""The core's plain-text line, in colour, for a handler of `logging` that is not ours.

    >>> record = logging.makeLogRecord({"name": "APP", "levelno": 20, "msg": "up"})
    >>> ColoredTextFormatter(date_format="", time_format="").format(record)
    'APP \x1b[32mINFO\x1b[0m - up'

    Args:
        date_format: strftime, as in a configuration; empty leaves the date out.
        time_format: The same for the time.
        logger_name_format: Template of the logger's name, such as ``[{name}]``.
        message_format: Template of level and message, such as ``{level}: {message}``.
        theme: ``default``, ``dark``, ``light`` or ``quiet``; None for no colour.

    Raises:
        ConfigurationError: A template is wrong, or there is no such theme.
    """

    def __init__(
        self,
        *,
        date_format: str | None = None,
        time_format: str | None = None,
        logger_name_format: str | None = None,
        message_format: str | None = None,
        theme: str | None = "default",
    ) -> None:
        super().__init__()
        self._renderer = _core.LineRenderer(
            "plain-text",
            theme=theme,
            date_format=date_format,
            time_format=time_format,
            logger_name_format=logger_name_format,
            message_format=message_format,
        )

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, without its newline. What came by ``extra`` stands behind it."""
        fields = [
            (key, self._text(value))
            for key, value in vars(record).items()
            if key not in OWN_ATTRIBUTES
        ]
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            fields.append(("exception", record.exc_text))
        if record.stack_info:
            fields.append(("stack", self.formatStack(record.stack_info)))
        return self._renderer.render(
            record.levelno, record.name, record.getMessage(), record.created, fields
        )

    @staticmethod
    def _text(value: object) -> str:
        try:
            return str(value)
        except Exception as error:
            return f"<{type(value).__name__}, whose str raised {type(error).__name__}>"
