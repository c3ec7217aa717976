"""Tasks that are ended in order: `CoroutineManager`."""

from __future__ import annotations

import asyncio
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from .event_loop_manager import EventLoopManager

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["CoroutineManager"]

_T = TypeVar("_T")


class CoroutineManager:
    """Keeps the tasks that it was given, and no others, until they are done.

    asyncio itself holds a task only weakly: one that nobody keeps may vanish half done.

    >>> async def main():
    ...     manager = CoroutineManager()
    ...     manager.track(asyncio.sleep(0))
    ...     await manager.shutdown()
    ...     return manager.get_active_tasks()
    >>> asyncio.run(main())
    []

    Args:
        shutdown_timeout: Seconds that `shutdown` gives to tasks that are under way, and after that
            to those that it has cancelled.
    """

    def __init__(self, shutdown_timeout: float = 2.0) -> None:
        self._shutdown_timeout = shutdown_timeout
        self._tasks: set[asyncio.Task[Any]] = set()

    def track(self, coro: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Run a coroutine as a task, and keep it until it is done.

        Raises:
            RuntimeError: No event loop of asyncio's runs in this thread. The coroutine is closed.
        """
        task = EventLoopManager.safe_create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def get_active_tasks(self) -> list[asyncio.Task[Any]]:
        """The tasks that are not done yet."""
        return [task for task in list(self._tasks) if not task.done()]

    def cancel_all(self) -> int:
        """Ask every task that is not done to end. Returns how many there were."""
        tasks = self.get_active_tasks()
        for task in tasks:
            task.cancel()
        return len(tasks)

    async def shutdown(self) -> None:
        """Wait for the tasks, cancel those that take too long, and warn of any that still goes on.

        It takes twice `shutdown_timeout` at most. A task that calls it is not waited for, and
        neither is one of another event loop.
        """
        left = await self._wait(self._own_tasks())
        for task in left:
            task.cancel()
        left = await self._wait(left)
        if left:
            warnings.warn(
                f"{len(left)} tasks did not end within {self._shutdown_timeout} s of being "
                "cancelled",
                RuntimeWarning,
                stacklevel=2,
            )

    def _own_tasks(self) -> set[asyncio.Task[Any]]:
        """Those that can be waited for here."""
        loop = asyncio.get_running_loop()
        current = asyncio.current_task()
        tasks = self.get_active_tasks()
        return {task for task in tasks if task is not current and task.get_loop() is loop}

    async def _wait(self, tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
        """Wait for tasks as long as there is time. Returns those that are not done."""
        if not tasks:
            return tasks
        _, left = await asyncio.wait(tasks, timeout=self._shutdown_timeout)
        return left
