"""How long operations of a program take: `AsyncPerformanceMonitor`."""

from __future__ import annotations

import math
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

from hydra_logger._core import done, resident_memory
from hydra_logger.async_hydra.context.context_switcher import AsyncContextSwitcher

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from hydra_logger._core import AsyncHydraLogger

__all__ = ["AsyncPerformanceMonitor"]

# Of so many of the last operations, percentiles are made.
_LATEST = 1000
_PERCENTILES = (50, 95, 99)


class AsyncPerformanceMonitor:
    """Times operations, counts context switches between them, and looks at a logger's queues.

    >>> monitor = AsyncPerformanceMonitor()
    >>> started = monitor.start_async_processing_timer()
    >>> _ = monitor.end_async_processing_timer(started)
    >>> monitor.get_async_statistics()["total_operations"]
    1

    Args:
        logger: The logger whose queues are looked at.
    """

    def __init__(self, logger: AsyncHydraLogger | None = None) -> None:
        self._logger = logger
        self._switcher = AsyncContextSwitcher()
        self.reset_async_statistics()

    def start_async_processing_timer(self) -> float:
        """Begin to time an operation.

        Returns:
            What `end_async_processing_timer` is given.
        """
        self._switcher.detect_context_switch()
        return perf_counter()

    def end_async_processing_timer(self, start_time: float) -> float:
        """Count an operation that has ended now.

        Returns:
            How long it took, in seconds.
        """
        duration = perf_counter() - start_time
        self.record_async_operation("processing", duration)
        return duration

    def record_async_operation(self, operation_type: str, duration: float) -> Awaitable[None]:
        """Count an operation. It is done when this returns; it may be awaited, and need not be.

        Args:
            operation_type: What it is counted as; ``processing`` is what timers count.
            duration: How long it took, in seconds.
        """
        self._durations.setdefault(operation_type, deque(maxlen=_LATEST)).append(duration)
        self._total += 1
        return done()

    def get_async_statistics(self) -> dict[str, Any]:
        """What was counted, and how things stand now.

        ``queue_depth``: records that wait in the logger's queues; ``processing_time``: the mean, in
        milliseconds, of the last thousand operations that timers have counted, beside which
        ``processing_time_p50``, ``_p95`` and ``_p99`` stand; ``<operation_type>_time``: the same
        mean of other operations; ``context_switches``: timers that were started in another context
        than the one before; ``memory_usage``: bytes of the process that are resident;
        ``total_operations``: all of them.
        """
        statistics: dict[str, Any] = {
            "queue_depth": 0 if self._logger is None else self._logger.get_pending_count(),
            "processing_time": 0.0,
            "context_switches": self._switcher.get_switch_count(),
            "memory_usage": resident_memory(),
            "total_operations": self._total,
        }
        timed = sorted(self._durations.get("processing", ()))
        for percent in _PERCENTILES:
            statistics[f"processing_time_p{percent}"] = _percentile(timed, percent)
        for operation_type, durations in self._durations.items():
            mean = 1e3 * sum(durations) / len(durations)
            statistics[f"{operation_type}_time"] = mean
        return statistics

    def reset_async_statistics(self) -> None:
        """Count from nothing."""
        self._durations: dict[str, deque[float]] = {}
        self._total = 0
        self._switcher.reset_switch_count()


def _percentile(ordered: list[float], percent: int) -> float:
    """The least duration, in milliseconds, that so many in a hundred do not exceed."""
    if not ordered:
        return 0.0
    return 1e3 * ordered[math.ceil(len(ordered) * percent / 100) - 1]
