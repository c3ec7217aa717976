"""What the integrations share: the ids of a request, and the one record about it.

A request is a `Request`, made by the `RequestLog` of an application: `scope()` has every record
inside carry its ids, `finish()` writes the record about it. What comes from outside (the id, the
trace, the path) is checked or escaped; nothing here raises because of it.
"""

from __future__ import annotations

import functools
import logging
import os
import re
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from .._core import HydraLogger
from .._trace import Trace, trace_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

REQUEST_ID_HEADER = "X-Request-ID"
"""The header that a request's id is taken from and returned in."""

# What ids of proxies, UUIDs, ULIDs and base64 are made of. All else might be meant for whoever
# reads the log, or the header of the response.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
# Those that OpenTelemetry's `http.request.method` may name; any other is `_OTHER`.
_METHODS = frozenset(
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"]
)


def request_id_of(given: str | None) -> str:
    """The id that came with a request if it may be one, else a new one of 32 hex digits.

    >>> request_id_of("order-7")
    'order-7'
    >>> len(request_id_of("two words"))
    32
    """
    given = (given or "").strip(" \t")
    return given if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def level_of(status: int) -> int:
    """The level of a request that was answered so: ERROR from 500, WARNING from 400, else INFO."""
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status >= 400 else logging.INFO


def access_fields(
    method: str,
    path: str,
    status: int | None,
    *,
    client: str | None = None,
    size: int | None = None,
    route: str | None = None,
    duration_ms: float | None = None,
) -> dict[str, object]:
    """The fields of the record about a request, by OpenTelemetry's names where it has one.

    What is None is left out. A method that is not known is `_OTHER`, and
    `http.request.method_original` is what it was.
    """
    known = method in _METHODS
    fields = {
        "http.request.method": method if known else "_OTHER",
        "http.request.method_original": None if known else method,
        "url.path": path,
        "http.route": route,
        "http.response.status_code": status,
        "http.response.body.size": size,
        "client.address": client,
        "duration_ms": duration_ms,
        "error.type": str(status) if status and status >= 500 else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


@functools.cache
def default_logger() -> HydraLogger[object]:
    """The logger of the integrations that were given none: INFO and above on stderr."""
    return HydraLogger()


class RequestLog:
    """Gives the requests of an application their ids, and writes a record about each.

    Args:
        logger: Where records go. Default: a logger without configuration, one for all.
        layer: The layer of the records about requests.
        skip_paths: Paths that are not written about, with all below them, unless they fail (500
            and above): ``/health`` is ``/health/live`` too.
    """

    def __init__(
        self, logger: HydraLogger[object] | None, layer: str, skip_paths: Iterable[str]
    ) -> None:
        self.logger = logger or default_logger()
        self.layer = self.logger.layer(layer)
        paths = [skip_paths] if isinstance(skip_paths, str) else skip_paths
        # Below the root is everything: it is skipped alone.
        self._skipped = tuple(path.rstrip("/") or "/" for path in paths)

    def request(
        self,
        method: str,
        path: str,
        *,
        client: str | None,
        request_id: str | None,
        traceparent: str | None,
    ) -> Request:
        """Begin a request; its time runs from here."""
        return Request(self, method, path, client, request_id_of(request_id), trace_of(traceparent))

    def skips(self, path: str) -> bool:
        """Whether a request of this path is not written about."""
        return any(path == skipped or path.startswith(skipped + "/") for skipped in self._skipped)


class Request:
    """One request, from its first line to the last byte of its response."""

    __slots__ = (
        "_client",
        "_log",
        "_method",
        "_path",
        "_started",
        "_trace",
        "error_type",
        "id",
        "route",
        "size",
        "status",
    )

    def __init__(
        self,
        log: RequestLog,
        method: str,
        path: str,
        client: str | None,
        request_id: str,
        trace: Trace,
    ) -> None:
        self._log = log
        self._method = method
        self._path = path
        self._client = client
        self._trace = trace
        self._started = perf_counter()
        self.id = request_id
        self.route: str | None = None
        """The pattern that the path matched, such as ``/orders/{id}``."""
        self.status: int | None = None
        """The response's status, once it has begun."""
        self.size: int | None = 0
        """Bytes of the response's body so far; None if they cannot be counted."""
        self.error_type: str | None = None
        """The class of the exception that the framework itself has handled and logged."""

    def scope(self) -> AbstractContextManager[object]:
        """Have every record inside carry the ids of the request."""
        trace = self._trace
        return self._log.logger.contextualize(
            request_id=self.id, trace_id=trace.trace_id, span_id=trace.span_id
        )

    def finish(self, error: BaseException | None = None) -> None:
        """Write the record about the request, with the traceback of what ended it.

        Args:
            error: What the application raised. An exception is a 500, unless the response has
                begun; what is none, such as a cancellation, is a WARNING.
        """
        failed = error if isinstance(error, Exception) else None
        if failed is not None and self.status is None:
            self.status = 500
        level = logging.ERROR if failed is not None else level_of(self.status or 0)
        if error is not None:
            self.error_type = name_of(error)
            level = max(level, logging.WARNING)
        if level < logging.ERROR and self._log.skips(self._path):
            return
        fields = access_fields(
            self._method,
            self._path,
            self.status,
            client=self._client,
            size=self.size,
            route=self.route,
            duration_ms=round((perf_counter() - self._started) * 1e3, 3),
        )
        if self.error_type:
            fields["error.type"] = self.error_type
        message = access_message(self._method, self._path, self.status)
        self._log.layer.log(level, message, extra=fields, exc_info=failed)
        # Where nobody took it, the server's report is the only one.
        if failed is not None and self._log.layer.is_enabled_for(level):
            _mark_logged(failed)


def access_message(method: str, path: str, status: int | None) -> str:
    """The message of the record about a request, for people: ``GET /orders/7 200``."""
    return f"{method} {path} {'-' if status is None else status}"


def name_of(error: BaseException) -> str:
    """An exception's class as OpenTelemetry's `error.type` names it.

    >>> import queue
    >>> name_of(ValueError()), name_of(queue.Full())
    ('ValueError', 'queue.Full')
    """
    kind = type(error)
    name = kind.__qualname__
    return name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"


class LoggedErrors(logging.Filter):
    """Takes a traceback that the middleware has written from a server's record of the exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the message alone, if that is so; everything passes."""
        if record.exc_info and getattr(record.exc_info[1], _LOGGED, False):
            record.exc_info = record.exc_text = None
        return True


# An attribute of exceptions whose traceback `Request.finish` has written.
_LOGGED = "__hydra_logged__"


def _mark_logged(error: BaseException) -> None:
    # A class may forbid attributes: its traceback may then be seen twice.
    with suppress(AttributeError, TypeError):
        setattr(error, _LOGGED, True)
