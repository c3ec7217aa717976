"""What a logger did over a stretch of a program: how much, how fast, in how much memory."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ._core import HydraLogger

__all__ = ["PerformanceMonitor"]


class PerformanceMonitor:
    """Looks at a logger's own counts; it measures nothing itself and costs the logger nothing.

    >>> from hydra_logger import HydraLogger
    >>> logger = HydraLogger()
    >>> with PerformanceMonitor(logger) as monitor:
    ...     pass
    >>> monitor.get_statistics()["total_logs"]
    0

    Args:
        logger: The logger that is looked at.
    """

    def __init__(self, logger: HydraLogger) -> None:
        self._logger = logger
        self.reset()

    def reset(self) -> None:
        """Begins a new stretch."""
        self._start = perf_counter()
        self._records = self._total()
        self._final: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        self.reset()
        return self

    def __exit__(self, *_: object) -> None:
        self._final = self._look()

    def get_statistics(self) -> dict[str, Any]:
        """The stretch until now, or until the end of the ``with`` block.

        ``total_logs``: records; ``elapsed``: seconds; ``throughput``: records a second;
        ``avg_latency``, ``max_latency``, ``min_latency``: of the logger's whole life, in
        milliseconds; ``memory_usage``: bytes of the process that are resident now.
        """
        return dict(self._final or self._look())

    def _look(self) -> dict[str, Any]:
        elapsed = perf_counter() - self._start
        metrics = self._logger.get_performance_metrics()
        records = metrics["total_logs"] - self._records
        kept = ("avg_latency", "max_latency", "min_latency", "memory_usage")
        return {
            "total_logs": records,
            "elapsed": elapsed,
            "throughput": records / elapsed if elapsed else 0.0,
            **{key: metrics[key] for key in kept},
        }

    def _total(self) -> int:
        total: int = self._logger.get_performance_metrics()["total_logs"]
        return total
