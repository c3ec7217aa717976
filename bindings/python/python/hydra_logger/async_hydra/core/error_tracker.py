"""Errors by kind, and who is told of them: `AsyncErrorTracker`."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, TypedDict

from hydra_logger.async_hydra.core.coroutine_manager import CoroutineManager
from hydra_logger.core.error_handler import track_error

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["AsyncErrorStats", "AsyncErrorTracker"]

# The stretch of time that a rate is of, in seconds, and how many errors of it are looked at.
_MINUTE = 60.0
_LATEST = 10_000
_COMPONENT = "async"


class AsyncErrorStats(TypedDict):
    """What `AsyncErrorTracker.get_error_stats` returns."""

    error_counts: dict[str, int]
    """By kind."""
    error_rates: dict[str, int]
    """By kind, of the last minute; of the latest 10,000 errors."""
    last_error_time: float | None
    """Seconds since 1970, as `time.time` has them; None where there was none."""
    total_errors: int


class AsyncErrorTracker:
    """Counts the errors of one part of a program, and tells callbacks of each.

    The tracker of the process (`hydra_logger.get_error_tracker`) counts them too.

    >>> tracker = AsyncErrorTracker()
    >>> told = []
    >>> tracker.add_error_callback(lambda kind, error: told.append(kind))
    >>> _ = tracker.record_error("stock", ValueError("sold out"))
    >>> told, tracker.get_error_stats()["total_errors"]
    (['stock'], 1)
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._latest: deque[tuple[float, str]] = deque(maxlen=_LATEST)
        self._last: float | None = None
        self._callbacks: list[Callable[[str, BaseException], object]] = []
        self._told = CoroutineManager()

    def record_error(self, error_type: str, error: BaseException) -> Told:
        """Count an error and tell the callbacks. It is done when this returns.

        Returns:
            What may be awaited, and need not be: the end of asynchronous callbacks.
        """
        self._counts[error_type] += 1
        self._latest.append((time.monotonic(), error_type))
        self._last = time.time()
        track_error(error_type, error, component=_COMPONENT)
        tasks = [self._tell(callback, error_type, error) for callback in list(self._callbacks)]
        return Told([task for task in tasks if task is not None])

    def add_error_callback(self, callback: Callable[[str, BaseException], object]) -> None:
        """Call a function with the kind and the error of each one from now on.

        A coroutine function becomes a task of the event loop that runs; where none does, it is run
        to its end at once. What a callback raises is counted as ``error_callback``.
        """
        self._callbacks.append(callback)

    def get_error_stats(self) -> AsyncErrorStats:
        """How many errors there were, in all and by kind, and when the last one was."""
        since = time.monotonic() - _MINUTE
        return {
            "error_counts": dict(self._counts),
            "error_rates": dict(Counter(kind for at, kind in list(self._latest) if at >= since)),
            "last_error_time": self._last,
            "total_errors": self._counts.total(),
        }

    async def shutdown(self) -> None:
        """Wait for asynchronous callbacks that are under way, for two seconds at most."""
        await self._told.shutdown()

    def _tell(
        self, callback: Callable[[str, BaseException], object], kind: str, error: BaseException
    ) -> asyncio.Task[None] | None:
        try:
            told = callback(kind, error)
        except Exception as raised:  # the error that it was told of is what matters
            _failed(raised)
            return None
        if not asyncio.iscoroutine(told):
            return None
        end = _end_of(told)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(end)
            return None
        return self._told.track(end)


async def _end_of(callback: Any) -> None:
    try:
        await callback
    except Exception as raised:  # as above
        _failed(raised)


def _failed(error: BaseException) -> None:
    track_error("error_callback", error, component=_COMPONENT)


class Told:
    """The end of callbacks: may be awaited, again and again, and need not be."""

    __slots__ = ("_tasks",)

    def __init__(self, tasks: list[asyncio.Task[None]]) -> None:
        self._tasks = tasks

    def __await__(self) -> Generator[Any, Any, None]:
        """Wait for them; what they raise is contained."""
        if self._tasks:
            yield from asyncio.wait(self._tasks).__await__()
