"""What several test files need."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import AsyncHydraLogger, HydraLogger
from loops import LOOPS, Run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked so with either logger."""
    mark = metafunc.definition.get_closest_marker
    if mark("both_loggers") and not mark("sync_only"):
        classes = [HydraLogger, AsyncHydraLogger]
        metafunc.parametrize("logger_class", classes, ids=["sync", "async"], indirect=True)


@pytest.fixture(autouse=True)
def logger_class(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a test that is marked `both_loggers` finds under the name HydraLogger."""
    chosen = getattr(request, "param", HydraLogger)
    for module in (request.module, sys.modules[__name__]):
        monkeypatch.setattr(module, "HydraLogger", chosen, raising=False)
    # For the programs that a test runs.
    monkeypatch.setenv("TEST_LOGGER", chosen.__name__)
    return chosen


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no variable of the developer's, and no relative path, reach what a test sees."""
    for name in os.environ:
        if name.startswith("HYDRA_LOG_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


class JsonLog:
    """A logger whose layers write to one JSON file, and that file's records."""

    def __init__(self, path: Path, *, logger_class: Any = None, **arguments: Any) -> None:
        self.path = path
        config = {
            "layers": {
                name: {
                    "level": "TRACE",
                    "destinations": [{"type": "file", "path": str(path), "format": "json"}],
                }
                for name in ("DEFAULT", "APP", "DB")
            }
        }
        self.logger = (logger_class or HydraLogger)(config, **arguments)

    def records(self) -> list[dict[str, Any]]:
        """Every record in the file, each line of which must be whole JSON."""
        self.logger.flush()
        if not self.path.exists():
            return []
        text = self.path.read_bytes().decode("utf-8")
        assert text == "" or text.endswith("\n")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def last(self) -> dict[str, Any]:
        """The last record."""
        return self.records()[-1]


@pytest.fixture
def log(tmp_path: Path) -> JsonLog:
    """A logger that writes JSON to a file."""
    return JsonLog(tmp_path / "log.jsonl")


@pytest.fixture
def make_log(tmp_path: Path) -> Callable[..., JsonLog]:
    """Make such a logger with arguments."""

    def make(**arguments: Any) -> JsonLog:
        return JsonLog(tmp_path / "log.jsonl", **arguments)

    return make


@pytest.fixture(name="run", params=list(LOOPS))
def _run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine function to its end, on each event loop."""
    return LOOPS[request.param]


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python of its own, with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
