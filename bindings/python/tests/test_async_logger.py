"""AsyncHydraLogger on event loops: a call does its work when it is made, and can be awaited."""

import asyncio
import collections.abc
import gc
import inspect
import os
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
from conftest import JsonLog
from hydra_logger import AsyncHydraLogger, HandlerError, HydraLogger, _core
from loops import LOOPS, Run


@pytest.fixture
def log(tmp_path: Path) -> JsonLog:
    """An asynchronous logger that writes JSON to a file."""
    return JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)


@pytest.fixture(params=[*LOOPS, "anyio-asyncio", "anyio-trio"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine function to its end on an event loop, also through anyio."""
    through, _, backend = request.param.rpartition("-")
    return (lambda main: anyio.run(main, backend=backend)) if through else LOOPS[backend]


@pytest.fixture(params=["asyncio", "uvloop"])
def run_asyncio(request: pytest.FixtureRequest) -> Run:
    """The same, on those that have tasks of asyncio's."""
    return LOOPS[request.param]


def messages(log: JsonLog) -> list[str]:
    return [record["message"] for record in log.records()]


def test_every_call_shape_can_be_awaited_and_gives_none(log: JsonLog, run: Run) -> None:
    logger = log.logger

    async def main() -> None:
        await logger.initialize()
        results = [
            await logger.info("first"),
            await logger.info("APP", "user %s", "ada"),
            await logger.info("shop", "APP"),
            await logger.info("sold", layer="APP", item=7),
            await logger.log("APP", "WARNING", "log"),
            await logger.bind(version=3).error("APP", "bound"),
            await logger.layer("DB").debug("handle"),
            await logger.layer("DB").bind(rows=2).log("INFO", "bound handle"),
            await logger.security("APP", "security"),
            await logger.audit("APP", "audit"),
            await logger.compliance("APP", "compliance"),
        ]
        assert results == [None] * 11
        try:
            raise ValueError("a fault")
        except ValueError:
            await logger.exception("APP", "caught")

    run(main)
    records = log.records()
    assert [(record["logger"], record["message"]) for record in records] == [
        ("DEFAULT", "first"),
        ("APP", "user ada"),
        ("APP", "shop"),
        ("APP", "sold"),
        ("APP", "log"),
        ("APP", "bound"),
        ("DB", "handle"),
        ("DB", "bound handle"),
        ("APP", "security"),
        ("APP", "audit"),
        ("APP", "compliance"),
        ("APP", "caught"),
    ]
    assert records[3]["item"] == 7
    assert records[5]["version"] == 3
    assert records[7]["rows"] == 2
    assert "ValueError: a fault" in records[11]["exception"]


def test_all_calls_return_one_awaitable_which_is_done(log: JsonLog) -> None:
    first = log.logger.info("one")
    assert log.logger.bind(a=1).error("two") is first
    assert log.logger.layer("DB").debug("three") is first
    assert HydraLogger.for_testing().info("TEST", "synchronous") is None
    assert inspect.isawaitable(first)
    assert asyncio.iscoroutine(first)
    assert isinstance(first, collections.abc.Coroutine)
    with pytest.raises(StopIteration):
        first.send(None)
    with pytest.raises(KeyError):
        first.throw(KeyError("given"))
    first.close()
    assert messages(log) == ["one", "two", "three"]


def test_a_call_that_nobody_awaits_is_logged_and_warns_of_nothing(log: JsonLog, run: Run) -> None:
    async def main() -> None:
        log.logger.info("forgotten")
        log.logger.flush()

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        log.logger.info("no loop")
        run(main)
        gc.collect()
    assert told == []
    assert messages(log) == ["no loop", "forgotten"]


def test_asyncio_takes_it_wherever_it_takes_a_coroutine(log: JsonLog, run_asyncio: Run) -> None:
    info = log.logger.info

    async def main() -> None:
        assert await asyncio.create_task(info("task")) is None
        assert await asyncio.ensure_future(info("future")) is None
        assert await asyncio.gather(info("a"), info("b")) == [None, None]
        assert await asyncio.wait_for(info("timed"), 1) is None
        assert await asyncio.shield(info("shielded")) is None
        async with asyncio.TaskGroup() as group:
            group.create_task(info("grouped"))

    run_asyncio(main)
    asyncio.run(info("run"))
    found = ["task", "future", "a", "b", "timed", "shielded", "grouped", "run"]
    assert messages(log) == found


def test_a_trio_nursery_starts_a_call_as_a_task(log: JsonLog) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(log.logger.info, "APP", "child")

    trio.run(main)
    assert messages(log) == ["child"]


def test_ten_thousand_tasks_log_at_once(log: JsonLog, run_asyncio: Run) -> None:
    async def work(number: int) -> None:
        await log.logger.info("APP", f"{number} a")
        await asyncio.sleep(0)
        await log.logger.info("APP", f"{number} b")

    async def main() -> None:
        await asyncio.gather(*(work(number) for number in range(10_000)))
        await log.logger.flush()
        assert log.path.read_text().count("\n") == 20_000

    run_asyncio(main)
    found = messages(log)
    assert len(set(found)) == len(found) == 20_000
    assert log.logger.get_performance_metrics()["engine"]["accepted"] == 20_000


def test_ten_thousand_tasks_of_trio_log_at_once(log: JsonLog) -> None:
    async def work(number: int) -> None:
        await log.logger.info("APP", str(number))

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for number in range(10_000):
                nursery.start_soon(work, number)
        await log.logger.flush()
        assert log.path.read_text().count("\n") == 10_000

    trio.run(main)


def test_a_cancelled_task_has_logged_exactly_what_it_called(log: JsonLog, run_asyncio: Run) -> None:
    called: list[str] = []

    async def work(number: int) -> None:
        for step in range(100):
            called.append(f"{number} {step}")
            await log.logger.info(called[-1])
            await asyncio.sleep(0)

    async def main() -> None:
        tasks = [asyncio.create_task(work(number)) for number in range(50)]
        for number, task in enumerate(tasks):
            await asyncio.sleep(0)
            if number % 2:
                task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(end) for end in ends[:2]] == [type(None), asyncio.CancelledError]
        # Cancelled before its first step: the call was made all the same.
        task = asyncio.create_task(log.logger.info("cancelled"))
        called.append("cancelled")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_asyncio(main)
    assert messages(log) == called


def test_a_task_that_is_cancelled_at_any_of_its_awaits_has_logged_what_it_called(
    log: JsonLog, run_asyncio: Run
) -> None:
    called: list[str] = []

    async def work(turn: int) -> None:
        for number in range(3):
            called.append(f"{turn} {number}")
            await log.logger.info(called[-1])
            await asyncio.sleep(0)
            await log.logger.flush()

    async def main() -> None:
        completed = turn = 0
        # Each turn a step later, until it comes to its end three times.
        while completed < 3:
            task = asyncio.create_task(work(turn))
            for _ in range(turn):
                await asyncio.sleep(0)
            completed += task.done()
            task.cancel()
            await asyncio.wait([task])
            turn += 1
        assert turn > 6

    run_asyncio(main)
    assert messages(log) == called


def test_a_run_that_an_exception_ends_has_logged_everything(log: JsonLog, run: Run) -> None:
    async def main() -> None:
        for number in range(1000):
            await log.logger.info(str(number))
        raise KeyError("the end")

    with pytest.raises(KeyError):
        run(main)
    assert messages(log) == [str(number) for number in range(1000)]


def test_records_that_wait_when_their_loop_is_closed_are_delivered(log: JsonLog) -> None:
    loop = asyncio.new_event_loop()

    async def main() -> None:
        for number in range(1000):
            log.logger.info(str(number))
        log.logger.flush()

    loop.run_until_complete(main())
    loop.close()
    log.logger.info("after")
    assert messages(log) == [*(str(number) for number in range(1000)), "after"]


def test_a_generator_that_logs_while_its_loop_shuts_down_is_heard(log: JsonLog) -> None:
    async def numbers() -> Any:
        try:
            yield 1
        finally:
            await log.logger.info("finally")

    async def main() -> None:
        async for _ in numbers():
            break

    asyncio.run(main())
    assert messages(log) == ["finally"]


def test_threads_and_loops_share_a_logger(log: JsonLog) -> None:
    async def work(name: str) -> None:
        for number in range(500):
            await log.logger.info("APP", f"{name} {number}")

    def call(name: str) -> None:
        for number in range(500):
            log.logger.info("APP", f"{name} {number}")

    threads = [
        *(threading.Thread(target=call, args=(f"thread{i}",)) for i in range(2)),
        *(threading.Thread(target=lambda i=i: asyncio.run(work(f"loop{i}"))) for i in range(2)),
        threading.Thread(target=lambda: trio.run(work, "trio")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = messages(log)
    assert len(found) == 2500
    for name in ("thread0", "thread1", "loop0", "loop1", "trio"):
        mine = [line for line in found if line.startswith(f"{name} ")]
        assert mine == [f"{name} {number}" for number in range(500)]


def test_the_context_of_a_task_is_in_its_records(log: JsonLog, run: Run) -> None:
    async def work(number: int) -> None:
        with log.logger.contextualize(task=number):
            for _ in range(3):
                await anyio.sleep(0)
                await log.logger.info(str(number))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(work, number)

    run(main)
    records = log.records()
    assert len(records) == 15
    assert all(record["message"] == str(record["task"]) for record in records)


def test_flush_can_be_awaited_by_many_and_more_than_once(log: JsonLog, run: Run) -> None:
    async def main() -> None:
        await log.logger.info("one")
        flushed = log.logger.flush()

        async def wait() -> None:
            assert await flushed is None

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(wait)
        assert await flushed is None
        assert log.path.read_text().count("\n") == 1

    run(main)


def test_flush_is_done_when_it_returns_where_no_loop_runs(log: JsonLog) -> None:
    log.logger.info("one")
    done = log.logger.flush()
    assert log.path.read_text().count("\n") == 1
    assert asyncio.run(done) is None


def test_a_flush_that_is_cancelled_is_done_all_the_same(log: JsonLog, tmp_path: Path) -> None:
    pipe, reader = a_pipe(tmp_path)
    slow = to_pipe(pipe)

    async def main() -> None:
        # More than the pipe holds: the flush waits for a reader.
        for _ in range(100):
            await slow.info("x" * 1000)
        task = asyncio.create_task(slow.flush())
        await asyncio.sleep(0.01)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The loop goes on meanwhile, and other loggers deliver.
        await log.logger.info("meanwhile")
        await log.logger.flush()
        assert log.path.read_text().count("\n") == 1

    asyncio.run(main())
    assert lines_of(reader, 100) == 100
    slow.close()
    os.close(reader)


def a_pipe(folder: Path) -> tuple[Path, int]:
    path = folder / "pipe"
    os.mkfifo(path)
    return path, os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def to_pipe(path: Path) -> AsyncHydraLogger:
    destination = {"type": "file", "path": str(path), "format": "plain-text"}
    return AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})


def lines_of(reader: int, count: int) -> int:
    """Read from a pipe until so many lines have come."""
    found = 0
    os.set_blocking(reader, True)
    while found < count:
        found += os.read(reader, 65536).count(b"\n")
    return found


def test_a_destination_that_blocks_does_not_hold_the_loop_up(tmp_path: Path, run: Run) -> None:
    pipe, reader = a_pipe(tmp_path)
    slow = to_pipe(pipe)

    async def main() -> None:
        for _ in range(500):
            await slow.info("x" * 1000)
        began = time.monotonic()
        await anyio.sleep(0.01)
        assert time.monotonic() - began < 5

    run(main)
    assert lines_of(reader, 500) == 500
    slow.close()
    os.close(reader)


def test_the_end_of_its_context_closes_the_logger(tmp_path: Path, run: Run) -> None:
    log = JsonLog(tmp_path / "other.jsonl", logger_class=AsyncHydraLogger)
    closed: list[str] = []

    class Plugin:
        def process_event(self, event: dict[str, Any]) -> None:
            closed.append(f"{event['message']} {threading.current_thread() is here}")

        def close(self) -> None:
            closed.append("closed")

    here = threading.current_thread()

    async def main() -> None:
        async with log.logger as logger:
            assert logger is log.logger
            logger.add_plugin("plugin", Plugin())
            await logger.info("inside")
        assert log.path.read_text().count("\n") == 1
        assert closed == ["inside True", "closed"]
        for _ in range(2):
            outcome = await logger.aclose()
            assert outcome == {"delivered": 1, "kept": 0, "queued": 0, "dropped": 0}
        logger.close()

    run(main)
    AsyncHydraLogger.clear_error_stats()
    log.logger.info("late")
    assert AsyncHydraLogger.get_error_stats()["error_types"] == {"closed": 1}


def test_a_logger_may_be_closed_from_synchronous_code_in_three_ways(tmp_path: Path) -> None:
    def to(number: int) -> JsonLog:
        return JsonLog(tmp_path / f"{number}.jsonl", logger_class=AsyncHydraLogger)

    logs = [to(number) for number in range(3)]
    for log in logs:
        log.logger.info("one")
    logs[0].logger.close()
    closed = logs[1].logger.aclose()
    with pytest.raises(StopIteration) as ended:
        closed.send(None)
    assert ended.value.value["delivered"] == 1
    with logs[2].logger as logger:
        assert logger is logs[2].logger
    assert [log.path.read_text().count("\n") for log in logs] == [1, 1, 1]


def test_what_cannot_be_flushed_is_raised_where_it_is_awaited(run: Run) -> None:
    destination = {"type": "file", "path": "/dev/full", "format": "json", "buffer_size": 4096}
    logger = AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})

    async def main() -> None:
        await logger.info("lost")
        with pytest.raises(HandlerError):
            await logger.flush()

    run(main)
    with pytest.raises(HandlerError):
        logger.close()


