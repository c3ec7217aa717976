from pathlib import Path

import pytest
from hydra_logger import HydraLogger, clear_error_stats, get_error_stats, track_error

pytestmark = pytest.mark.both_loggers

KEYS = {
    "total_logs",
    "total_time",
    "avg_latency",
    "max_latency",
    "min_latency",
    "throughput",
    "handler_metrics",
    "memory_usage",
    "security_events",
    "sanitization_events",
    "redacted",
    "threats",
    "plugin_events",
}


def test_metrics_count_records_and_lines_and_time_calls_in_milliseconds(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    destinations = [
        {"type": "file", "path": str(path)},
        {"type": "file", "path": str(tmp_path / "errors.log"), "level": "ERROR"},
    ]
    with HydraLogger({"layers": {"APP": {"destinations": destinations}}}) as logger:
        for _ in range(999):
            logger.info("APP", "hello")
            logger.debug("APP", "below the level")
        logger.error("APP", "hello")
        logger.flush()
        metrics = logger.get_performance_metrics()
    assert set(metrics) - {"engine"} == KEYS
    assert metrics["total_logs"] == 1000
    assert 0 < metrics["min_latency"] <= metrics["avg_latency"] <= metrics["max_latency"] < 1000
    assert metrics["throughput"] == pytest.approx(1000 / metrics["avg_latency"], rel=1e-6)
    assert metrics["memory_usage"] > 1_000_000
    handlers = {
        Path(name.split(" ", 1)[1]).name: of for name, of in metrics["handler_metrics"].items()
    }
    assert handlers["a.log"]["records"] == 1000
    assert handlers["a.log"]["bytes"] == path.stat().st_size
    assert handlers["errors.log"]["records"] == 1
    assert all((of["dropped"], of["errors"]) == (0, 0) for of in handlers.values())


def test_what_was_redacted_is_counted_by_detector(tmp_path: Path) -> None:
    config = {"layers": {"APP": {"destinations": [{"type": "file", "path": tmp_path / "a.log"}]}}}
    with HydraLogger(config) as logger:
        logger.info("APP", "password=%s", "correct-horse", password="battery")
        logger.info("APP", "nothing of the kind")
        logger.flush()
        metrics = logger.get_performance_metrics()
    assert metrics["redacted"] == {"password": 2}
    assert metrics["sanitization_events"] == 2


def test_a_logger_that_wrote_nothing_has_counts_of_zero() -> None:
    with HydraLogger() as logger:
        metrics = logger.get_performance_metrics()
    assert metrics["total_logs"] == metrics["total_time"] == metrics["throughput"] == 0
    assert metrics["avg_latency"] == metrics["max_latency"] == metrics["min_latency"] == 0


def test_nothing_is_timed_where_monitoring_is_off(tmp_path: Path) -> None:
    file = {"type": "file", "path": str(tmp_path / "a.log")}
    config = {"layers": {"APP": {"destinations": [file]}}}
    with HydraLogger(config, enable_performance_monitoring=False) as logger:
        for _ in range(1000):
            logger.info("APP", "hello")
        metrics = logger.get_performance_metrics()
    assert (metrics["total_logs"], metrics["avg_latency"]) == (1000, 0)


def test_a_loggers_error_counts_are_those_of_the_process() -> None:
    clear_error_stats()
    with HydraLogger() as logger:
        track_error("x", "y")
        assert logger.get_error_stats() == get_error_stats()
        assert logger.get_error_stats()["total_errors"] == 1
        logger.clear_error_stats()
    assert get_error_stats()["total_errors"] == 0
