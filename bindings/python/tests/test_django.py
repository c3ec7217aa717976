"""A real Django project, in a process of its own: its settings and its log are the process's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = """
import asyncio, os, threading, urllib.request
import django
from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import path
from hydra_logger import HydraLogger
from hydra_logger.integrations.django import logging_config

file = {"type": "file", "path": os.environ["LOG"], "format": "json"}
logger = HydraLogger({"layers": {"DEFAULT": {"level": "DEBUG", "destinations": [file]}}})

def order(request, number):
    logger.info("APP", "sync view")
    if number == 500:
        raise ZeroDivisionError("no such order")
    if number == 404:
        raise Http404
    return HttpResponse(b"12345")

async def later(request):
    await asyncio.sleep(0)
    logger.info("APP", "async view")
    return HttpResponse("later")

def stream(request):
    return StreamingHttpResponse(iter([b"1", b"2"]))

urlpatterns = [
    path("orders/<int:number>", order),
    path("later", later),
    path("stream", stream),
    path("health", lambda request: HttpResponse("ok")),
]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=["hydra_logger.integrations.django.HydraMiddleware"],
    HYDRA_LOGGER={"logger": "__main__.logger", "skip_paths": ["/health"]},
    LOGGING=logging_config(level="DEBUG"),
)
django.setup()

from django.test import AsyncClient, Client
"""


def run(tmp_path: Path, program: str) -> list[dict[str, Any]]:
    """Run a program in the project; what its log has."""
    log = tmp_path / "log.jsonl"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROJECT + program],
        env={**os.environ, "LOG": str(log)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The records of several requests, by their ids."""
    program = """
client = Client(raise_request_exception=False)
for number in (7, 404, 500):
    response = client.get(f"/orders/{number}?key=secret", headers={"X-Request-ID": f"r-{number}"})
    assert response.headers["X-Request-ID"] == f"r-{number}"
assert b"".join(client.get("/stream", headers={"X-Request-ID": "stream"})) == b"12"
client.get("/health", headers={"X-Request-ID": "health"})

async def together():
    client = AsyncClient()
    await asyncio.gather(*(
        client.get("/later", headers={"X-Request-ID": f"later-{n}"}) for n in range(20)
    ))

asyncio.run(together())
client.get("/later", headers={"X-Request-ID": "adapted"})
"""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in run(tmp_path_factory.mktemp("django"), program):
        assert "secret" not in json.dumps(record)
        found.setdefault(record.get("request_id", ""), []).append(record)
    return found


def test_a_view_and_the_record_about_its_request_share_ids(
    records: dict[str, list[dict[str, Any]]],
) -> None:
    inside, about = records["r-7"]
    assert inside["message"] == "sync view"
    assert inside["trace_id"] == about["trace_id"]
    assert (about["logger"], about["message"]) == ("REQUEST", "GET /orders/7 200")
    assert about["http.route"] == "orders/<int:number>"
    assert about["http.response.body.size"] == 5
    assert about["client.address"] == "127.0.0.1"
    assert about["duration_ms"] >= 0


def test_an_exception_has_one_traceback_in_djangos_own_report(
    records: dict[str, list[dict[str, Any]]],
) -> None:
    _, error, about = records["r-500"]
    assert (error["logger"], error["level"]) == ("django.request", "ERROR")
    assert "ZeroDivisionError: no such order" in str(error["exception"])
    assert (about["level"], about["error.type"]) == ("ERROR", "ZeroDivisionError")
    assert "exception" not in about


def test_a_missing_page_is_a_warning(records: dict[str, list[dict[str, Any]]]) -> None:
    _, about = records["r-404"]
    assert about["level"] == "WARNING"
    # Django's own word on it comes behind all middleware.
    (django,) = [r for r in records[""] if r["logger"] == "django.request"]
    assert django["message"] == "Not Found: /orders/404"
    assert about["http.response.status_code"] == 404


def test_concurrent_asynchronous_views_keep_their_ids_apart(
    records: dict[str, list[dict[str, Any]]],
) -> None:
    for number in range(20):
        messages = [record["message"] for record in records[f"later-{number}"]]
        assert messages == ["async view", "GET /later 200"]
    assert records["adapted"][0]["message"] == "async view"


def test_a_streamed_response_has_no_size_and_a_skipped_path_no_record(
    records: dict[str, list[dict[str, Any]]],
) -> None:
    (about,) = records["stream"]
    assert "http.response.body.size" not in about
    assert "health" not in records


def test_the_logs_of_database_and_server_arrive(tmp_path: Path) -> None:
    records = run(
        tmp_path,
        """
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connection

connection.force_debug_cursor = True
with connection.cursor() as cursor:
    cursor.execute("SELECT 7")
with WSGIServer(("127.0.0.1", 0), WSGIRequestHandler) as server:
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/orders/7").read()
    thread.join()
""",
    )
    by_logger = {record["logger"]: record for record in records}
    assert "SELECT 7" in str(by_logger["django.db.backends"]["sql"])
    assert '"GET /orders/7 HTTP/1.1" 200' in str(by_logger["django.server"]["message"])
    assert by_logger["REQUEST"]["http.response.status_code"] == 200


def test_a_setting_that_is_wrong_is_refused(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
from django.core.exceptions import ImproperlyConfigured
settings.HYDRA_LOGGER = {"skip": ["/health"]}
try:
    Client()
    Client().get("/health")
except ImproperlyConfigured as error:
    assert "dictionary of layer, logger, skip_paths" in str(error), error
else:
    raise AssertionError
""",
    )
