"""MultiFallbackAsyncQueue: destinations that fail, really, and what becomes of the records."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import ConfigurationError, HydraLogger
from hydra_logger.async_hydra import AsyncHydraLogger
from hydra_logger.async_hydra.queue import MultiFallbackAsyncQueue

STRATEGIES = ["sync", "direct", "memory"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "state"
    monkeypatch.setenv("HYDRA_LOG_STATE_DIR", str(directory))
    return directory


def to_file(path: Path) -> dict[str, Any]:
    destination = {"type": "file", "path": str(path), "format": "plain-text"}
    return {"layers": {"APP": {"destinations": [destination]}}}


def messages(path: Path) -> list[str]:
    return [line.split(" - ", 1)[1] for line in path.read_text().splitlines()]


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.005)


def exact(logger: AsyncHydraLogger) -> dict[str, Any]:
    metrics = logger.get_queue_performance_metrics()
    for part in [metrics, *metrics["destinations"].values()]:
        settled = part["delivered"] + part["kept"] + part["depth"] + part["dropped"]
        assert part["accepted"] == settled, part
    return metrics


def test_the_plans_snippet_runs(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        # Create async logger with multi-fallback queue
        logger = AsyncHydraLogger(
            queue_class=MultiFallbackAsyncQueue,
            primary_strategy="async",
            fallback_strategies=["sync", "direct", "memory"],
        )

        # Log messages with automatic fallback
        await logger.info("Test message", "APP")

        # Get queue performance metrics
        metrics = logger.get_queue_performance_metrics()
        print(f"Current strategy: {metrics['current_strategy']}")
        print(f"Success rate: {metrics['success_rate']}%")
        print(f"Average latency: {metrics['avg_latency']}ms")
        await logger.aclose()

    asyncio.run(main())
    output = capsys.readouterr().out
    assert "Current strategy: async" in output
    assert "Success rate: 100.0%" in output
    assert re.search(r"Average latency: \d+\.\d+ms", output)


def test_what_is_delivered_is_counted_and_timed(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    logger = AsyncHydraLogger(to_file(path), queue_class=MultiFallbackAsyncQueue)
    empty = exact(logger)
    assert (empty["success_rate"], empty["avg_latency"]) == (100.0, 0.0)
    for number in range(100):
        logger.info("APP", f"record {number}")
    logger.close()
    metrics = exact(logger)
    assert (metrics["delivered"], metrics["current_strategy"]) == (100, "async")
    assert 0 < metrics["avg_latency"] < 60_000
    latency = metrics["latency"]
    assert 0 < latency["p50"] <= latency["p99"] <= latency["p999"] <= latency["max"]
    assert metrics["by_strategy"]["async"] == 100
    assert list(metrics["destinations"]) == [f"file {path}"]
    assert len(path.read_text().splitlines()) == 100


def test_a_file_that_cannot_be_opened_gets_every_record_when_it_can(tmp_path: Path) -> None:
    # A directory stands where the file should be: that stops root too.
    path = tmp_path / "app.log"
    path.mkdir()
    logger = AsyncHydraLogger(to_file(path), queue_class=MultiFallbackAsyncQueue)
    for number in range(50):
        logger.info("APP", f"record {number}")
    until(lambda: exact(logger)["errors"] >= 3)

    def goes_past() -> bool:
        logger.info("APP", "more")
        return bool(exact(logger)["current_strategy"] == "direct")

    until(goes_past)
    assert exact(logger)["dropped"] == 0
    path.rmdir()
    until(lambda: bool(exact(logger)["delivered"] == exact(logger)["accepted"]))
    until(lambda: bool(exact(logger)["accepted"] > 50))
    logger.close()
    lines = messages(path)
    assert lines[:50] == [f"record {number}" for number in range(50)]
    metrics = exact(logger)
    assert (len(lines), metrics["success_rate"]) == (metrics["accepted"], 100.0)
    kinds = {(switch["to"], switch["reason"]) for switch in metrics["switches"]}
    assert {("sync", "failed"), ("direct", "failed")} <= kinds


def test_what_an_ended_program_could_not_deliver_the_next_one_does(
    tmp_path: Path, state: Path
) -> None:
    path = tmp_path / "app.log"
    path.mkdir()
    program = """
