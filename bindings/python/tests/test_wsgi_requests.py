"""Requests to WSGI applications, checked by the standard library's validator."""

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.validate import validator

import pytest
from conftest import JsonLog
from hydra_logger.integrations.wsgi import HydraMiddleware
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

pytestmark = pytest.mark.both_loggers

HEADERS = [("Content-Type", "text/plain")]


def answered(log: JsonLog, app: Any, path: str = "/", **request: Any) -> Any:
    return Client(HydraMiddleware(validator(app), log.logger)).get(path, buffered=True, **request)


def test_one_record_says_how_a_request_was_answered(log: JsonLog) -> None:
    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        log.logger.info("APP", "inside")
        start_response("201 Created", HEADERS)
        return [b"12", b"345"]

    response = answered(
        log,
        app,
        "/a%20b?password=secret",
        headers={"X-Request-ID": "r-1"},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert response.data == b"12345"
    assert response.headers["X-Request-ID"] == "r-1"
    inside, about = log.records()
    assert inside["request_id"] == about["request_id"] == "r-1"
    assert inside["trace_id"] == about["trace_id"]
    assert about["message"] == "GET /a b 201"
    assert about["http.response.status_code"] == 201
    assert about["http.response.body.size"] == 5
    assert about["client.address"] == "192.0.2.7"
    assert "secret" not in log.path.read_text()


def test_pieces_that_are_made_while_the_response_is_sent_have_the_ids(log: JsonLog) -> None:
    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", HEADERS)
        for _ in range(2):
            log.logger.info("APP", "a piece")
            yield b"piece"

    answered(log, app)
    log.logger.info("APP", "outside")
    *inside, about, outside = log.records()
    assert {record["request_id"] for record in inside} == {about["request_id"]}
    assert "request_id" not in outside


def test_two_responses_of_one_thread_keep_their_ids_apart(log: JsonLog) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", HEADERS)
        for _ in range(2):
            log.logger.info("APP", environ["PATH_INFO"])
            yield b"piece"

    wrapped = HydraMiddleware(app, log.logger)
    bodies = []
    for path in ("/a", "/b"):
        environ = EnvironBuilder(path, headers={"X-Request-ID": path}).get_environ()
        bodies.append(run_wsgi_app(wrapped, environ, buffered=False)[0])
    for _ in zip(*bodies, strict=True):
        pass
    for record in log.records():
        assert record["request_id"] == record.get("url.path", record["message"])


def test_an_exception_is_logged_once_and_goes_on(log: JsonLog) -> None:
    def app(_environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        raise ZeroDivisionError("at once")

    with pytest.raises(ZeroDivisionError):
        Client(HydraMiddleware(app, log.logger)).get("/")
    (about,) = log.records()
    assert (about["level"], about["http.response.status_code"]) == ("ERROR", 500)
    assert "ZeroDivisionError: at once" in str(about["exception"])


def test_an_exception_in_mid_response_keeps_the_status_that_was_sent(log: JsonLog) -> None:
    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", HEADERS)
        yield b"12345"
        raise ZeroDivisionError("later")

    with pytest.raises(ZeroDivisionError):
        Client(HydraMiddleware(app, log.logger)).get("/", buffered=True)
    (about,) = log.records()
    assert (about["level"], about["http.response.status_code"]) == ("ERROR", 200)
    assert about["http.response.body.size"] == 5
    assert about["error.type"] == "ZeroDivisionError"


def test_threads_keep_their_ids_apart(log: JsonLog) -> None:
    barrier = Barrier(16)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        barrier.wait()
        log.logger.info("APP", environ["PATH_INFO"])
        start_response("200 OK", HEADERS)
        return []

    client = Client(HydraMiddleware(app, log.logger))

    def ask(path: str) -> None:
        client.get(path, headers={"X-Request-ID": path}, buffered=True)

    threads = [Thread(target=ask, args=(f"/{number}",)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = log.records()
    assert len(records) == 32
    for record in records:
        assert record["request_id"] == record.get("url.path", record["message"])


def test_what_the_application_writes_at_once_is_counted(log: JsonLog) -> None:
    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", HEADERS)(b"123")
        return [b"45"]

    with Client(HydraMiddleware(app, log.logger)).get("/") as response:
        assert response.data == b"12345"
    assert log.last()["http.response.body.size"] == 5
