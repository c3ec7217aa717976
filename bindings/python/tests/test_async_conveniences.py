"""What an asynchronous logger has besides its calls: monitors, older names, records by kind."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import JsonLog
from hydra_logger import AsyncHydraLogger, ConfigurationError, HandlerError, HydraLogger
from hydra_logger.async_hydra import AsyncContext, BackwardCompatibleAsyncHydraLogger
from hydra_logger.async_hydra.context import ProfessionalAsyncContextManager
from hydra_logger.async_hydra.performance import AsyncPerformanceMonitor


@pytest.fixture
def log(tmp_path: Path) -> JsonLog:
    return JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)


def test_records_by_kind_are_calls_with_fields(log: JsonLog) -> None:
    logger = log.logger

    async def main() -> None:
        await logger.log_structured("APP", "INFO", "sold", "c-1", {"item": 7}, shard=3)
        await logger.log_with_context("APP", 30, "slow", seconds=2)
        await logger.log_request("r-1", "GET", "/orders", 200, 0.25, layer="x")
        await logger.log_user_action("ada", "removed", "order 7", success=False)
        await logger.log_user_action("ada", "came")
        await logger.log_performance("query", 0.25)
        await logger.log_performance("query", 1.5, "DB", rows=3)
        try:
            raise ValueError("a fault")
        except ValueError as error:
            await logger.log_error_with_context(error, context={"order": 7}, shard=3)

    asyncio.run(main())
    records = log.records()
    shown = [(r["logger"], r["level"], r["message"]) for r in records]
    assert shown == [
        ("APP", "INFO", "sold"),
        ("APP", "WARNING", "slow"),
        ("REQUEST", "INFO", "GET /orders"),
        ("USER_ACTION", "WARNING", "User ada performed removed on order 7"),
        ("USER_ACTION", "INFO", "User ada performed came"),
        ("PERFORMANCE", "INFO", "query took 0.250s"),
        ("DB", "WARNING", "query took 1.500s"),
        ("ERROR", "ERROR", "Exception: a fault"),
    ]
    assert (records[0]["correlation_id"], records[0]["item"]) == ("c-1", 7)
    assert records[1]["seconds"] == 2
    request = {"request_id": "r-1", "method": "GET", "status_code": 200, "duration": 0.25}
    assert request.items() <= records[2].items()
    assert (records[3]["resource"], records[3]["success"]) == ("order 7", False)
    assert (records[6]["operation"], records[6]["rows"]) == ("query", 3)
    assert (records[7]["error_type"], records[7]["order"], records[7]["shard"]) == (
        "ValueError",
        7,
        3,
    )
    assert "ValueError: a fault" in records[7]["exception"]


def test_older_names_flush_and_close(log: JsonLog) -> None:
    async def main() -> None:
        await log.logger.info("one")
        await log.logger.await_pending()
        assert log.path.read_text().count("\n") == 1
        assert log.logger.get_pending_count() == 0
        log.logger.info("two")
        await log.logger.graceful_shutdown()
        assert log.path.read_text().count("\n") == 2

    asyncio.run(main())
    log.logger.graceful_shutdown(1)
    with pytest.raises(ValueError, match="timeout"):
        log.logger.graceful_shutdown(-1)


@pytest.mark.parametrize("in_loop", [True, False])
def test_a_shutdown_takes_no_longer_than_its_limit(tmp_path: Path, in_loop: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    destination = {"type": "file", "path": str(pipe), "format": "plain-text"}
    logger = AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})

    async def main() -> None:
        for _ in range(100):
            await logger.info("x" * 1000)
        if in_loop:
            await logger.graceful_shutdown(0.05)

    if in_loop:
        with pytest.raises(HandlerError):
            asyncio.run(main())
    else:
        asyncio.run(main())
        with pytest.raises(HandlerError):
            logger.graceful_shutdown(0.05)
    assert logger.get_pending_count() > 0
    # It goes on in the background, and ends.
    os.set_blocking(reader, True)
    found = 0
    while found < 100:
        found += os.read(reader, 65536).count(b"\n")
    os.close(reader)


@pytest.mark.parametrize("kind", ["file", "preset"])
def test_in_test_mode_a_record_is_delivered_before_its_call_returns(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "log.jsonl"
    if kind == "file":
        logger = JsonLog(path, logger_class=AsyncHydraLogger, test_mode=True).logger
    else:
        os.chdir(tmp_path)
        logger = AsyncHydraLogger.for_production(test_mode=True)
        path = tmp_path / "logs" / "app.log"

    async def main() -> None:
        for number in range(100):
            logger.info("APP", str(number))
            assert path.read_text().count("\n") == number + 1

    asyncio.run(main())
    logger.close()


def test_arguments_of_the_engine_are_not_the_synchronous_loggers() -> None:
    for name, value in (("test_mode", True), ("queue_size", 3), ("ring_checksums", True)):
        with pytest.raises(TypeError, match=f'HydraLogger has no argument "{name}"'):
            HydraLogger(**{name: value})
    with pytest.raises(TypeError, match="queue_size, test_mode"):
        AsyncHydraLogger(no_such=1)  # type: ignore[call-arg]
    for wrong in (0, -1, "many", 1.5):
        with pytest.raises(ConfigurationError, match="queue_size"):
            AsyncHydraLogger(queue_size=wrong)  # type: ignore[arg-type]


def test_operations_are_timed_and_counted(log: JsonLog) -> None:
    monitor = AsyncPerformanceMonitor(log.logger)

    async def main() -> None:
        for number in range(4):
            async with ProfessionalAsyncContextManager(AsyncContext(str(number // 2))):
                started = monitor.start_async_processing_timer()
                await asyncio.sleep(0.001)
                assert monitor.end_async_processing_timer(started) >= 0.001
        monitor.record_async_operation("query", 0.5)
        await monitor.record_async_operation("query", 1.5)

    asyncio.run(main())
    statistics = monitor.get_async_statistics()
    assert statistics["queue_depth"] == 0
    assert statistics["processing_time"] >= 1
    low, middle, high = (statistics[f"processing_time_p{p}"] for p in (50, 95, 99))
    assert 1 <= low <= middle <= high
    assert statistics["query_time"] == 1000
    assert statistics["context_switches"] == 1
    assert statistics["memory_usage"] > 1_000_000
    assert statistics["total_operations"] == 6
    monitor.reset_async_statistics()
    assert monitor.get_async_statistics()["total_operations"] == 0
    assert "query_time" not in monitor.get_async_statistics()


def test_older_call_shapes_mean_what_they_did(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    file = {"type": "file", "path": str(path), "format": "json"}
    config: dict[str, Any] = {"layers": {n: {"destinations": [file]} for n in ("DEFAULT", "APP")}}

    async def main() -> None:
        async with BackwardCompatibleAsyncHydraLogger(config) as logger:
            await logger.initialize()
            await logger.info("APP")
            logger.warning("shop", "APP")
            await logger.error("API", "100 %s", port=80)
            await logger.debug("too low")
            await logger.critical("last")
            await logger.log("API", "INFO", "logged")
            await logger.flush()
            assert logger.logger.get_pending_count() == 0

    asyncio.run(main())
    import json

    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(r["logger"], r["level"], r["message"]) for r in records] == [
        ("DEFAULT", "INFO", "APP"),
        ("shop", "WARNING", "APP"),
        ("API", "ERROR", "100 %s"),
        ("DEFAULT", "CRITICAL", "last"),
        ("API", "INFO", "logged"),
    ]
    assert records[2]["port"] == 80
