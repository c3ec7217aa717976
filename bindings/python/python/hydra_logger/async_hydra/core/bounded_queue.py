"""A queue of asyncio's with a policy for when it is full: `BoundedAsyncQueue`."""

from __future__ import annotations

import asyncio
from typing import Generic, Literal, TypedDict, TypeVar

from hydra_logger.core.exceptions import ConfigurationError

__all__ = ["BoundedAsyncQueue", "QueueStats"]

_T = TypeVar("_T")

Policy = Literal["drop_oldest", "block", "error"]


class Counts(TypedDict):
    """What became of a queue's items: ``puts`` is ``gets``, ``drops`` and what is in it."""

    puts: int
    """Items that were taken."""
    gets: int
    """Items that were given out."""
    drops: int
    """Items that made way for younger ones."""
    timeouts: int
    """How often `put` or `get` has waited to the end of its time."""


class QueueStats(TypedDict):
    """What `BoundedAsyncQueue.get_stats` returns."""

    size: int
    maxsize: int
    dropped_count: int
    stats: Counts


class BoundedAsyncQueue(Generic[_T]):
    """Hands items from some tasks of an event loop to others, a limited number at a time.

    It is for a program's own use. An asynchronous logger's queues are the engine's.

    >>> async def main():
    ...     queue = BoundedAsyncQueue(maxsize=2, put_timeout=0)
    ...     for item in "abc":
    ...         await queue.put(item)
    ...     return await queue.get(), queue.get_dropped_count()
    >>> asyncio.run(main())
    ('b', 1)

    Args:
        maxsize: How many items it holds, 1 or more.
        policy: What `put` does once it has waited for room as long as it may: ``drop_oldest``
            removes the oldest item, ``block`` waits on, ``error`` raises `asyncio.QueueFull`.
        put_timeout: Seconds that `put` waits for room.
        get_timeout: Seconds that `get` waits for an item.

    Raises:
        ConfigurationError: There is no such policy, or no room for an item.
    """

    def __init__(
        self,
        maxsize: int = 1000,
        policy: Policy = "drop_oldest",
        put_timeout: float = 0.1,
        get_timeout: float = 1.0,
    ) -> None:
        if policy not in ("drop_oldest", "block", "error"):
            allowed = "drop_oldest, block, error"
            raise ConfigurationError(f"policy: found {policy!r}: allowed: {allowed}")
        if maxsize < 1:
            raise ConfigurationError(f"maxsize: found {maxsize!r}: a queue holds 1 item or more")
        self._queue: asyncio.Queue[_T] = asyncio.Queue(maxsize)
        self._policy = policy
        self._put_timeout = put_timeout
        self._get_timeout = get_timeout
        self._puts = self._gets = self._drops = self._timeouts = 0

    async def put(self, item: _T) -> None:
        """Put an item in; the policy says what happens where there is no room in time.

        Raises:
            asyncio.QueueFull: There was none, and the policy is ``error``.
        """
        try:
            async with asyncio.timeout(self._put_timeout):
                await self._queue.put(item)
        except TimeoutError:
            self._timeouts += 1
            if self._policy == "error":
                raise asyncio.QueueFull from None
            if self._policy == "block":
                await self._queue.put(item)
            else:
                self._put_over_oldest(item)
        self._puts += 1

    def _put_over_oldest(self, item: _T) -> None:
        # Nothing is awaited in between: no other task can take the place.
        if self._queue.full():
            self._queue.get_nowait()
            self._drops += 1
        self._queue.put_nowait(item)

    async def get(self) -> _T | None:
        """Take the oldest item; None where none has come in time."""
        try:
            async with asyncio.timeout(self._get_timeout):
                item = await self._queue.get()
        except TimeoutError:
            self._timeouts += 1
            return None
        self._gets += 1
        return item

    def qsize(self) -> int:
        """How many items it holds."""
        return self._queue.qsize()

    def get_dropped_count(self) -> int:
        """How many items have made way for younger ones."""
        return self._drops

    def get_stats(self) -> QueueStats:
        """How full it is, and what became of its items."""
        return {
            "size": self.qsize(),
            "maxsize": self._queue.maxsize,
            "dropped_count": self._drops,
            "stats": {
                "puts": self._puts,
                "gets": self._gets,
                "drops": self._drops,
                "timeouts": self._timeouts,
            },
        }
