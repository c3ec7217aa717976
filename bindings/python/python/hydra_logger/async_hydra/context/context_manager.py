"""What every record of a task carries, as one value: `AsyncContext`, `AsyncContextManager`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hydra_logger._core import HydraLogger, change_context, context_scope
from hydra_logger._trace import new_trace_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from hydra_logger._core import ContextScope

__all__ = ["AsyncContext", "AsyncContextManager", "ProfessionalAsyncContextManager"]

_NAMES = ("trace_id", "correlation_id", "user_id", "session_id", "request_id")


def _trace_id() -> str:
    trace_id = HydraLogger.get_context().get("trace_id")
    return new_trace_id() if trace_id is None else str(trace_id)


@dataclass(frozen=True)
class AsyncContext:
    """The fields that records carry because of where they are made; a value, it never changes.

    >>> AsyncContext(trace_id="t-1", user_id="ada", extra_fields={"shard": 3}).fields()
    {'trace_id': 't-1', 'user_id': 'ada', 'shard': 3}
    """

    trace_id: str | None = field(default_factory=_trace_id)
    """Default: that of the context where it is made, or a new one of 32 hex digits."""
    correlation_id: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    extra_fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields by other names."""

    def fields(self) -> dict[str, Any]:
        """What records carry: each name and its value, without those that are None."""
        named = {name: getattr(self, name) for name in _NAMES}
        fields = {name: value for name, value in named.items() if value is not None}
        return {**fields, **self.extra_fields}


class ProfessionalAsyncContextManager:
    """A scope whose records carry a context, in this task and in those that it starts.

    It is `HydraLogger.contextualize` with a value: scopes nest, what is outside stays in force
    where the value says nothing, and the end brings back what was there before. It may be entered
    by many tasks at once.

    >>> from hydra_logger import AsyncHydraLogger
    >>> logger = AsyncHydraLogger()
    >>> async def main():
    ...     async with ProfessionalAsyncContextManager(AsyncContext(user_id="ada")):
    ...         await logger.info("API", "accepted")

    Args:
        context: Default: one with a trace id alone.
    """

    def __init__(self, context: AsyncContext | None = None) -> None:
        self.context = AsyncContext() if context is None else context
        self._scope: ContextScope = context_scope(self.context.fields())

    async def __aenter__(self) -> ProfessionalAsyncContextManager:
        self._scope.__enter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope.__exit__(kind, error, traceback)

    @staticmethod
    def get_current_context() -> AsyncContext | None:
        """What a record made here and now would carry; None where that is nothing."""
        fields = HydraLogger.get_context()
        if not fields:
            return None
        named = {name: fields.pop(name, None) for name in _NAMES}
        return AsyncContext(**named, extra_fields=fields)

    @staticmethod
    def set_current_context(context: AsyncContext | None) -> None:
        """Have records carry this context and nothing else from here on.

        That holds in this task and in those that it starts; a scope around that ends brings back
        what was there before it.
        """
        fields = {} if context is None else context.fields()
        change_context(list(HydraLogger.get_context()), fields)


AsyncContextManager = ProfessionalAsyncContextManager
"""The name that `hydra_logger.async_hydra` exports it by."""
