"""How much of its memory limit the process uses: `MemoryMonitor`."""

from __future__ import annotations

import threading
import time
import warnings
from typing import TypedDict

from hydra_logger._core import memory_usage
from hydra_logger.core.exceptions import ConfigurationError

__all__ = ["MemoryMonitor", "MemoryStats"]


class MemoryStats(TypedDict):
    """What `MemoryMonitor.get_memory_stats` returns."""

    checks: int
    """How often memory was looked at."""
    warnings: int
    """How often usage has come to exceed the threshold."""
    last_memory_percent: float
    """Of the limit, at the last look; 0 where there is no limit."""


class MemoryMonitor:
    """Looks how much memory is used, of what this process may use.

    That is the limit of its cgroups, as a container has one, or its own (`RLIMIT_AS`,
    `RLIMIT_DATA`), whichever is nearest; never the host's memory. Without a limit all is well.

    >>> monitor = MemoryMonitor(max_percent=100)
    >>> monitor.check_memory()
    True

    Args:
        max_percent: From more than this on, memory is short.
        check_interval: Seconds for which the answer is remembered.

    Raises:
        ConfigurationError: The percentage is not between 0 and 100.
    """

    def __init__(self, max_percent: float = 70.0, check_interval: float = 5.0) -> None:
        self._lock = threading.Lock()
        self._check_interval = check_interval
        self._checked_at: float | None = None
        self._is_ok = True
        self._checks = self._warnings = 0
        self._percent = 0.0
        self.set_threshold(max_percent)

    def set_threshold(self, percent: float) -> None:
        """Change the percentage; the next check looks anew.

        Raises:
            ConfigurationError: It is not between 0 and 100.
        """
        if not 0 < percent <= 100:
            raise ConfigurationError(f"percent: found {percent!r}: not between 0 and 100")
        self._max_percent = percent
        self._checked_at = None

    def check_memory(self) -> bool:
        """Whether there is enough. The first check that finds there is not, warns."""
        with self._lock:
            now = time.monotonic()
            if self._checked_at is not None and now - self._checked_at < self._check_interval:
                return self._is_ok
            self._checked_at = now
            self._checks += 1
            usage = memory_usage()
            self._percent = 0.0 if usage is None else 100 * usage[0] / usage[1]
            was_ok, self._is_ok = self._is_ok, self._percent <= self._max_percent
            crossed = was_ok and not self._is_ok
            self._warnings += crossed
        if crossed:
            warnings.warn(
                f"{self._percent:.1f} % of the process's memory limit are used: more than "
                f"{self._max_percent} %",
                RuntimeWarning,
                stacklevel=2,
            )
        return self._is_ok

    def get_memory_stats(self) -> MemoryStats:
        """What was found so far."""
        return {
            "checks": self._checks,
            "warnings": self._warnings,
            "last_memory_percent": self._percent,
        }
