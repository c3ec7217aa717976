"""Errors that are counted and kept for the whole process, the logger's own and the application's.

The tracker is the core's: what goes wrong inside the logger (a full disk, a wrong variable) is in
the same counts as what an application tracks here. Nothing is printed, no hook is installed, and no
file is made unless `ErrorTracker.log_to` asks for one.

    >>> track_error("payment", "card declined", context={"order": 7}, component="checkout")
    >>> get_error_stats()["error_types"]["payment"]
    1
    >>> clear_error_stats()
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TypedDict

from .. import _core
from .exceptions import HandlerError, ValidationError

__all__ = [
    "ErrorStats",
    "ErrorTracker",
    "TrackedError",
    "clear_error_stats",
    "close_error_tracker",
    "error_context",
    "get_error_stats",
    "get_error_tracker",
    "track_async_error",
    "track_configuration_error",
    "track_error",
    "track_hydra_error",
    "track_performance_error",
    "track_plugin_error",
    "track_runtime_error",
    "track_validation_error",
]

Context = Mapping[str, object]


class ErrorStats(TypedDict):
    """What `get_error_stats` returns."""

    total_errors: int
    """All errors since the process began, or since they were cleared."""
    error_types: dict[str, int]
    """By type."""
    last_error_time: float | None
    """Seconds since 1970, as `time.time` has them; None where there was none."""
    error_log_file: str | None
    """The file that errors go to, if `ErrorTracker.log_to` was called."""


class TrackedError(TypedDict):
    """One error of `ErrorTracker.last_errors`."""

    error_type: str
    component: str
    message: str
    severity: str
    """DEBUG, INFO, WARNING, ERROR or CRITICAL."""
    time: float
    """Seconds since 1970."""
    context: str | None
    """``key=value, …`` and the traceback, as far as there were any."""


class ErrorTracker:
    """A handle to the tracker of the process; all handles are the same tracker."""

    __slots__ = ()

    def track_error(
        self,
        error_type: str,
        error: BaseException | str,
        context: Context | None = None,
        component: str = "unknown",
        severity: str = "error",
    ) -> None:
        """Counts an error and keeps it among the last hundred.

        Args:
            error_type: What it is counted as; of 1000 names the process tells apart.
            error: An exception, whose type and traceback are kept too, or a text.
            context: What else is known. Values are shown by ``repr``.
            component: Who met it.
            severity: ``debug``, ``info``, ``warning``, ``error`` or ``critical``.

        Raises:
            ValidationError: There is no such severity.
        """
        message, traceback = _described(error)
        details = ", ".join(f"{key}={_shown(value)}" for key, value in (context or {}).items())
        whole = "\n".join(part for part in (details, traceback) if part)
        try:
            _core.track_error(
                _clean(error_type),
                _clean(message),
                _clean(component),
                severity=severity,
                context=_clean(whole) or None,
            )
        except ValueError as wrong:
            raise ValidationError(f"severity: {wrong}") from None

    def last_errors(self) -> list[TrackedError]:
        """The last errors, oldest first, at most a hundred."""
        return [
            {
                "error_type": error["kind"],
                "component": error["component"],
                "message": error["message"],
                "severity": error["severity"],
                "time": error["time"],
                "context": error["context"],
            }
            for error in _core.error_stats()["last"]
        ]

    def get_error_stats(self) -> ErrorStats:
        """How many errors there were, in all and by type; when the last one was."""
        stats = _core.error_stats()
        return {
            "total_errors": stats["total"],
            "error_types": stats["by_kind"],
            "last_error_time": stats["last"][-1]["time"] if stats["last"] else None,
            "error_log_file": _log.path,
        }

    def clear_error_stats(self) -> None:
        """Forgets every count and every kept error. The error log goes on."""
        _core.clear_error_stats()

    def log_to(self, path: str | os.PathLike[str]) -> None:
        """Appends every error from now on to a file, one JSON object a line, until `close`.

        Directories are made. A second call changes the file.

        Raises:
            HandlerError: The file cannot be made.
        """
        _log.open(os.fspath(path))

    def close(self) -> None:
        """Closes the error log, if there is one. Counting goes on; closing again does nothing."""
        _log.close()


class _ErrorLog:
    """The file that errors go to, if one was asked for."""

    def __init__(self) -> None:
        self.path: str | None = None
        self._subscription: _core.ErrorSubscription | None = None

    def open(self, path: str) -> None:
        try:
            subscription = _core.log_errors_to(path)
        except OSError as wrong:
            raise HandlerError(f"the error log {path!r} cannot be opened: {wrong}") from wrong
        self.close()
        self.path, self._subscription = path, subscription

    def close(self) -> None:
        subscription, self.path, self._subscription = self._subscription, None, None
        if subscription is not None:
            subscription.close()


_log = _ErrorLog()
_TRACKER = ErrorTracker()


def get_error_tracker() -> ErrorTracker:
    """The tracker of the process.

    >>> get_error_tracker() is get_error_tracker()
    True
    """
    return _TRACKER


def track_error(
    error_type: str,
    error: BaseException | str,
    context: Context | None = None,
    component: str | None = None,
    severity: str = "error",
) -> None:
    """Counts an error; see `ErrorTracker.track_error`."""
    _TRACKER.track_error(error_type, error, context, component or "unknown", severity)


def track_hydra_error(error: BaseException | str, component: str = "core") -> None:
    """Counts an error of the logger as ``hydra_logger_error``."""
    _TRACKER.track_error("hydra_logger_error", error, None, component)


def track_configuration_error(error: BaseException | str, context: Context | None = None) -> None:
    """Counts a ``configuration_error`` of the component ``config``."""
    _TRACKER.track_error("configuration_error", error, context, "config")


def track_validation_error(error: BaseException | str, context: Context | None = None) -> None:
    """Counts a ``validation_error``, of severity ``warning``, of the component ``validation``."""
    _TRACKER.track_error("validation_error", error, context, "validation", "warning")


def track_plugin_error(
    error: BaseException | str, plugin_name: str = "unknown", context: Context | None = None
) -> None:
    """Counts a ``plugin_error`` of the component ``plugin``; its context names the plugin."""
    named = {**(context or {}), "plugin_name": plugin_name}
    _TRACKER.track_error("plugin_error", error, named, "plugin")


def track_async_error(error: BaseException | str, context: Context | None = None) -> None:
    """Counts an ``async_error`` of the component ``async``."""
    _TRACKER.track_error("async_error", error, context, "async")


def track_performance_error(error: BaseException | str, context: Context | None = None) -> None:
    """Counts a ``performance_error``, of severity ``warning``, of ``performance``."""
    _TRACKER.track_error("performance_error", error, context, "performance", "warning")


def track_runtime_error(
    error: BaseException | str, component: str = "runtime", context: Context | None = None
) -> None:
    """Counts a ``runtime_error``."""
    _TRACKER.track_error("runtime_error", error, context, component)


@contextmanager
def error_context(component: str, operation: str) -> Iterator[None]:
    """Tracks an exception that leaves the block, and lets it go on.

    It is counted as ``context_error``; its context is the operation and its duration in
    milliseconds.

    >>> with error_context("checkout", "charge"):
    ...     pass
    """
    start = perf_counter()
    try:
        yield
    except Exception as error:
        spent = round((perf_counter() - start) * 1000, 3)
        context = {"operation": operation, "duration_ms": spent}
        _TRACKER.track_error("context_error", error, context, component)
        raise


def get_error_stats() -> ErrorStats:
    """How many errors there were, in all and by type; when the last one was.

    >>> sorted(get_error_stats())
    ['error_log_file', 'error_types', 'last_error_time', 'total_errors']
    """
    return _TRACKER.get_error_stats()


def clear_error_stats() -> None:
    """Forgets every count and every kept error."""
    _TRACKER.clear_error_stats()


def close_error_tracker() -> None:
    """Closes the error log, if there is one; see `ErrorTracker.close`."""
    _TRACKER.close()


def _described(error: BaseException | str) -> tuple[str, str]:
    """The message of an error, and its traceback where it has one."""
    if not isinstance(error, BaseException):
        return str(error), ""
    message = f"{type(error).__name__}: {_text(error)}"
    if error.__traceback__ is None:
        return message, ""
    import traceback

    return message, "".join(traceback.format_tb(error.__traceback__)).rstrip()


def _clean(text: object) -> str:
    """Text as UTF-8 has it: a lone surrogate is escaped."""
    return str(text).encode("utf-8", "backslashreplace").decode()


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # an application's own repr must not hide the error it belongs to
        return f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as wrong:
        return f"<its str raised {type(wrong).__name__}>"
