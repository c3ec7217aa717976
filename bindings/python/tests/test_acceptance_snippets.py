"""The snippets by which the package is accepted, as they are written, and what comes of them."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import HydraLogger, clear_error_stats

pytestmark = pytest.mark.both_loggers


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(snippet: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(snippet, names)
    for value in names.values():
        if isinstance(value, HydraLogger):
            value.close()
    return names


def test_modular_imports_and_core_functionality(capfd: pytest.CaptureFixture[str]) -> None:
    run("""
from hydra_logger import HydraLogger, create_logger
from hydra_logger.config import LoggingConfig
from hydra_logger.core import HydraLoggerError

logger = HydraLogger()
logger.info("APP", "Application started")

second = create_logger(enable_security=True, enable_sanitization=True)
second.info("APP", "Made by a function")
""")
    lines = capfd.readouterr().err
    assert "APP INFO - Application started\n" in lines
    assert "APP INFO - Made by a function\n" in lines


def test_the_configuration_system(tmp_path: Path) -> None:
    run("""
from hydra_logger import HydraLogger
from hydra_logger.config import LogDestination, LoggingConfig, LogLayer

config = LoggingConfig(
    layers={
        "APP": LogLayer(
            level="DEBUG",
            destinations=[LogDestination(type="file", path="logs/app.log", format="json")],
        )
    }
)
logger = HydraLogger(config=config)
logger.debug("APP", "hello")
""")
    line = json.loads((tmp_path / "logs" / "app.log").read_text())
    assert (line["level"], line["logger"], line["message"]) == ("DEBUG", "APP", "hello")


def test_error_tracking_and_constants() -> None:
    clear_error_stats()
    names = run("""
from hydra_logger import track_error, get_error_stats
track_error("test_error", "Test error message")
stats = get_error_stats()

from hydra_logger import PII_PATTERNS, FRAMEWORK_PATTERNS, CLOUD_PROVIDER_PATTERNS
""")
    assert names["stats"]["total_errors"] == 1
    assert names["stats"]["error_types"] == {"test_error": 1}
    clear_error_stats()


def test_formats_by_the_constructor_and_by_the_environment(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYDRA_LOG_DATE_FORMAT", "")
    run("""
import os
from hydra_logger import HydraLogger

logger = HydraLogger(
    date_format="%Y-%m-%d",
    time_format="%H:%M:%S",
    logger_name_format="[{name}]",
    message_format="{level}: {message}"
)
logger.info("APP", "by the constructor")

os.environ["HYDRA_LOG_DATE_FORMAT"] = "day %Y-%m-%d"
second = HydraLogger()
second.info("APP", "by the environment")
""")
    first, second = capfd.readouterr().err.splitlines()
    when = r"\d{4}-\d\d-\d\d"
    assert re.fullmatch(when + r" \d\d:\d\d:\d\d \[APP\] INFO: by the constructor", first)
    assert re.match("day " + when, second)


def test_colour_by_destination(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run("""
from hydra_logger import HydraLogger
config = {
    "layers": {
        "APP": {
            "destinations": [
                {"type": "console", "color_mode": "always"},
                {"type": "file", "path": "app.log", "color_mode": "never"}
            ]
        }
    }
}
logger = HydraLogger(config)
logger.info("APP", "coloured")
""")
    assert "\x1b[32mINFO\x1b[0m" in capfd.readouterr().err
    assert "INFO - coloured" in (tmp_path / "app.log").read_text()


def test_presets_registered_and_built_in(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = run("""
from hydra_logger import HydraLogger

@HydraLogger.register_magic("my_app")
def my_app_config():
    return {
        "layers": {
            "APP": {
                "level": "INFO",
                "destinations": [
                    {"type": "console", "format": "plain-text"}
                ]
            }
        }
    }

logger = HydraLogger.for_my_app()
logger.info("APP", "mine")
configs = HydraLogger.list_magic_configs()

