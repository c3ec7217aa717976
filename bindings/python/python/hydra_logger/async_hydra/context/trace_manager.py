"""Trace and correlation ids that every record carries: `AsyncTraceManager`."""

from __future__ import annotations

from hydra_logger._core import HydraLogger, change_context
from hydra_logger._trace import Trace, new_span_id, trace_of, traceparent_of

__all__ = ["AsyncTraceManager"]

_IDS = ["trace_id", "span_id", "trace_flags"]


class AsyncTraceManager:
    """Begins, carries and ends a trace; its ids are fields of every record of the task.

    They follow tasks and coroutines as `contextvars` do, and nothing leaks from one to another. All
    managers are faces of one context, that of `HydraLogger.set_context`.

    >>> traces = AsyncTraceManager()
    >>> traces.start_trace(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    '0af7651916cd43dd8448eb211c80319c'
    >>> traces.clear_trace()
    """

    def start_trace(self, trace_id: str | None = None, *, traceparent: str | None = None) -> str:
        """Begin a trace, or continue one, with a span of its own.

        Args:
            trace_id: Its id. Default: that of `traceparent`, or of OpenTelemetry's span, or a new
                one of 32 hex digits.
            traceparent: The header, as W3C Trace Context has it, of the request that brought it.
                One that is malformed begins a new trace.

        Returns:
            Its id.
        """
        trace = trace_of(traceparent) if trace_id is None else Trace(trace_id, new_span_id())
        values = (trace.trace_id, trace.span_id, trace.flags)
        change_context([], dict(zip(_IDS, values, strict=True)))
        return trace.trace_id

    def get_trace_id(self) -> str | None:
        """The id of the trace that this task is in."""
        return _field("trace_id")

    def get_traceparent(self) -> str | None:
        """The header to send along with a request to another service.

        None where there is no trace, or its id is not of the form that the header has.
        """
        flags = _field("trace_flags") or "01"
        return traceparent_of(_field("trace_id"), _field("span_id"), flags)

    def set_correlation_id(self, correlation_id: str) -> None:
        """Have records carry what belongs together by the program's own measure."""
        change_context([], {"correlation_id": correlation_id})

    def get_correlation_id(self) -> str | None:
        """The correlation id of this task."""
        return _field("correlation_id")

    def clear_trace(self) -> None:
        """Have records carry no ids of a trace any more, nor a correlation id."""
        change_context([*_IDS, "correlation_id"], {})


def _field(name: str) -> str | None:
    value = HydraLogger.get_context().get(name)
    return None if value is None else str(value)
