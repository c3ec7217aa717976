"""Django: a middleware, and the setting ``LOGGING``.

In ``settings.py``::

    from hydra_logger.integrations.django import logging_config

    HYDRA_LOGGER = {"logger": "mysite.log.logger", "skip_paths": ["/health"]}
    LOGGING = logging_config()
    MIDDLEWARE = ["hydra_logger.integrations.django.HydraMiddleware", ...]
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django import conf
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ..stdlib_logging import HydraHandler
from ._http import REQUEST_ID_HEADER, RequestLog, default_logger, name_of

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponseBase

    from .._core import HydraLogger
    from ._http import Request

__all__ = ["HydraMiddleware", "handler", "logging_config"]

_KEYS = ("layer", "logger", "skip_paths")


class HydraMiddleware:
    """Gives each request an id and a trace, and writes one record about it.

    It does what `hydra_logger.integrations.asgi.HydraMiddleware` does, which says what that is,
    for synchronous and asynchronous views, and the record is written when the response is made:
    of a streaming one it has no size. Exceptions of views are reported by Django itself, through
    its log ``django.request``, with their traceback: the record about such a request names the
    exception's class alone. Put it first.

    The setting ``HYDRA_LOGGER`` is a dictionary of: ``logger``, a `HydraLogger` or the dotted path
    of one (default: a logger without configuration); ``layer`` (``REQUEST``); ``skip_paths``,
    paths that are not written about, with all below them, unless they fail.

    Args:
        get_response: What comes behind it.

    Raises:
        ImproperlyConfigured: The setting is not such a dictionary.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        given = _settings()
        self.get_response: Callable[[HttpRequest], Any] = get_response
        self._log = RequestLog(
            _logger(), given.get("layer", "REQUEST"), given.get("skip_paths", ())
        )
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer a request; what Django calls."""
        if self._is_async:
            return self._answer_async(request)
        ours = self._begin(request)
        with ours.scope():
            return _finish(ours, request, self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        ours = self._begin(request)
        with ours.scope():
            return _finish(ours, request, await self.get_response(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note what a view has raised."""
        vars(request)["_hydra_error_type"] = name_of(exception)

    def _begin(self, request: HttpRequest) -> Request:
        headers: Any = request.headers  # to a checker a property without a type
        return self._log.request(
            request.method or "GET",
            request.path,
            client=request.META.get("REMOTE_ADDR"),
            request_id=headers.get(REQUEST_ID_HEADER),
            traceparent=headers.get("traceparent"),
        )


def _finish(ours: Request, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Django has made a response of every exception before this."""
    response[REQUEST_ID_HEADER] = ours.id
    ours.status = response.status_code
    # A streaming response has none.
    content: bytes | None = getattr(response, "content", None)
    ours.size = None if content is None else len(content)
    ours.route = getattr(request.resolver_match, "route", None)
    ours.error_type = getattr(request, "_hydra_error_type", None)
    ours.finish()
    return response


def logging_config(*, level: str = "INFO") -> dict[str, Any]:
    """The setting ``LOGGING`` by which everything that is logged goes through Hydra.

    Each log of Django's goes to the layer that `HydraHandler` has for its name. The logger is that
    of the setting ``HYDRA_LOGGER``.

    Args:
        level: The lowest level of the root logger; layers and destinations have their own besides.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"hydra": {"()": "hydra_logger.integrations.django.handler"}},
        "root": {"handlers": ["hydra"], "level": level},
        # Django gives these handlers of its own before it reads the setting.
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": level},
        },
    }


def handler() -> HydraHandler:
    """The handler of `logging_config`: it writes to the logger of the setting."""
    return _Handler(_logger())


class _Handler(HydraHandler):
    """Leaves out the request that Django puts on its records: its text has the query string."""

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(record, "request"):
            # Of a copy: other handlers have a use for it.
            record = copy.copy(record)
            del record.__dict__["request"]
        super().emit(record)


def _settings() -> dict[str, Any]:
    given = getattr(conf.settings, "HYDRA_LOGGER", {})
    if not isinstance(given, dict) or not given.keys() <= set(_KEYS):
        raise ImproperlyConfigured(
            f"HYDRA_LOGGER is {given!r}; it should be a dictionary of {', '.join(_KEYS)}"
        )
    return given


def _logger() -> HydraLogger[object]:
    given = _settings().get("logger")
    if isinstance(given, str):
        found: HydraLogger[object] = import_string(given)
        return found
    return given or default_logger()
