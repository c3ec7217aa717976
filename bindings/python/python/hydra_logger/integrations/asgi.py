"""Middleware for every ASGI application: Starlette, FastAPI, Quart, Django's ASGI handler.

FastAPI and Starlette::

    app.add_middleware(HydraMiddleware, logger=logger)

Any other::

    app = HydraMiddleware(app, logger=logger)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._http import REQUEST_ID_HEADER, RequestLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from .._core import HydraLogger
    from ._http import Request

    _Message = MutableMapping[str, Any]
    _Receive = Callable[[], Awaitable[_Message]]
    _Send = Callable[[_Message], Awaitable[None]]
    _App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

__all__ = ["HydraMiddleware"]

_ID_HEADER = REQUEST_ID_HEADER.lower().encode("ascii")


class HydraMiddleware:
    """Gives each request an id and a trace, and writes one record about it.

    The id is the header ``X-Request-ID`` if it is well-formed (1 to 128 letters, digits and
    ``._:/+=@-``), else a new one, and is returned in that header. The trace is continued from
    ``traceparent``, or begun. Every record that is made while the request is answered carries
    ``request_id``, ``trace_id`` and ``span_id``.

    When the response is whole, or the application has raised, one record says so: at ERROR from
    status 500, WARNING from 400, else INFO. An exception's traceback is in it, and the exception
    goes on. The query string is not: secrets stand in it. A WebSocket has the ids too, and no
    record; lifespan events pass.

    Args:
        app: The application.
        logger: Where records go. Default: a logger without configuration (INFO and above on
            stderr).
        layer: The layer of the records about requests.
        skip_paths: Paths that are not written about, with all below them, unless they fail.
    """

    def __init__(
        self,
        app: _App,
        logger: HydraLogger[object] | None = None,
        layer: str = "REQUEST",
        *,
        skip_paths: Iterable[str] = (),
    ) -> None:
        self.app = app
        self._log = RequestLog(logger, layer, skip_paths)

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer a request; what ASGI servers call."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        headers = _headers(scope)
        request = self._log.request(
            scope.get("method", "GET"),
            scope["path"],
            client=client[0] if client else None,
            request_id=headers.get(_ID_HEADER),
            traceparent=headers.get(b"traceparent"),
        )
        with request.scope():
            if scope["type"] == "websocket":
                await self.app(scope, receive, send)
            else:
                await self._answer(request, scope, receive, send)

    async def _answer(
        self, request: Request, scope: _Message, receive: _Receive, send: _Send
    ) -> None:
        async def observed(message: _Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
                kept = [h for h in message.get("headers", ()) if h[0].lower() != _ID_HEADER]
                message = {
                    **message,
                    "headers": [*kept, (_ID_HEADER, request.id.encode("ascii"))],
                }
            elif message["type"] == "http.response.body" and request.size is not None:
                request.size += len(message.get("body", b""))
            elif message["type"] == "http.response.pathsend":
                request.size = None
            await send(message)

        error = None
        try:
            await self.app(scope, receive, observed)
        except BaseException as raised:
            error = raised
            raise
        finally:
            # Routers leave what they matched in the scope.
            request.route = getattr(scope.get("route"), "path", None)
            request.finish(error)
            # Else this frame and the exception would keep each other alive.
            del error


def _headers(scope: _Message) -> dict[bytes, str]:
    """The headers that are asked for; one that came twice is neither of the two."""
    found: dict[bytes, str] = {}
    for name, value in scope.get("headers", ()):
        name = name.lower()
        if name in (_ID_HEADER, b"traceparent"):
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return found
