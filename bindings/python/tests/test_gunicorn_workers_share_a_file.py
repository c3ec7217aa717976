"""The real gunicorn: an application loaded ahead, workers that are replaced, one rotated file."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from programs import environment, messages, written

pytestmark = pytest.mark.both_loggers

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("gunicorn")

APPLICATION = """
folder = os.path.dirname(os.path.abspath(__file__))
logger = logger_to(
    os.path.join(folder, "log.jsonl"), max_size=20_000, backup_count=10_000, **{settings}
)
logger.info("APP", "loaded")

def application(environ, start_response):
    logger.info("APP", environ["PATH_INFO"][1:], pad="x" * 1000)
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""

BUFFERED = {"buffer_size": 4096, "flush_interval": "1h"}


@pytest.mark.parametrize("settings", [{}, BUFFERED], ids=["write-through", "buffered"])
def test_four_workers_that_are_reloaded_and_ended_lose_and_double_nothing(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    written(tmp_path, APPLICATION.replace("{settings}", repr(settings)))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    where = [f"--bind=127.0.0.1:{port}", f"--chdir={tmp_path}", "program:application"]
    options = ["--preload", "--workers=4", "--log-level=error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, *where], env=environment()
    )
    try:
        answered = [f"first {i}" for i in range(300)]
        for path in answered:
            until_answered(port, path)
        before = workers(server.pid)
        server.send_signal(signal.SIGHUP)
        until(lambda: len(workers(server.pid)) == 4 and not before & workers(server.pid))
        more = [f"second {i}" for i in range(300)]
        for path in more:
            until_answered(port, path)
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait()
    files = list(tmp_path.glob("log.jsonl*"))
    assert len(files) > 2
    assert Counter(messages(*files)) == Counter(["loaded", *answered, *more])


def until_answered(port: int, path: str) -> None:
    """Ask until a worker takes the connection: one that takes it answers."""
    quoted = path.replace(" ", "%20")

    def ask() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
        except ConnectionRefusedError:
            return False
        connection.request("GET", f"/{quoted}")
        assert connection.getresponse().status == 200
        connection.close()
        return True

    until(ask)


def workers(pid: int) -> set[int]:
    """The processes that this one has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return set(map(int, children.split()))


def until(holds: "Callable[[], bool]") -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
