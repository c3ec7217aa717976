"""Context and traces of asynchronous programs: they are in every record, and leak nowhere."""

import asyncio
import contextvars
import dataclasses
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from conftest import JsonLog
from hydra_logger import AsyncHydraLogger, HydraLogger
from hydra_logger.async_hydra import AsyncContext, AsyncContextManager, AsyncTraceManager
from hydra_logger.async_hydra.context import AsyncContextSwitcher
from loops import Run
from opentelemetry import trace as open_telemetry

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def log(tmp_path: Path) -> JsonLog:
    return JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)


@pytest.fixture(autouse=True)
def _no_context_of_other_tests() -> Iterator[None]:
    HydraLogger.clear_context()
    yield
    HydraLogger.clear_context()


def test_a_context_is_a_value() -> None:
    context = AsyncContext("t", "c", "u", "s", "r", {"shard": 3})
    assert context.fields() == {
        "trace_id": "t",
        "correlation_id": "c",
        "user_id": "u",
        "session_id": "s",
        "request_id": "r",
        "shard": 3,
    }
    assert context == dataclasses.replace(context)
    with pytest.raises(dataclasses.FrozenInstanceError):
        context.user_id = "other"  # type: ignore[misc]
    made = AsyncContext()
    assert re.fullmatch("[0-9a-f]{32}", made.trace_id or "")
    assert AsyncContext() != made


def test_every_record_of_a_scope_carries_its_context(log: JsonLog, run: Run) -> None:
    async def main() -> None:
        outer = AsyncContext(user_id="ada", request_id="r-1")
        async with AsyncContextManager(outer) as manager:
            assert manager.get_current_context() == outer
            await log.logger.info("outer")
            async with AsyncContextManager(AsyncContext(user_id="bob")):
                await log.logger.info("inner")
            await log.logger.info("outer again")
            assert AsyncContextManager.get_current_context() == outer
        await log.logger.info("outside")
        assert AsyncContextManager.get_current_context() is None

    run(main)
    outer, inner, again, outside = log.records()
    assert (outer["user_id"], outer["request_id"]) == ("ada", "r-1")
    assert (inner["user_id"], inner["request_id"]) == ("bob", "r-1")
    assert outer["trace_id"] == inner["trace_id"] == again["trace_id"]
    assert again["user_id"] == "ada"
    assert not {"user_id", "request_id", "trace_id"} & set(outside)


def test_a_context_is_inherited_by_tasks_and_leaks_into_none(log: JsonLog, run: Run) -> None:
    async def work(number: int) -> None:
        await anyio.sleep(0)
        await log.logger.info(f"before {number}")
        AsyncContextManager.set_current_context(AsyncContext(user_id=f"user {number}"))
        await anyio.sleep(0)
        await log.logger.info(f"after {number}")

    async def main() -> None:
        async with AsyncContextManager(AsyncContext(user_id="parent")):
            async with anyio.create_task_group() as group:
                for number in range(100):
                    group.start_soon(work, number)
            await log.logger.info("parent")

    run(main)
    for record in log.records():
        kind, _, number = record["message"].partition(" ")
        expected = f"user {number}" if kind == "after" else "parent"
        assert record["user_id"] == expected


def test_set_replaces_all_that_is_there_and_copies_what_it_is_given(log: JsonLog) -> None:
    def inside() -> None:
        log.logger.set_context(shard=3)
        fields = {"colour": "red"}
        AsyncContextManager.set_current_context(AsyncContext("t", extra_fields=fields))
        fields["colour"] = "blue"
        assert log.logger.get_context() == {"trace_id": "t", "colour": "red"}
        AsyncContextManager.set_current_context(None)
        assert log.logger.get_context() == {}

    contextvars.copy_context().run(inside)


def test_one_manager_serves_many_tasks_at_once(log: JsonLog) -> None:
    shared = AsyncContextManager(AsyncContext("t", user_id="ada"))

    async def work(number: int) -> None:
        async with shared:
            await asyncio.sleep(0.001 * (number % 3))
            await log.logger.info("inside")
        assert log.logger.get_context() == {}

    async def main() -> None:
        await asyncio.gather(*(work(number) for number in range(20)))

    asyncio.run(main())
    assert all(record["user_id"] == "ada" for record in log.records())


