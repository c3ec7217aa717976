"""What depends on whether an event loop runs: `EventLoopManager`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from hydra_logger.async_hydra._waiting import in_event_loop

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Awaitable, Callable, Coroutine

__all__ = ["EventLoopManager"]

_T = TypeVar("_T")


class EventLoopManager:
    """Looks whether an event loop runs in this thread, and does the one thing or the other.

    >>> EventLoopManager.has_running_loop()
    False
    """

    @staticmethod
    def has_running_loop() -> bool:
        """Whether an event loop runs in this thread: asyncio's, uvloop's or trio's."""
        return in_event_loop()

    @staticmethod
    def safe_create_task(coro: Coroutine[Any, Any, _T]) -> Task[_T]:
        """Run a coroutine as a task of asyncio's. The caller keeps the task.

        Raises:
            RuntimeError: No event loop of asyncio's runs in this thread. The coroutine is closed,
                so that nothing warns that it was never awaited.
        """
        import asyncio

        try:
            return asyncio.get_running_loop().create_task(coro)
        except RuntimeError:
            coro.close()
            raise

    @staticmethod
    async def safe_async_operation(
        operation: Callable[[], Awaitable[_T]],
        fallback_operation: Callable[[], _T] | None = None,
    ) -> _T:
        """Do something asynchronous, or what takes its place.

        Args:
            operation: Called and awaited where an event loop runs.
            fallback_operation: Called where none does, and where the operation fails.

        Raises:
            RuntimeError: No event loop runs, and nothing takes the operation's place.
            Exception: The operation's own, where nothing takes its place.
        """
        if not in_event_loop():
            if fallback_operation is None:
                raise RuntimeError("no event loop runs, and there is no fallback_operation")
            return fallback_operation()
        try:
            return await operation()
        except Exception:
            if fallback_operation is None:
                raise
            return fallback_operation()
