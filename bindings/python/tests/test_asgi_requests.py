"""Requests to real Starlette and FastAPI applications, and the records about them."""

import asyncio
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from conftest import JsonLog
from fastapi import FastAPI, HTTPException
from hydra_logger import HydraLogger
from hydra_logger.integrations._http import LoggedErrors
from hydra_logger.integrations.asgi import HydraMiddleware
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

pytestmark = pytest.mark.both_loggers

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def shop(log: JsonLog, **options: Any) -> FastAPI:
    """A FastAPI application with the middleware, as one line adds it."""
    app = FastAPI()
    app.add_middleware(HydraMiddleware, logger=log.logger, **options)

    @app.get("/orders/{number}")
    async def order(number: int) -> dict[str, int]:
        log.logger.info("APP", "looked up")
        if number == 404:
            raise HTTPException(404)
        if number == 503:
            raise HTTPException(503)
        if number == 500:
            raise ZeroDivisionError("no such order")
        return {"number": number}

    @app.get("/in-a-thread")
    def in_a_thread() -> str:
        log.logger.info("APP", "from a thread")
        return "done"

    @app.get("/health/live")
    async def health() -> str:
        return "ok"

    @app.get("/health/broken")
    async def broken() -> str:
        raise HTTPException(500)

    return app


@pytest.fixture
def client(log: JsonLog) -> TestClient:
    return TestClient(shop(log, skip_paths=["/health"]), raise_server_exceptions=False)


def test_one_record_says_how_a_request_was_answered(client: TestClient, log: JsonLog) -> None:
    response = client.get("/orders/7?token=secret")
    assert response.json() == {"number": 7}
    inside, about = log.records()
    assert about.pop("duration_ms") >= 0
    ids = {name: about.pop(name) for name in ("request_id", "trace_id", "span_id")}
    assert {name: inside[name] for name in ids} == ids
    assert response.headers["x-request-id"] == ids["request_id"]
    assert re.fullmatch("[0-9a-f]{32}", ids["trace_id"])
    assert re.fullmatch("[0-9a-f]{16}", ids["span_id"])
    del about["timestamp"]
    assert about == {
        "level": "INFO",
        "logger": "REQUEST",
        "message": "GET /orders/7 200",
        "http.request.method": "GET",
        "url.path": "/orders/7",
        "http.route": "/orders/{number}",
        "http.response.status_code": 200,
        "http.response.body.size": len(response.content),
        "client.address": "testclient",
    }
    assert "secret" not in log.path.read_text()


@pytest.mark.parametrize(
    ("path", "status", "level"),
    [
        ("/orders/7", 200, "INFO"),
        ("/orders/404", 404, "WARNING"),
        ("/nowhere", 404, "WARNING"),
        ("/orders/503", 503, "ERROR"),
    ],
)
def test_the_status_decides_the_level(
    path: str, status: int, level: str, client: TestClient, log: JsonLog
) -> None:
    assert client.get(path).status_code == status
    about = log.last()
    assert (about["http.response.status_code"], about["level"]) == (status, level)
    assert about.get("error.type") == (str(status) if status >= 500 else None)


def test_an_exception_is_logged_once_with_its_traceback_and_goes_on(log: JsonLog) -> None:
    client = TestClient(shop(log))
    with pytest.raises(ZeroDivisionError, match="no such order"):
        client.get("/orders/500")
    _inside, about = log.records()
    assert (about["level"], about["http.response.status_code"]) == ("ERROR", 500)
    assert about["error.type"] == "ZeroDivisionError"
    assert "ZeroDivisionError: no such order" in str(about["exception"])
    assert "in order" in str(about["exception"])


@pytest.mark.parametrize(("level", "left_to_the_server"), [("INFO", False), ("CRITICAL", True)])
def test_the_server_reports_a_traceback_that_the_layer_did_not_take(
    level: str, left_to_the_server: bool, log: JsonLog
) -> None:
    log.logger.set_level(level, "REQUEST")
    with pytest.raises(ZeroDivisionError) as raised:
        TestClient(shop(log)).get("/orders/500")
    report = logging.makeLogRecord({"exc_info": (raised.type, raised.value, raised.tb)})
    assert LoggedErrors().filter(report)
    assert bool(report.exc_info) is left_to_the_server


