"""The end of a logger or handler in phases: `SafeShutdownManager`."""

from __future__ import annotations

import asyncio
import warnings
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hydra_logger.core.error_handler import track_async_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["SafeShutdownManager"]

Phase = Literal["running", "flushing", "cleaning", "done"]


class Closable(Protocol):
    """What can be flushed and closed: an AsyncHydraLogger, a handler of this package."""

    def flush(self) -> Any: ...
    def aclose(self) -> Awaitable[object]: ...
    def close(self) -> object: ...


class SafeShutdownManager:
    """Ends something in phases, each with a limit.

    They are ``running``, ``flushing``, ``cleaning`` and ``done``.
    Without anything to end, a class of your own says what is flushed and cleaned up.

    >>> from hydra_logger import AsyncHydraLogger
    >>> async def main():
    ...     manager = SafeShutdownManager(target=AsyncHydraLogger())
    ...     await manager.shutdown()
    ...     return manager.phase
    >>> asyncio.run(main())
    'done'

    Args:
        flush_timeout: Seconds that the phase ``flushing`` may take.
        cleanup_timeout: Seconds that the phase ``cleaning`` may take.
        target: What is flushed, and then closed.
    """

    def __init__(
        self,
        flush_timeout: float = 5.0,
        cleanup_timeout: float = 2.0,
        *,
        target: Closable | None = None,
    ) -> None:
        self._flush_timeout = flush_timeout
        self._cleanup_timeout = cleanup_timeout
        self._target = target
        self._phase: Phase = "running"

    @property
    def phase(self) -> Phase:
        """Where the end has come to."""
        return self._phase

    async def shutdown(self) -> None:
        """Flush, then clean up; where that fails, close synchronously.

        A phase that takes too long is warned of and left behind: what a thread of the logger's does
        goes on. A second call returns at once, also while the first is under way. Errors are
        counted by the error tracker, not raised.
        """
        if self._phase != "running":
            return
        try:
            self._phase = "flushing"
            flushed = await self._limited(self._flush_remaining_messages, self._flush_timeout)
            self._phase = "cleaning"
            cleaned = await self._limited(self._cleanup_resources, self._cleanup_timeout)
            if not (flushed and cleaned):
                self._force_sync_shutdown()
        finally:
            # Cancelled, too: what was begun is done by a thread, and nothing is begun again.
            self._phase = "done"

    async def _flush_remaining_messages(self) -> None:
        """Bring what was accepted to where it goes."""
        if self._target is not None:
            flushed = self._target.flush()
            if flushed is not None:
                await flushed

    async def _cleanup_resources(self) -> None:
        """Let go of everything."""
        if self._target is not None:
            await self._target.aclose()

    def _force_sync_shutdown(self) -> None:
        """What is done where one of the others has failed."""
        if self._target is not None:
            try:
                self._target.close()
            except Exception as error:  # the application ends; it is not ended by us
                track_async_error(error, {"phase": self._phase})

    async def _limited(self, work: Callable[[], Awaitable[None]], limit: float) -> bool:
        """Do something within a limit. False: it has failed."""
        try:
            async with asyncio.timeout(limit):
                await work()
        except TimeoutError:
            warnings.warn(
                f"the phase {self._phase} was not done within {limit} s",
                RuntimeWarning,
                stacklevel=3,
            )
        except Exception as error:  # the next phase comes all the same
            track_async_error(error, {"phase": self._phase})
            return False
        return True
