"""Whether an asynchronous logger is well, what tells of it, and what it does about memory."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trio
from conftest import JsonLog
from hydra_logger import AsyncHydraLogger, ConfigurationError, HydraLogger, clear_error_stats
from hydra_logger.async_hydra import AsyncHealthMonitor
from hydra_logger.async_hydra.core import MemoryMonitor
from hydra_logger.async_hydra.handlers import BaseAsyncHandler, ProfessionalAsyncFileHandler
from prometheus_client.parser import text_string_to_metric_families

KEYS = {
    "uptime",
    "queue_size",
    "queue_maxsize",
    "queue_sizes",
    "error_counts",
    "dropped_messages",
    "has_event_loop",
    "pending_tasks",
    "memory_ok",
    "shutdown_phase",
    "last_check",
    "healthy",
    "reasons",
    "memory_percent",
    "memory_step",
}


@pytest.fixture(autouse=True)
def _errors_of_this_test_alone() -> Iterator[None]:
    clear_error_stats()
    yield
    clear_error_stats()


@pytest.fixture
def log(tmp_path: Path) -> JsonLog:
    return JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)


class Pipe:
    """A logger to a pipe that nobody reads yet."""

    def __init__(self, folder: Path, **arguments: Any) -> None:
        path = folder / "pipe"
        os.mkfifo(path)
        self.reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        destination = {"type": "file", "path": str(path), "format": "plain-text"}
        config = {"layers": {"DEFAULT": {"destinations": [destination]}}}
        self.logger = AsyncHydraLogger(config, **arguments)

    def read(self, count: int) -> None:
        """Read so many lines."""
        os.set_blocking(self.reader, True)
        while count > 0:
            count -= os.read(self.reader, 65536).count(b"\n")
        os.close(self.reader)


def test_a_logger_that_does_its_work_is_well(log: JsonLog) -> None:
    async def main() -> None:
        for number in range(100):
            await log.logger.info(str(number))
        await log.logger.flush()
        status = log.logger.get_health_status()
        assert set(status) == KEYS
        assert status["healthy"]
        assert log.logger.is_healthy()
        assert status["reasons"] == []
        assert status["queue_size"] == 0
        assert status["queue_maxsize"] == 100_000
        assert set(status["queue_sizes"]) == {"engine", f"file {log.path}"}
        assert isinstance(status["error_counts"], dict)
        assert status["has_event_loop"]
        assert status["pending_tasks"] == 0
        assert status["shutdown_phase"] == "running"
        assert abs(status["last_check"] - time.time()) < 60

    asyncio.run(main())
    assert not log.logger.get_health_status()["has_event_loop"]
    assert log.logger.get_health_status()["uptime"] > 0
    log.logger.close()
    status = log.logger.get_health_status()
    assert (status["healthy"], status["shutdown_phase"]) == (False, "done")
    assert status["reasons"] == ["the logger is closed"]


def test_a_queue_that_is_nearly_full_is_told_before_anything_is_lost(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path, queue_size=1000)
    alerts: list[dict[str, Any]] = []
    told = threading.Event()

    def alert(given: dict[str, Any]) -> None:
        alerts.append(given)
        told.set()

    assert pipe.logger.on_alert(alert) is alert

    count = 0
    while pipe.logger.is_healthy():
        pipe.logger.info("x" * 200)
        count += 1
        if count % 50 == 0:
            time.sleep(0.001)
    status = pipe.logger.get_health_status()
    assert status["dropped_messages"] == 0
    assert len(status["reasons"]) == 1
    assert "% full" in status["reasons"][0]
    assert status["queue_size"] > 0
    # The logger looks once a second while records flow.
    while not told.wait(0.01) and pipe.logger.get_health_status()["queue_size"] < 950:
        pipe.logger.info("x" * 200)
        count += 1
        told.wait(0.05)
    assert told.wait(60)
    assert alerts[0]["kind"] == "queue"
    assert "% full" in alerts[0]["message"]
    assert abs(alerts[0]["time"] - time.time()) < 60
    pipe.read(count)
    pipe.logger.flush()
    assert pipe.logger.is_healthy()
    pipe.logger.close()


def test_errors_of_a_destination_are_a_reason() -> None:
    destination = {"type": "file", "path": "/dev/full", "format": "json"}
    logger = AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})
    logger.info("lost")
    logger.flush()
    status = logger.get_health_status()
    assert not status["healthy"]
    assert status["dropped_messages"] == 1
    assert any("failed lately" in reason for reason in status["reasons"])
    assert status["error_counts"]["write"] >= 1
    logger.close()


def test_detailed_metrics_hold_everything(log: JsonLog) -> None:
    log.logger.info("one")
    log.logger.flush()
    metrics = log.logger.get_detailed_metrics()
    assert metrics["health"]
    assert metrics["errors"] == []
    assert metrics["performance"]["total_logs"] == 1
    assert metrics["memory"]["resident"] > 1_000_000
    queue = metrics["queues"][f"file {log.path}"]
    assert queue == {
        "queue_size": 0,
        "max_queue_size": 100_000,
        "utilization_percent": 0.0,
        "processed_messages": 1,
        "dropped_messages": 0,
        "error_count": 0,
    }
    assert abs(metrics["timestamp"] - time.time()) < 60


@pytest.mark.parametrize("logger_kind", [HydraLogger, AsyncHydraLogger])
def test_prometheus_reads_every_count(tmp_path: Path, logger_kind: Any) -> None:
    log = JsonLog(tmp_path / 'a"b\\c.jsonl', logger_class=logger_kind)
    for _ in range(3):
        log.logger.info("APP", "one")
    log.logger.error("odd\nlayer", "two ada@example.com")
    log.logger.flush()
    text = log.logger.get_prometheus_metrics()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert samples["hydra_layer_records_total", ("layer", "APP"), ("level", "INFO")] == 3
    destination = ("destination", f"file {log.path}")
    assert samples["hydra_destination_records_total", destination, ("level", "INFO")] == 3
    assert samples["hydra_redacted_total", ("detector", "email")] == 1
    assert families["hydra_layer_call_seconds"].type == "summary"
    is_async = logger_kind is AsyncHydraLogger
    assert ("hydra_engine_accepted" in families) == is_async
    if is_async:
        assert samples[("hydra_engine_accepted_total",)] == 4
        assert samples["hydra_queue_records", destination] == 0
    log.logger.close()


class TestAsyncHealthMonitor:
    def test_it_remembers_for_a_second(self, log: JsonLog) -> None:
        monitor = AsyncHealthMonitor(log.logger)
        first = monitor.get_health_status()
        assert set(first) == KEYS
        log.logger.close()
        assert monitor.is_healthy()
        assert monitor.get_health_status() == first
        asyncio.run(self.forget(monitor))
        assert not monitor.is_healthy()
        assert monitor.get_performance_metrics()["total_logs"] == 0

    async def forget(self, monitor: AsyncHealthMonitor) -> None:
        await monitor.shutdown()

    def test_it_asks_a_handlers_logger_and_counts_its_records(self, tmp_path: Path) -> None:
        handler = ProfessionalAsyncFileHandler(tmp_path / "app.log", max_queue_size=7)
        status = AsyncHealthMonitor(handler).get_health_status()
        assert (status["queue_maxsize"], status["pending_tasks"]) == (7, 0)
        handler.close()

    def test_a_handler_without_a_logger_tells_of_itself(self) -> None:
        class Slow(BaseAsyncHandler):
            async def _emit_async_internal(self, record: Any) -> None:
                await asyncio.sleep(0)
                raise ValueError("no")

            def _write_record_sync(self, record: Any) -> None:
                pass

        handler = Slow()

        async def main() -> None:
            way = handler.emit_async(None)  # type: ignore[arg-type]
            status = AsyncHealthMonitor(handler).get_health_status()
            assert set(status) == KEYS
            assert (status["pending_tasks"], status["has_event_loop"]) == (1, True)
            await way
            status = AsyncHealthMonitor(handler).get_health_status()
            assert status["pending_tasks"] == 0
            assert status["error_counts"] == {"emit_async": 1}

        asyncio.run(main())
        assert AsyncHealthMonitor(handler).get_performance_metrics() == {}

    def test_trio_is_an_event_loop_too(self, log: JsonLog) -> None:
        async def main() -> bool:
            has: bool = AsyncHealthMonitor(log.logger).get_health_status()["has_event_loop"]
            return has

        assert trio.run(main)


LIMITED = """
import json, resource, sys, warnings
from hydra_logger import AsyncHydraLogger
from hydra_logger.async_hydra.core import MemoryMonitor