def test_around_the_whole_application_the_response_of_the_error_handler_has_the_id(
    log: JsonLog,
) -> None:
    async def fail(_request: object) -> PlainTextResponse:
        raise LookupError("gone")

    app = HydraMiddleware(Starlette(routes=[Route("/fail", fail)]), log.logger)
    response = TestClient(app, raise_server_exceptions=False).get("/fail")
    (about,) = log.records()
    assert response.status_code == about["http.response.status_code"] == 500
    assert response.headers["x-request-id"] == about["request_id"]
    assert about["error.type"] == "LookupError"


@pytest.mark.parametrize("given", ["order-7", "a" * 128, "01H/x.y_z:~".replace("~", "=")])
def test_a_well_formed_request_id_is_kept(given: str, client: TestClient, log: JsonLog) -> None:
    response = client.get("/health/broken", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == log.last()["request_id"] == given


@pytest.mark.parametrize("given", ["", "a" * 129, "two words", "a\tb", "naïve", '"quoted"', "<b>"])
def test_any_other_request_id_is_replaced(given: str, client: TestClient, log: JsonLog) -> None:
    headers = {"X-Request-ID": given.encode("utf-8")}
    response = client.get("/orders/1", headers=headers)
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])
    assert log.last()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("traceparent", "is_continued"),
    [
        (TRACEPARENT, True),
        (f"00-{TRACE_ID}-b7ad6b7169203331-00", True),
        (f"01-{TRACE_ID}-b7ad6b7169203331-01", True),
        (f"cc-{TRACE_ID}-b7ad6b7169203331-01-what-comes-later", True),
        ("", False),
        ("nonsense", False),
        (TRACEPARENT.upper(), False),
        (f"ff-{TRACE_ID}-b7ad6b7169203331-01", False),
        (f"00-{TRACE_ID}-b7ad6b7169203331-01-more", False),
        (f"cc-{TRACE_ID}-b7ad6b7169203331-01.more", False),
        (f"00-{'0' * 32}-b7ad6b7169203331-01", False),
        (f"00-{TRACE_ID}-{'0' * 16}-01", False),
        (f"00-{TRACE_ID[:-1]}-b7ad6b7169203331-01", False),
        (f"00-{TRACE_ID}-b7ad6b7169203331", False),
        (f"00-{TRACE_ID[:-1]}g-b7ad6b7169203331-01", False),
    ],
)
def test_a_trace_is_continued_where_its_header_is_right(
    traceparent: str, is_continued: bool, client: TestClient, log: JsonLog
) -> None:
    client.get("/orders/1", headers={"traceparent": traceparent})
    inside, about = log.records()
    assert (about["trace_id"] == TRACE_ID) is is_continued
    assert re.fullmatch("[0-9a-f]{32}", about["trace_id"])
    assert about["span_id"] != "b7ad6b7169203331", "the caller's span, not this request's"
    assert inside["trace_id"] == about["trace_id"]


def test_two_trace_headers_are_none(client: TestClient, log: JsonLog) -> None:
    client.get("/orders/1", headers=[("traceparent", TRACEPARENT)] * 2)
    assert log.last()["trace_id"] != TRACE_ID


def test_the_span_that_opentelemetry_records_is_the_one(log: JsonLog) -> None:
    from opentelemetry import trace

    context = trace.SpanContext(int(TRACE_ID, 16), 0xB7AD6B7169203331, is_remote=False)
    with trace.use_span(trace.NonRecordingSpan(context)):
        asyncio.run(ask(shop(log), ["/orders/1"]))
    assert log.last()["trace_id"] == TRACE_ID
    assert log.last()["span_id"] == "b7ad6b7169203331"


