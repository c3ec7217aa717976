"""How often the context changes from call to call: `AsyncContextSwitcher`."""

from __future__ import annotations

import threading

from hydra_logger.async_hydra.context.context_manager import (
    AsyncContext,
    ProfessionalAsyncContextManager,
)

__all__ = ["AsyncContextSwitcher"]


class AsyncContextSwitcher:
    """Counts calls whose context is another than that of the call before.

    >>> switcher = AsyncContextSwitcher()
    >>> one, other = AsyncContext(trace_id="1"), AsyncContext(trace_id="2")
    >>> [switcher.detect_context_switch(context) for context in (one, one, other)]
    [False, False, True]
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: AsyncContext | None = None
        self._is_first = True
        self._count = 0

    def detect_context_switch(self, context: AsyncContext | None = None) -> bool:
        """Whether a context is another than that of the last call; the first call has none before.

        Args:
            context: Default: the current one.
        """
        if context is None:
            context = ProfessionalAsyncContextManager.get_current_context()
        with self._lock:
            switched = not self._is_first and context != self._last
            self._is_first = False
            self._last = context
            self._count += switched
        return switched

    def get_switch_count(self) -> int:
        """How often it was another."""
        return self._count

    def reset_switch_count(self) -> None:
        """Count from nothing; the next call has none before it."""
        with self._lock:
            self._count = 0
            self._is_first = True
