"""Where a program stands in a trace that several services share: W3C Trace Context."""

from __future__ import annotations

import os
import re
import sys
from typing import NamedTuple

# W3C Trace Context, 3.2: version, trace-id, parent-id, trace-flags, and what a later version adds.
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class Trace(NamedTuple):
    """Where a request or task stands in a trace; all are lowercase hex."""

    trace_id: str
    """32 digits: the whole trace."""
    span_id: str
    """16 digits: this request or task."""
    flags: str = "01"
    """2 digits: 01 is a trace that is recorded."""


def trace_of(traceparent: str | None) -> Trace:
    """The trace that a `traceparent` header continues, with a span of its own.

    A header that is missing, malformed or of the forbidden version begins a new trace. Where
    OpenTelemetry is tracing this request, its ids are the ones.

        >>> trace_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").trace_id
        '0af7651916cd43dd8448eb211c80319c'
    """
    traced = _open_telemetry_span()
    if traced:
        return traced
    given = _parsed(traceparent)
    if given is None:
        return Trace(new_trace_id(), new_span_id())
    return given._replace(span_id=new_span_id())


def traceparent_of(trace_id: str | None, span_id: str | None, flags: str = "01") -> str | None:
    """The header that passes a trace on; None where the ids are not such as it may hold.

    >>> traceparent_of("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    """
    header = f"00-{trace_id}-{span_id}-{flags}"
    return header if _parsed(header) else None


def new_trace_id() -> str:
    """An id for a trace that begins here."""
    return os.urandom(16).hex()


def new_span_id() -> str:
    """An id for a request or task."""
    return os.urandom(8).hex()


def _parsed(traceparent: str | None) -> Trace | None:
    match = _TRACEPARENT.fullmatch((traceparent or "").strip(" \t"))
    if not match:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    # Version 0 ends with the flags, ff is no version; ids of zeros are none.
    if version == "ff" or (version == "00" and more is not None):
        return None
    if not trace_id.strip("0") or not parent_id.strip("0"):
        return None
    return Trace(trace_id, parent_id, flags)


def _open_telemetry_span() -> Trace | None:
    """The span that is being recorded, if the program has imported OpenTelemetry."""
    tracing = sys.modules.get("opentelemetry.trace")
    if tracing is None:
        return None
    span = tracing.get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return Trace(f"{span.trace_id:032x}", f"{span.span_id:016x}", f"{int(span.trace_flags):02x}")
