"""Real uvicorn and gunicorn processes on a port of their own, and what they leave in the log."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ASGI = """
from hydra_logger import HydraLogger
from hydra_logger.integrations.asgi import HydraMiddleware
from hydra_logger.integrations.uvicorn import log_config

async def plain(scope, receive, send):
    if scope["type"] != "http":
        raise AssertionError("no lifespan")
    if scope["path"] == "/fail":
        raise ZeroDivisionError("no such order")
    status = 404 if scope["path"] == "/nowhere" else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"served"})

def with_middleware():
    return HydraMiddleware(plain, HydraLogger("log.json"))
"""

WSGI = """
from hydra_logger import HydraLogger
from hydra_logger.integrations.wsgi import HydraMiddleware

def plain(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        raise ZeroDivisionError("no such order")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"served"]

def with_middleware():
    return HydraMiddleware(plain, HydraLogger("log.json"))
"""

GUNICORN = """
from hydra_logger.integrations.gunicorn import Logger

class logger_class(Logger):
    config = "log.json"
"""


@pytest.fixture(autouse=True)
def _a_project(tmp_path: Path) -> None:
    file = {"type": "file", "path": str(tmp_path / "log.jsonl"), "format": "json"}
    config = {"layers": {"DEFAULT": {"level": "DEBUG", "destinations": [file]}}}
    (tmp_path / "log.json").write_text(json.dumps(config))
    (tmp_path / "asgi_app.py").write_text(ASGI)
    (tmp_path / "wsgi_app.py").write_text(WSGI)
    (tmp_path / "gunicorn.conf.py").write_text(GUNICORN)


@contextmanager
def served(*command: str) -> Iterator[str]:
    """A server that listens on a socket of ours, so that the port is free and requests wait."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = str(listening.fileno())
        process = subprocess.Popen(
            [part.replace("{fd}", descriptor) for part in (sys.executable, *command)],
            pass_fds=[listening.fileno()],
            env={**os.environ, "PYTHONPATH": "."},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
        assert output == "", "everything goes to the log"


def ask(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as r:
            r.read()
            return int(r.status)
    except urllib.error.HTTPError as error:
        return error.code


def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]


def of(name: str) -> list[dict[str, Any]]:
    return [record for record in records() if record["logger"] == name]


def uvicorn(app: str, log_config: str) -> tuple[str, ...]:
    program = (
        "import sys, uvicorn, asgi_app\n"
        f"uvicorn.run(asgi_app.{app}, fd=int(sys.argv[1]), lifespan='off',"
        f" log_config=asgi_app.log_config({log_config}))"
    )
    return "-c", program, "{fd}"


def test_uvicorns_access_and_error_log_become_records() -> None:
    with served(*uvicorn("plain", "config='log.json'")) as url:
        assert ask(url + "/orders?key=secret") == 200
        assert ask(url + "/nowhere") == 404
        assert ask(url + "/fail") == 500
    access = of("uvicorn.access")
    assert [(r["message"], r["level"]) for r in access] == [
        ("GET /orders 200", "INFO"),
        ("GET /nowhere 404", "WARNING"),
        ("GET /fail 500", "ERROR"),
    ]
    assert access[0]["http.request.method"] == "GET"
    assert access[0]["url.path"] == "/orders"
    assert access[0]["http.response.status_code"] == 200
    assert access[0]["client.address"] == "127.0.0.1"
    errors = of("uvicorn.error")
    (failed,) = [record for record in errors if record["level"] == "ERROR"]
    assert "ZeroDivisionError: no such order" in failed["exception"]
    assert any("Started server process" in record["message"] for record in errors)
    assert "secret" not in Path("log.jsonl").read_text()


def test_under_uvicorn_the_middleware_has_the_only_traceback() -> None:
    own_logger = "asgi_app.HydraLogger('log.json'), access=False"
    with served(*uvicorn("with_middleware()", own_logger)) as url:
        assert ask(url + "/fail", **{"X-Request-ID": "r-1"}) == 500
    (about,) = of("REQUEST")
    assert about["request_id"] == "r-1"
    assert of("uvicorn.access") == []
    assert [r["logger"] for r in records() if "exception" in r] == ["REQUEST"]
    assert any(r["message"].startswith("Exception in ASGI") for r in of("uvicorn.error"))


def gunicorn(app: str) -> tuple[str, ...]:
    return "-m", "gunicorn", "--bind", "fd://{fd}", "--workers", "4", f"wsgi_app:{app}"


def test_gunicorns_access_and_error_log_become_records_of_all_workers() -> None:
    with served(*gunicorn("plain")) as url:
        for number in range(40):
            assert ask(f"{url}/orders/{number}?key=secret") == 200
        assert ask(url + "/fail") == 500
        wait_for("ZeroDivisionError")
    access = of("gunicorn.access")
    assert sorted(record["url.path"] for record in access if record["level"] == "INFO") == sorted(
        f"/orders/{number}" for number in range(40)
    )
    first = access[0]
    assert first["http.request.method"] == "GET"
    assert first["http.response.status_code"] == 200
    assert first["http.response.body.size"] == 6
    assert first["client.address"] == "127.0.0.1"
    assert first["duration_ms"] >= 0
    errors = of("gunicorn.error")
    assert any("ZeroDivisionError" in record.get("exception", "") for record in errors)
    assert sum(record["message"].startswith("Booting worker") for record in errors) == 4
    assert any(record["message"].startswith("Handling signal: term") for record in errors)
    assert "secret" not in json.dumps(access)


def test_under_gunicorn_the_middleware_has_the_only_traceback() -> None:
    with served(*gunicorn("with_middleware()")) as url:
        assert ask(url + "/fail") == 500
        wait_for("Error handling request")
    assert [r["logger"] for r in records() if "exception" in r] == ["REQUEST"]


def wait_for(text: str) -> None:
    """Until the log has it: gunicorn answers before it writes, and TERM ends it in between."""
    end = time.monotonic() + 30
    while text not in Path("log.jsonl").read_text():
        assert time.monotonic() < end, Path("log.jsonl").read_text()
        time.sleep(0.01)