def test_a_context_goes_into_threads_by_choice(log: JsonLog) -> None:
    async def main() -> None:
        async with AsyncContextManager(AsyncContext("t")):
            await asyncio.to_thread(log.logger.info, "copied")
            thread = threading.Thread(target=log.logger.info, args=("of its own",))
            thread.start()
            thread.join()

    asyncio.run(main())
    by_message = {record["message"]: record for record in log.records()}
    assert by_message["copied"]["trace_id"] == "t"
    assert "trace_id" not in by_message["of its own"]


def test_a_trace_is_in_every_record_until_it_is_cleared(log: JsonLog, run: Run) -> None:
    traces = AsyncTraceManager()

    async def main() -> None:
        assert traces.get_trace_id() is None
        assert traces.get_traceparent() is None
        trace_id = traces.start_trace()
        traces.set_correlation_id("order-7")
        assert traces.get_trace_id() == trace_id
        assert traces.get_correlation_id() == "order-7"
        await log.logger.info("traced")
        traces.clear_trace()
        assert traces.get_trace_id() is None
        assert traces.get_correlation_id() is None
        await log.logger.info("untraced")

    run(main)
    traced, untraced = log.records()
    assert re.fullmatch("[0-9a-f]{32}", traced["trace_id"])
    assert re.fullmatch("[0-9a-f]{16}", traced["span_id"])
    assert traced["correlation_id"] == "order-7"
    assert not {"trace_id", "span_id", "trace_flags", "correlation_id"} & set(untraced)


@pytest.mark.parametrize("flags", ["00", "01", "03"])
def test_a_trace_comes_in_by_a_header_and_goes_out_by_one(log: JsonLog, flags: str) -> None:
    traces = AsyncTraceManager()

    async def main() -> None:
        assert traces.start_trace(traceparent=f"00-{TRACE}-{PARENT}-{flags}") == TRACE
        header = traces.get_traceparent()
        assert header is not None
        version, trace_id, span_id, sent = header.split("-")
        assert (version, trace_id, sent) == ("00", TRACE, flags)
        assert span_id != PARENT
        await log.logger.info("traced", sent=span_id)

    asyncio.run(main())
    record = log.last()
    assert record["trace_id"] == TRACE
    assert record["span_id"] == record["sent"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
    ],
)
def test_a_header_that_is_wrong_begins_a_new_trace(header: str) -> None:
    async def main() -> None:
        traces = AsyncTraceManager()
        assert traces.start_trace(traceparent=header) != TRACE
        assert (traces.get_traceparent() or "").startswith(f"00-{traces.get_trace_id()}-")

    asyncio.run(main())


def test_an_id_of_ones_own_is_kept_but_fits_no_header() -> None:
    async def main() -> None:
        traces = AsyncTraceManager()
        assert traces.start_trace("order 7") == traces.get_trace_id() == "order 7"
        assert traces.get_traceparent() is None
        assert traces.start_trace(TRACE) == TRACE
        assert traces.get_traceparent() is not None

    asyncio.run(main())


def test_the_span_of_open_telemetry_is_the_trace() -> None:
    span = open_telemetry.NonRecordingSpan(
        open_telemetry.SpanContext(int(TRACE, 16), int(PARENT, 16), True)
    )

    async def main() -> None:
        traces = AsyncTraceManager()
        with open_telemetry.use_span(span):
            assert traces.start_trace() == TRACE
        assert traces.get_traceparent() == f"00-{TRACE}-{PARENT}-00"

    asyncio.run(main())


def test_tasks_have_traces_of_their_own(log: JsonLog, run: Run) -> None:
    async def work(number: int) -> None:
        AsyncTraceManager().start_trace(f"trace {number}")
        await anyio.sleep(0)
        await log.logger.info(str(number))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(work, number)

    run(main)
    records = log.records()
    assert len(records) == 50
    assert all(record["trace_id"] == f"trace {record['message']}" for record in records)


def test_switches_are_calls_in_another_context_than_the_one_before() -> None:
    switcher = AsyncContextSwitcher()
    one, other = AsyncContext("1"), AsyncContext("2")
    found = [switcher.detect_context_switch(given) for given in (one, one, other, one)]
    assert found == [False, False, True, True]
    assert switcher.get_switch_count() == 2
    switcher.reset_switch_count()
    assert switcher.get_switch_count() == 0
    assert not switcher.detect_context_switch(other)


def test_switches_of_the_current_context_are_counted() -> None:
    switcher = AsyncContextSwitcher()

    async def work(number: int) -> None:
        AsyncTraceManager().start_trace(str(number))
        for _ in range(10):
            switcher.detect_context_switch()
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(work(1), work(2))

    asyncio.run(main())
    assert switcher.get_switch_count() == 19