production = HydraLogger.for_production()
production.info("APP", "in production")
production.error("APP", "an error")
development = HydraLogger.for_development()
development.debug("APP", "in development")
testing = HydraLogger.for_testing()
testing.info("TEST", "too quiet to be seen")
testing.warning("TEST", "in tests")
""")
    assert {"my_app", "production", "development", "testing"} <= set(names["configs"])
    shown = capfd.readouterr().err
    for said in ("mine", "in production", "an error", "in development", "in tests"):
        assert shown.count(said) == 1
    assert "too quiet" not in shown
    app = (tmp_path / "logs" / "app.log").read_text().splitlines()
    errors = (tmp_path / "logs" / "errors.log").read_text().splitlines()
    assert [json.loads(line)["message"] for line in app] == ["in production", "an error"]
    assert [json.loads(line)["message"] for line in errors] == ["an error"]
    assert "in development" in (tmp_path / "logs" / "dev.log").read_text()


@pytest.mark.sync_only
def test_performance_presets_and_metrics(tmp_path: Path) -> None:
    names = run("""
from hydra_logger import HydraLogger

fast = HydraLogger.for_high_performance()
fast.info("PERFORMANCE", "Fast log message")

logger = HydraLogger.for_bare_metal()
logger.info("PERFORMANCE", "Bare metal log message")

metrics = logger.get_performance_metrics()
""")
    assert names["metrics"]["total_logs"] == 1
    assert "Fast log message" in (tmp_path / "logs" / "performance.log").read_text()
    assert "Bare metal log message" in (tmp_path / "logs" / "bare_metal.log").read_text()


def run_in_loop(snippet: str) -> dict[str, Any]:
    """Run a snippet that awaits, in an event loop of asyncio's."""
    names: dict[str, Any] = {}
    body = "".join(f"    {line}\n" for line in snippet.strip().splitlines())
    exec(f"async def main():\n{body}    return locals()", names)
    found: dict[str, Any] = asyncio.run(names["main"]())
    return found


@pytest.mark.sync_only
def test_the_asynchronous_logger(capfd: pytest.CaptureFixture[str]) -> None:
    run_in_loop("""
from hydra_logger import AsyncHydraLogger
async_logger = AsyncHydraLogger()
await async_logger.initialize()
await async_logger.info("ASYNC", "Async message")
await async_logger.close()
""")
    assert "ASYNC INFO - Async message\n" in capfd.readouterr().err


@pytest.mark.sync_only
def test_asynchronous_logging_to_a_file_in_test_mode(tmp_path: Path) -> None:
    run_in_loop("""
import os
from hydra_logger import AsyncHydraLogger

file = {"type": "file", "path": "test.log"}
logger = AsyncHydraLogger({"layers": {"TEST": {"destinations": [file]}}}, test_mode=True)
await logger.initialize()
await logger.info("TEST", "Async message")

assert os.path.exists("test.log")
with open("test.log", "r") as f:
    content = f.read()
    assert "Async message" in content
""")


@pytest.mark.sync_only
def test_a_queue_with_fallbacks(capfd: pytest.CaptureFixture[str]) -> None:
    names = run_in_loop("""
from hydra_logger.async_hydra import AsyncHydraLogger
from hydra_logger.async_hydra.queue import MultiFallbackAsyncQueue

logger = AsyncHydraLogger(
    queue_class=MultiFallbackAsyncQueue,
    primary_strategy='async',
    fallback_strategies=['sync', 'direct', 'memory']
)
await logger.info('Test message', 'APP')

metrics = logger.get_queue_performance_metrics()
print(f"Current strategy: {metrics['current_strategy']}")
print(f"Success rate: {metrics['success_rate']}%")
print(f"Average latency: {metrics['avg_latency']}ms")
await logger.aclose()
""")
    assert names["metrics"]["current_strategy"] == "async"
    assert "Current strategy: async" in capfd.readouterr().out


@pytest.mark.sync_only
def test_an_asynchronous_preset_of_ones_own(capfd: pytest.CaptureFixture[str]) -> None:
    run_in_loop("""
from hydra_logger import AsyncHydraLogger

@AsyncHydraLogger.register_magic("my_async_app")
def my_async_app():
    return {"layers": {"APP": {"level": "INFO", "destinations": [{"type": "console"}]}}}

logger = AsyncHydraLogger.for_my_async_app()
await logger.info("APP", "mine")
await logger.aclose()
assert "my_async_app" in AsyncHydraLogger.list_magic_configs()
""")
    assert capfd.readouterr().err.count("mine") == 1