async def ask(app: Any, paths: list[str]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        return await asyncio.gather(*(client.get(path) for path in paths))


def test_two_hundred_requests_at_once_keep_their_ids_apart(log: JsonLog) -> None:
    app = FastAPI()
    app.add_middleware(HydraMiddleware, logger=log.logger)
    arrived = 0
    together = asyncio.Event()

    @app.get("/{number}")
    async def each(number: int) -> int:
        nonlocal arrived
        log.logger.info("APP", "begun", number=number)
        arrived += 1
        if arrived == 200:
            together.set()
        await together.wait()
        await asyncio.to_thread(log.logger.info, "APP", "in a thread", number=number)
        log.logger.info("APP", "ended", number=number)
        return number

    responses = asyncio.run(ask(app, [f"/{number}" for number in range(200)]))
    expected = {int(r.text): r.headers["x-request-id"] for r in responses}
    assert len(set(expected.values())) == 200
    records = log.records()
    assert len(records) == 800
    for record in records:
        number = record.get("number", record["url.path"].strip("/") if "url.path" in record else 0)
        assert record["request_id"] == expected[int(number)]
    log.logger.info("APP", "outside")
    assert "request_id" not in log.last()


def test_a_synchronous_view_has_the_ids_in_its_thread(client: TestClient, log: JsonLog) -> None:
    client.get("/in-a-thread")
    inside, about = log.records()
    assert inside["message"] == "from a thread"
    assert inside["request_id"] == about["request_id"]


def test_a_skipped_path_is_written_about_only_when_it_fails(
    client: TestClient, log: JsonLog
) -> None:
    assert client.get("/health/live").status_code == 200
    assert log.records() == []
    client.get("/health/broken")
    assert log.last()["level"] == "ERROR"


def test_to_skip_the_root_is_not_to_skip_everything(log: JsonLog) -> None:
    client = TestClient(shop(log, skip_paths="/"))
    assert client.get("/").status_code == 404
    assert client.get("/nowhere").status_code == 404
    assert [record["url.path"] for record in log.records()] == ["/nowhere"]


def test_a_streamed_response_is_recorded_when_it_is_whole(log: JsonLog) -> None:
    async def pieces() -> Any:
        for _ in range(3):
            log.logger.info("APP", "a piece")
            yield b"12345"

    async def stream(_request: object) -> StreamingResponse:
        return StreamingResponse(pieces())

    app = HydraMiddleware(Starlette(routes=[Route("/stream", stream)]), log.logger)
    assert TestClient(app).get("/stream").content == b"12345" * 3
    records = log.records()
    assert [r["message"] for r in records] == ["a piece"] * 3 + ["GET /stream 200"]
    assert len({r["request_id"] for r in records}) == 1
    assert records[-1]["http.response.body.size"] == 15


def test_websockets_have_the_ids_and_lifespan_passes(log: JsonLog) -> None:
    begun = []

    async def echo(websocket: Any) -> None:
        await websocket.accept()
        log.logger.info("APP", await websocket.receive_text())
        await websocket.close()

    async def lifespan(_app: object) -> Any:
        begun.append("begun")
        yield
        begun.append("ended")

    from contextlib import asynccontextmanager

    app = Starlette(routes=[WebSocketRoute("/echo", echo)], lifespan=asynccontextmanager(lifespan))
    with (
        TestClient(HydraMiddleware(app, log.logger)) as client,
        client.websocket_connect("/echo", headers={"X-Request-ID": "ws-1"}) as websocket,
    ):
        websocket.send_text("said")
    assert begun == ["begun", "ended"]
    (said,) = log.records()
    assert (said["message"], said["request_id"]) == ("said", "ws-1")


def test_a_method_that_is_not_known_is_other(client: TestClient, log: JsonLog) -> None:
    client.request("BREW", "/orders/7")
    assert log.last()["http.request.method"] == "_OTHER"
    assert log.last()["http.request.method_original"] == "BREW"


def test_a_cancelled_request_is_a_warning_without_a_traceback(log: JsonLog) -> None:
    async def hang(_request: object) -> PlainTextResponse:
        begun.set()
        await asyncio.sleep(3600)
        raise AssertionError

    async def main() -> None:
        app = HydraMiddleware(Starlette(routes=[Route("/hang", hang)]), log.logger)
        asked = asyncio.create_task(ask(app, ["/hang"]))
        await begun.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    begun = asyncio.Event()
    asyncio.run(main())
    (about,) = log.records()
    assert (about["level"], about["error.type"]) == ("WARNING", "asyncio.exceptions.CancelledError")
    assert "http.response.status_code" not in about
    assert "exception" not in about


def test_a_log_that_cannot_be_written_leaves_the_application_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = {"type": "file", "path": str(tmp_path / "file" / "log.jsonl")}
    logger = HydraLogger({"layers": {"DEFAULT": {"destinations": [file]}}})
    app = FastAPI()
    app.add_middleware(HydraMiddleware, logger=logger)

    @app.get("/")
    async def root() -> str:
        return "served"

    assert TestClient(app).get("/").json() == "served"
    logger.close()
    assert TestClient(app).get("/").json() == "served"


def test_without_a_logger_records_go_to_stderr(
    capfd: pytest.CaptureFixture[str], make_log: Callable[..., JsonLog]
) -> None:
    app = FastAPI()
    app.add_middleware(HydraMiddleware)
    TestClient(app).get("/nowhere")
    assert "REQUEST WARNING - GET /nowhere 404" in capfd.readouterr().err
