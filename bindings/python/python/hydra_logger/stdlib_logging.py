"""Python's `logging` through this package: one handler, or every existing call at once."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ._core import HydraLogger, LoggingSink, add_logging_methods, logging_functions
from .core.exceptions import ConfigurationError, HandlerError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HydraHandler", "install", "uninstall"]


class HydraHandler(logging.Handler):
    """A handler of `logging` whose records go to the layers of a logger.

    A record's logger names the layer: the configured layer of that name, or of the longest
    beginning of it, as ``shop`` is of ``shop.db`` (the full name is then the field
    ``logger_name``); with neither, it goes where ``DEFAULT`` goes, under its own name. What
    ``extra`` holds becomes fields, with its types; the traceback of ``exc_info`` the field
    ``exception``, a stack the field ``stack``. A level between ours is the one below it. Time, and
    the place of the call if the configuration asks for it, are the record's. If the handler has a
    formatter, what it makes of a record is the message.

    It can be configured where `logging` is:

    >>> logging.config.dictConfig({  # doctest: +SKIP
    ...     "version": 1,
    ...     "handlers": {
    ...         "hydra": {"class": "hydra_logger.HydraHandler", "preset": "production"},
    ...     },
    ...     "root": {"level": "INFO", "handlers": ["hydra"]},
    ... })

    Args:
        logger: The logger. Default: one made of the other arguments, or else without configuration.
        level: What the handler takes, as `logging` has it. Default: everything.
        config: A configuration for a logger of the handler's own: a mapping, a LoggingConfig, or
            the path of a YAML, TOML or JSON file.
        preset: The name of a preset for one.
        path: A file for one to write to, alone.
        format: The format of that file. Default: ``plain-text``.
        **arguments: As `HydraLogger` takes them, for a logger of the handler's own.

    Raises:
        ConfigurationError: With all that is wrong with these, or if they say more than once where
            records go.
    """

    def __init__(
        self,
        logger: HydraLogger[object] | None = None,
        level: int | str = logging.NOTSET,
        *,
        config: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        preset: str | None = None,
        path: str | os.PathLike[str] | None = None,
        format: str | None = None,  # noqa: A002 - as destinations call it
        **arguments: Any,
    ) -> None:
        super().__init__(level)
        given = {"logger": logger, "config": config, "preset": preset, "path": path}
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise ConfigurationError(
                f"HydraHandler was given {' and '.join(names)}: only one can say where records go"
            )
        if logger is not None and arguments:
            raise ConfigurationError(
                f"HydraHandler was given logger and {', '.join(arguments)}: these are for a "
                "logger of its own"
            )
        if format is not None and path is None:
            raise ConfigurationError("HydraHandler was given format without path")
        if logger is None:
            logger = _logger(config, preset, path, format or "plain-text", arguments)
        self._sink = LoggingSink(logger)

    @property
    def logger(self) -> HydraLogger[object]:
        """The logger whose layers the records go to."""
        return self._sink.logger

    def createLock(self) -> None:  # noqa: N802 - as `logging` calls it
        """There is none: threads may log at once."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Emits the record if the handler's filters let it through.

        Returns:
            What the filters said.
        """
        passed = self.filter(record)
        if passed:
            # From Python 3.12 on a filter may return another record.
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return passed

    def emit(self, record: logging.LogRecord) -> None:
        """Logs the record.

        Arguments that do not fit its message are shown by `logging.Handler.handleError`, as every
        handler's are; the record is logged all the same, with its arguments behind its message.
        """
        try:
            text = None if self.formatter is None else self.format(record)
            self._sink.emit(record, text)
        except Exception:  # as every handler of logging: the application's call goes on
            self.handleError(record)

    def flush(self) -> None:
        """Brings everything to where it goes. What fails is counted and told, not raised."""
        if hasattr(self, "_sink"):  # logging flushes at exit what a failed __init__ left behind
            with suppress(HandlerError):
                self._sink.logger.flush()

    def close(self) -> None:
        """Flushes, and lets `logging` forget the handler.

        The logger stays open, so that what is logged after `logging.shutdown` is not lost.
        """
        self.flush()
        super().close()


def _logger(
    config: Mapping[str, Any] | str | os.PathLike[str] | None,
    preset: str | None,
    path: str | os.PathLike[str] | None,
    layout: str,
    arguments: dict[str, Any],
) -> HydraLogger:
    if preset is not None:
        return HydraLogger.for_custom(preset, **arguments)
    if path is not None:
        file = {"type": "file", "path": os.fspath(path), "format": layout}
        config = {"layers": {"DEFAULT": {"level": "TRACE", "destinations": [file]}}}
    return HydraLogger(config, **arguments)


class InstalledLogger(logging.Logger):
    """A logger of `logging` whose calls do not make a LogRecord where nobody would see it."""


class InstalledRootLogger(logging.RootLogger):
    """The same for the root."""


add_logging_methods(InstalledLogger, InstalledRootLogger, HydraHandler)


class _Installation:
    """What `install` changed, so that `uninstall` can change it back."""

    def __init__(
        self,
        handler: HydraHandler,
        level: int | str | None,
        capture_warnings: bool,
        replace: bool,
    ) -> None:
        root = logging.getLogger()
        self.handler = handler
        self.removed = [h for h in root.handlers if replace and _writes_to_the_terminal(h)]
        for other in self.removed:
            root.removeHandler(other)
        root.addHandler(handler)
        self.level_before = root.level
        root.setLevel(handler._sink.lowest_level if level is None else level)
        self.level = root.level
        _switch_classes(logging.Logger, InstalledLogger)
        _switch_classes(logging.RootLogger, InstalledRootLogger)
        if logging.getLoggerClass() is logging.Logger:
            logging.setLoggerClass(InstalledLogger)
        self.functions = logging_functions()
        self.functions_before = {name: vars(logging)[name] for name in self.functions}
        for name, function in self.functions.items():
            setattr(logging, name, function)
        shows = warnings.showwarning
        if capture_warnings:
            logging.captureWarnings(True)
        self.captured_warnings = warnings.showwarning is not shows

    def undo(self) -> None:
        """Changes back what nobody else has changed since."""
        root = logging.getLogger()
        if self.captured_warnings:
            logging.captureWarnings(False)
        for name, function in self.functions.items():
            if vars(logging)[name] is function:
                setattr(logging, name, self.functions_before[name])
        if logging.getLoggerClass() is InstalledLogger:
            logging.setLoggerClass(logging.Logger)
        _switch_classes(InstalledLogger, logging.Logger)
        _switch_classes(InstalledRootLogger, logging.RootLogger)
        if root.level == self.level:
            root.setLevel(self.level_before)
        if self.handler in root.handlers:
            root.removeHandler(self.handler)
            for other in self.removed:
                root.addHandler(other)
        self.handler.flush()


def _writes_to_the_terminal(handler: logging.Handler) -> bool:
    """Whether it is what `logging.basicConfig` makes; a class of somebody's own has a purpose."""
    if type(handler) is not logging.StreamHandler:
        return False
    return handler.stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)