def test_presets_and_ones_own_make_asynchronous_loggers() -> None:
    @HydraLogger.register_magic("async_too")
    def _() -> dict[str, Any]:
        return {"extends": "testing"}

    for logger in (
        AsyncHydraLogger.for_testing(),
        AsyncHydraLogger.for_custom("async_too"),
        AsyncHydraLogger.for_async_too(),  # type: ignore[attr-defined]
    ):
        assert type(logger) is AsyncHydraLogger
        assert asyncio.run(logger.info("TEST", "made")) is None
        logger.close()


def test_a_class_of_ones_own_is_asynchronous_too(tmp_path: Path) -> None:
    class Mine(AsyncHydraLogger):
        def __init__(self, name: str) -> None:
            super().__init__({"layers": {"DEFAULT": {}}})
            self.name = name

    class Silent(AsyncHydraLogger):
        def __init__(self) -> None:
            pass

    for logger in (Mine("mine"), Silent()):
        assert asyncio.iscoroutine(logger.debug("nowhere"))
        assert "engine" in logger.get_performance_metrics()
        logger.close()


def test_what_the_engine_has_taken_is_in_the_metrics(log: JsonLog) -> None:
    for _ in range(100):
        log.logger.info("one")
    log.logger.flush()
    engine = log.logger.get_performance_metrics()["engine"]
    assert engine == {"accepted": 100, "dispatched": 100, "queued": 0, "refused": []}
    with HydraLogger() as synchronous:
        assert "engine" not in synchronous.get_performance_metrics()


def test_a_callback_for_errors_may_use_the_logger_and_fork_meanwhile(log: JsonLog) -> None:
    """It runs on a thread of the engine's, which holds no lock then."""
    heard: list[dict[str, Any]] = []

    def on_error(error: dict[str, Any]) -> None:
        heard.append(error)
        log.logger.info("heard of it")

    subscription = _core.on_error(on_error)
    destination = {"type": "file", "path": "/dev/full", "format": "json"}
    broken = AsyncHydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})
    try:
        for _ in range(20):
            broken.info("lost")
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        broken.flush()
    finally:
        subscription.close()
        broken.close()
    assert heard
    assert set(messages(log)) == {"heard of it"}


@pytest.fixture(autouse=True)
def _no_unraisable() -> Iterator[None]:
    yield
    gc.collect()
