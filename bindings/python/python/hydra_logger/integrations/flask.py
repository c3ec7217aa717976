"""Flask, as an extension is added.

::

    init_app(app, logger)
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import got_request_exception, request, request_started
from flask.logging import default_handler

from ..stdlib_logging import HydraHandler
from . import wsgi
from ._http import default_logger, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from .._core import HydraLogger
    from ._http import Request

__all__ = ["init_app"]


def init_app(
    app: Flask,
    logger: HydraLogger[object] | None = None,
    *,
    layer: str = "REQUEST",
    skip_paths: Iterable[str] = (),
) -> None:
    """Send a Flask application's log through a logger, and write a record about each request.

    Requests are treated as `hydra_logger.integrations.asgi.HydraMiddleware` says. What is logged
    with ``app.logger`` goes through the logger too, Flask's report of an exception that a view
    raised, with its traceback, included: the record about that request names its class alone.

    Args:
        app: The application; once for each.
        logger: Where records go. Default: a logger without configuration (INFO and above on
            stderr).
        layer: The layer of the records about requests.
        skip_paths: Paths that are not written about, with all below them, unless they fail.

    Raises:
        RuntimeError: The application has it already.
    """
    if "hydra_logger" in app.extensions:
        raise RuntimeError(f"init_app was called twice for {app!r}: call it once, where it is made")
    logger = logger or default_logger()
    app.extensions["hydra_logger"] = logger
    app.wsgi_app = wsgi.HydraMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, logger, layer, skip_paths=skip_paths
    )
    _take_over(app.logger, logger)
    # Strong: these functions have no other owner than the application's signals.
    request_started.connect(_note_route, app, weak=False)
    got_request_exception.connect(_note_error, app, weak=False)


def _take_over(log: logging.Logger, logger: HydraLogger[object]) -> None:
    """Have Flask's log, which has a handler of Flask's own, written by the logger alone."""
    log.removeHandler(default_handler)
    if any(isinstance(handler, HydraHandler) for handler in _handlers(log)):
        return
    log.addHandler(HydraHandler(logger))
    # Flask's level is the root's, WARNING, unless it is set: the layers decide.
    if log.level == logging.NOTSET:
        log.setLevel(1)


def _handlers(log: logging.Logger) -> Iterable[logging.Handler]:
    """Every handler that a record of this log reaches."""
    current: logging.Logger | None = log
    while current is not None:
        yield from current.handlers
        current = current.parent if current.propagate else None


def _this_request() -> Request | None:
    return request.environ.get(wsgi.REQUEST)


def _note_route(_app: Flask, **_: object) -> None:
    noted = _this_request()
    if noted is not None and request.url_rule is not None:
        noted.route = request.url_rule.rule


def _note_error(_app: Flask, exception: BaseException, **_: object) -> None:
    noted = _this_request()
    if noted is not None:
        noted.error_type = name_of(exception)
