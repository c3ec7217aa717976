"""What the framework sections of the documentation do, run as they are written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
SECTION = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def block(section: str) -> str:
    """The Python of a section."""
    sections = dict(SECTION.findall(PAGE.read_text()))
    (code,) = re.findall(r"```python\n(.*?)```", sections[section], re.DOTALL)
    return str(code)


def run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def records(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_the_lines_for_fastapi() -> None:
    run(
        block("FastAPI, Starlette")
        + "from starlette.testclient import TestClient\nTestClient(app).get('/nowhere')\n"
        + "import logging, hydra_logger\nhydra_logger.install(logger)\n"
        + "logging.getLogger('uvicorn.access').info('a line of the server')"
    )
    about, server = records("logs/requests.log")
    assert about["message"] == "GET /nowhere 404"
    assert server["logger"] == "uvicorn.access"


def test_the_lines_for_flask() -> None:
    done = subprocess.run(
        [sys.executable, "-c", block("Flask")],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=60,
    )
    assert "INFO - this goes through the logger too" in done.stderr


def test_the_recipe_for_celery_with_a_worker_and_a_broker_in_memory() -> None:
    run(
        block("Celery")
        + """
import logging
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.utils.log import get_task_logger

app = Celery("shop", broker="memory://", backend="cache+memory://")
app.conf.broker_connection_retry_on_startup = False

@app.task(name="shop.add")
def add(a, b):
    logger.info("APP", "by the logger", a=a)
    get_task_logger("shop.tasks").info("by Celery's logger")
    return a + b

@app.task(name="shop.fail")
def fail():
    raise ZeroDivisionError("no such order")

with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
    results = [add.delay(n, 1) for n in range(3)]
    assert [result.get(timeout=30) for result in results] == [1, 2, 3]
    failed = fail.delay()
    failed.get(timeout=30, propagate=False)
logger.flush()
open("ids.json", "w").write(__import__("json").dumps([r.id for r in [*results, failed]]))
"""
    )
    ids = json.loads(Path("ids.json").read_text())
    found = [
        record
        for path in Path("logs").iterdir()
        if path.suffix == ".log"
        for record in records(str(path))
    ]
    for task_id in ids[:3]:
        mine = {r["message"]: r for r in found if r.get("task_id") == task_id}
        assert mine["by the logger"]["task"] == "shop.add"
        assert mine["by Celery's logger"]["logger"] == "shop.tasks"
    failures = [r for r in found if "ZeroDivisionError" in str(r.get("exception"))]
    assert failures
    assert failures[0]["logger"] == "celery.app.trace"
