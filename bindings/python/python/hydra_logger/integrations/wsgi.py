"""Middleware for every WSGI application.

::

    app = HydraMiddleware(app, logger=logger)
"""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from ._http import REQUEST_ID_HEADER, RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextvars import Context
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from .._core import HydraLogger
    from ._http import Request

__all__ = ["HydraMiddleware"]

REQUEST = "hydra_logger.request"
"""Where the environment of a request has what is known about it."""


class HydraMiddleware:
    """Gives each request an id and a trace, and writes one record about it.

    It does what `hydra_logger.integrations.asgi.HydraMiddleware` does, which says what that is;
    the record is written when the server has read the response to its end, or closed it.

    Args:
        app: The application.
        logger: Where records go. Default: a logger without configuration (INFO and above on
            stderr).
        layer: The layer of the records about requests.
        skip_paths: Paths that are not written about, with all below them, unless they fail.
    """

    def __init__(
        self,
        app: WSGIApplication,
        logger: HydraLogger[object] | None = None,
        layer: str = "REQUEST",
        *,
        skip_paths: Iterable[str] = (),
    ) -> None:
        self.app = app
        self._log = RequestLog(logger, layer, skip_paths)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; what WSGI servers call."""
        request = self._log.request(
            environ["REQUEST_METHOD"],
            _path(environ),
            client=environ.get("REMOTE_ADDR"),
            request_id=environ.get("HTTP_X_REQUEST_ID"),
            traceparent=environ.get("HTTP_TRACEPARENT"),
        )
        environ[REQUEST] = request
        # A response is made piece by piece after this call: all of it runs in a context of its
        # own, which ends with it, so that nothing of this request is left to the thread.
        context = copy_context()
        try:
            body = context.run(self._start, request, environ, start_response)
        except BaseException as error:
            context.run(request.finish, error)
            raise
        return _Body(body, request, context)

    def _start(
        self, request: Request, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        def observed(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            request.status = int(status.split(None, 1)[0])
            kept = [h for h in headers if h[0].lower() != REQUEST_ID_HEADER.lower()]
            write = start_response(status, [*kept, (REQUEST_ID_HEADER, request.id)], exc_info)

            def counted(data: bytes) -> None:
                request.size = (request.size or 0) + len(data)
                write(data)

            return counted

        # Never left: the context is thrown away.
        request.scope().__enter__()
        return self.app(environ, observed)


class _Body:
    """A response's body, whose pieces are made in the context of its request."""

    def __init__(self, body: Iterable[bytes], request: Request, context: Context) -> None:
        self._body = body
        self._request = request
        self._context = context
        self._pieces: Iterator[bytes] | None = None
        self._finished = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._context.run(self._next)
        except StopIteration:
            raise
        except BaseException as error:
            self._finish(error)
            raise
        self._request.size = (self._request.size or 0) + len(piece)
        return piece

    def _next(self) -> bytes:
        if self._pieces is None:
            self._pieces = iter(self._body)
        return next(self._pieces)

    def close(self) -> None:
        """End the request; servers call it whatever has happened."""
        error = None
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                self._context.run(close)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._finish(error)
            del error

    def _finish(self, error: BaseException | None) -> None:
        if not self._finished:
            self._finished = True
            self._context.run(self._request.finish, error)


def _path(environ: WSGIEnvironment) -> str:
    """The whole path; the environment's text is its bytes, each a character (PEP 3333)."""
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace") or "/"