import json, sys
from hydra_logger.async_hydra import AsyncHydraLogger
from hydra_logger.async_hydra.queue import MultiFallbackAsyncQueue
logger = AsyncHydraLogger(json.loads(sys.argv[1]), queue_class=MultiFallbackAsyncQueue)
for number in range(200):
    logger.info("APP", f"record {number}")
"""
    config = json.dumps(to_file(path))
    result = subprocess.run(
        [sys.executable, "-c", program, config], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert list(state.glob("spool-*.db"))
    path.rmdir()
    logger = AsyncHydraLogger(to_file(path), queue_class=MultiFallbackAsyncQueue)
    logger.info("APP", "record 200")
    logger.close()
    assert messages(path) == [f"record {number}" for number in range(201)]
    assert not list(state.glob("spool-*.db"))
    assert exact(logger)["delivered"] == 201


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_pipe_that_nobody_reads_costs_its_limit_and_the_records_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        logger = AsyncHydraLogger(
            to_file(path), queue_class=MultiFallbackAsyncQueue, queue_size=100
        )
        # More than the 64 KiB that a pipe holds.
        for number in range(5_000):
            logger.info("APP", f"record {number:050}")
        until(lambda: bool(exact(logger)["kept"] > 1_000))
        began = time.monotonic()
        with pytest.raises(Exception, match="timed out"):
            logger.close()
        assert time.monotonic() - began < 30
        until(lambda: bool(exact(logger)["accepted"] == 5_000 and exact(logger)["depth"] == 0))
        assert exact(logger)["dropped"] == 0

        # Somebody reads again.
        received = b""

        def is_delivered() -> bool:
            nonlocal received
            with contextlib.suppress(BlockingIOError):
                received += os.read(reader, 1 << 20)
            return bool(exact(logger)["delivered"] == 5_000)

        until(is_delivered)
        with contextlib.suppress(BlockingIOError):
            received += os.read(reader, 1 << 20)
        numbers = [int(line.rsplit(maxsplit=1)[1]) for line in received.splitlines()]
        assert numbers == list(range(5_000))
    finally:
        os.close(reader)


def test_a_strategy_can_be_chosen_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    logger = AsyncHydraLogger(to_file(path), queue_class=MultiFallbackAsyncQueue)
    name = f"file {path}"
    logger.pin_strategy(name, "direct")
    logger.info("APP", "past")
    assert exact(logger)["destinations"][name]["current_strategy"] == "direct"
    logger.pin_strategy(name)
    assert exact(logger)["current_strategy"] == "async"
    with pytest.raises(KeyError, match="nowhere"):
        logger.pin_strategy("nowhere", "sync")
    with pytest.raises(ConfigurationError, match='no strategy "later"'):
        logger.pin_strategy(name, "later")  # type: ignore[arg-type]
    logger.close()
    assert messages(path) == ["past"]


def test_strategies_are_keys_of_a_configuration_too(tmp_path: Path) -> None:
    config = {**to_file(tmp_path / "app.log"), "primary_strategy": "sync"}
    logger = AsyncHydraLogger({**config, "fallback_strategies": ["memory"]})
    logger.info("APP", "here")
    until(lambda: bool(exact(logger)["delivered"] == 1))
    assert exact(logger)["by_strategy"]["sync"] == 1
    logger.close()


def test_a_subclass_names_other_strategies(tmp_path: Path) -> None:
    class Direct(MultiFallbackAsyncQueue):
        primary_strategy = "direct"
        fallback_strategies = ()

    logger = AsyncHydraLogger(to_file(tmp_path / "app.log"), queue_class=Direct)
    logger.info("APP", "past")
    logger.flush()
    assert exact(logger)["current_strategy"] == "direct"
    logger.close()


def test_what_is_no_strategy_is_named() -> None:
    with pytest.raises(
        ConfigurationError, match=r"primary_strategy: found .later.: not a strategy"
    ):
        AsyncHydraLogger(primary_strategy="later")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="fallback_strategies"):
        AsyncHydraLogger(fallback_strategies=["sync", "never"])  # type: ignore[list-item]
    with pytest.raises(ConfigurationError, match="queue_class"):
        AsyncHydraLogger(queue_class=list)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"no argument .queue_class."):
        HydraLogger(queue_class=MultiFallbackAsyncQueue)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="passed as queue_class"):
        MultiFallbackAsyncQueue()