def used():
    with open("/proc/self/status") as status:
        return 1024 * next(int(l.split()[1]) for l in status if l.startswith("VmSize:"))

logger = AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [
    {"type": "file", "path": sys.argv[1], "format": "json"}]}}})
logger.info("before")
logger.flush()
limit = int(used() / 0.95)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
monitor = MemoryMonitor(max_percent=70.0, check_interval=0)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    found = [monitor.check_memory(), monitor.check_memory()]
result = {"found": found, "told": len(told), "stats": monitor.get_memory_stats()}

# The logger looks once a second, while records flow.
count = 1
while logger.get_health_status()["memory_step"] != "synchronous":
    logger.info("go on")
    count += 1
    import time; time.sleep(0.01)
result["status"] = logger.get_health_status()
logger.flush()
with open(sys.argv[1]) as log:
    before = len(log.readlines())
assert before == count
for number in range(10):
    logger.info("at once")
    with open(sys.argv[1]) as log:
        assert len(log.readlines()) == before + number + 1
print(json.dumps(result))
"""


def test_near_the_processs_own_limit_it_is_told_and_calls_write_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "log.jsonl")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["found"] == [False, False]
    assert result["told"] == 1
    assert result["stats"]["checks"] == 2
    assert result["stats"]["warnings"] == 1
    assert 70 < result["stats"]["last_memory_percent"] <= 100
    status = result["status"]
    assert (status["healthy"], status["memory_ok"]) == (False, False)
    assert "memory limit" in status["reasons"][0]
    assert "records are delivered before calls return" in done.stderr


class TestMemoryMonitor:
    def test_the_answer_is_remembered(self) -> None:
        monitor = MemoryMonitor(max_percent=100.0)
        assert monitor.get_memory_stats() == {
            "checks": 0,
            "warnings": 0,
            "last_memory_percent": 0.0,
        }
        assert monitor.check_memory()
        assert monitor.check_memory()
        assert monitor.get_memory_stats()["checks"] == 1
        monitor.set_threshold(99.0)
        monitor.check_memory()
        assert monitor.get_memory_stats()["checks"] == 2

    @pytest.mark.parametrize("percent", [0, -1, 101, float("nan")])
    def test_a_threshold_is_a_percentage(self, percent: float) -> None:
        with pytest.raises(ConfigurationError, match="percent"):
            MemoryMonitor(percent)
