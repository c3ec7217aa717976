"""Whether a logger or handler is well: `AsyncHealthMonitor`."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from hydra_logger._core import AsyncHydraLogger, done
from hydra_logger.async_hydra._waiting import in_event_loop

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from hydra_logger.async_hydra.handlers.base_handler import BaseAsyncHandler

__all__ = ["AsyncHealthMonitor"]

# For so long a status is remembered, in seconds.
_REMEMBERED = 1.0


class AsyncHealthMonitor:
    """Asks a logger or handler how it is, once a second at most.

    >>> monitor = AsyncHealthMonitor(AsyncHydraLogger())
    >>> monitor.is_healthy(), monitor.get_health_status()["queue_size"]
    (True, 0)

    Args:
        handler: What is asked: a logger, or a handler of `hydra_logger.async_hydra.handlers`.
    """

    def __init__(self, handler: AsyncHydraLogger | BaseAsyncHandler) -> None:
        self._handler = handler
        self._logger = _logger_of(handler)
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._status: dict[str, Any] = {}

    def get_health_status(self) -> dict[str, Any]:
        """How it is: what `AsyncHydraLogger.get_health_status` says.

        Of a handler, ``pending_tasks`` are its records that are on their way, and without a logger
        behind it ``error_counts`` are those that it has met.
        """
        with self._lock:
            now = time.monotonic()
            if self._asked_at is None or now - self._asked_at >= _REMEMBERED:
                self._status = self._ask()
                self._asked_at = now
            return dict(self._status)

    def is_healthy(self) -> bool:
        """Whether there are no reasons against it."""
        healthy: bool = self.get_health_status()["healthy"]
        return healthy

    def get_performance_metrics(self) -> dict[str, Any]:
        """What `AsyncHydraLogger.get_performance_metrics` says; nothing without a logger."""
        return {} if self._logger is None else self._logger.get_performance_metrics()

    def shutdown(self) -> Awaitable[None]:
        """Forget what is remembered. Nothing runs in the background; it need not be awaited."""
        self._asked_at = None
        return done()

    def _ask(self) -> dict[str, Any]:
        status = self._own() if self._logger is None else self._logger.get_health_status()
        coroutines = getattr(self._handler, "_coroutines", None)
        if coroutines is not None:
            status["pending_tasks"] = len(coroutines.get_active_tasks())
        return status

    def _own(self) -> dict[str, Any]:
        """The same of a handler without a logger behind it."""
        errors = getattr(self._handler, "_errors", None)
        return {
            "healthy": True,
            "reasons": [],
            "uptime": time.monotonic() - self._began,
            "queue_size": 0,
            "queue_maxsize": 0,
            "queue_sizes": {},
            "dropped_messages": 0,
            "error_counts": {} if errors is None else errors.get_error_stats()["error_counts"],
            "memory_ok": True,
            "memory_percent": None,
            "memory_step": "normal",
            "shutdown_phase": "running",
            "has_event_loop": in_event_loop(),
            "pending_tasks": 0,
            "last_check": time.time(),
        }


def _logger_of(handler: AsyncHydraLogger | BaseAsyncHandler) -> AsyncHydraLogger | None:
    found = handler if isinstance(handler, AsyncHydraLogger) else getattr(handler, "logger", None)
    return found if isinstance(found, AsyncHydraLogger) else None