def _switch_classes(old: type[logging.Logger], new: type[logging.Logger]) -> None:
    loggers = [logging.getLogger(), *list(logging.root.manager.loggerDict.values())]
    for logger in loggers:
        if type(logger) is old:
            logger.__class__ = new


_lock = threading.Lock()
_installed: _Installation | None = None


def install(
    logger: HydraLogger[object] | None = None,
    level: int | str | None = None,
    *,
    capture_warnings: bool = True,
    replace: bool = True,
) -> HydraHandler:
    """Sends everything that is logged through `logging` to a logger.

    A `HydraHandler` is put on the root; loggers, those that exist and those that will, get a class
    whose calls go past the LogRecord where nobody would see it, which makes them several times as
    fast. Filters, other handlers, `extra`, ``stacklevel``, record factories, caplog and assertLogs
    work as they did. Loggers of a class of the program's own keep it.

    >>> import logging, hydra_logger
    >>> handler = hydra_logger.install()
    >>> logging.getLogger("shop").info("sold", extra={"item": 7})
    >>> hydra_logger.uninstall()

    Installing again replaces what was installed. A later `logging.config.dictConfig` that
    configures the root takes the handler off again, unless it names `hydra_logger.HydraHandler`.

    Args:
        logger: The logger. Default: one without configuration.
        level: The level of the root, as `logging` has it. Default: the lowest that any layer takes
            now, so that the logger's configuration decides.
        capture_warnings: Whether what `warnings` shows is logged too, at WARNING, by the logger
            ``py.warnings``.
        replace: Whether handlers of the root that write to the terminal, as those of
            `logging.basicConfig` do, are taken off until `uninstall`: every line would be there
            twice.

    Returns:
        The handler.
    """
    global _installed
    handler = HydraHandler(logger)
    with _lock:
        if _installed is not None:
            _installed.undo()
        _installed = _Installation(handler, level, capture_warnings, replace)
    return handler


def uninstall() -> None:
    """Undoes `install`: handlers, level, classes and warnings are as they were. Flushes.

    What was changed by others meanwhile stays. Without `install` it does nothing.
    """
    global _installed
    with _lock:
        if _installed is not None:
            _installed.undo()
        _installed = None
