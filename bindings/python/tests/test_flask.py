"""A real Flask application with the extension."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import JsonLog
from flask import Flask
from hydra_logger import HydraHandler
from hydra_logger.integrations.flask import init_app

pytestmark = pytest.mark.both_loggers


@pytest.fixture
def app(log: JsonLog) -> Iterator[Flask]:
    app = Flask("shop")
    init_app(app, log.logger, skip_paths=["/health"])

    @app.get("/orders/<int:number>")
    def order(number: int) -> dict[str, int]:
        app.logger.info("looked up", extra={"number": number})
        if number == 500:
            raise ZeroDivisionError("no such order")
        return {"number": number}

    @app.get("/health")
    def health() -> str:
        return "ok"

    yield app
    for handler in list(app.logger.handlers):
        app.logger.removeHandler(handler)
    app.logger.setLevel(logging.NOTSET)


def test_the_applications_log_and_the_record_about_the_request_share_ids(
    app: Flask, log: JsonLog
) -> None:
    client = app.test_client()
    request: Any = {"headers": {"X-Request-ID": "r-7"}, "buffered": True}
    response = client.get("/orders/7?key=secret", **request)
    assert response.json == {"number": 7}
    assert response.headers["X-Request-ID"] == "r-7"
    inside, about = log.records()
    assert (inside["logger"], inside["message"], inside["number"]) == ("shop", "looked up", 7)
    assert inside["request_id"] == about["request_id"] == "r-7"
    assert inside["trace_id"] == about["trace_id"]
    assert (about["logger"], about["message"]) == ("REQUEST", "GET /orders/7 200")
    assert about["http.route"] == "/orders/<int:number>"
    assert "secret" not in log.path.read_text()


def test_an_exception_of_a_view_has_one_traceback(app: Flask, log: JsonLog) -> None:
    assert app.test_client().get("/orders/500", buffered=True).status_code == 500
    _, error, about = log.records()
    assert error["message"] == "Exception on /orders/500 [GET]"
    assert "ZeroDivisionError: no such order" in str(error["exception"])
    assert (about["level"], about["error.type"]) == ("ERROR", "ZeroDivisionError")
    assert "exception" not in about
    assert error["request_id"] == about["request_id"]


def test_an_exception_that_is_propagated_has_one_traceback_too(app: Flask, log: JsonLog) -> None:
    app.testing = True
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/orders/500", buffered=True)
    _, about = log.records()
    assert "ZeroDivisionError: no such order" in str(about["exception"])


def test_skipped_and_unknown_paths(app: Flask, log: JsonLog) -> None:
    client = app.test_client()
    client.get("/health", buffered=True)
    assert log.records() == []
    client.get("/nowhere", buffered=True)
    about = log.last()
    assert (about["level"], about["http.response.status_code"]) == ("WARNING", 404)
    assert "http.route" not in about


def test_a_handler_that_is_there_is_not_doubled(
    log: JsonLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("store"), "handlers", [HydraHandler(log.logger)])
    app = Flask("store.web")
    init_app(app, log.logger)
    app.logger.error("once")
    assert [record["message"] for record in log.records()] == ["once"]


def test_adding_it_twice_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="called twice"):
        init_app(app)


def test_the_extension_is_where_extensions_are(app: Flask, log: JsonLog) -> None:
    extensions: dict[str, Any] = app.extensions
    assert extensions["hydra_logger"] is log.logger
