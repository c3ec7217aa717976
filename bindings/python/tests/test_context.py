"""Fields that every record of a scope carries."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator

import pytest
from conftest import JsonLog

pytestmark = pytest.mark.both_loggers


def test_scopes_nest_and_the_innermost_value_wins(log: JsonLog) -> None:
    with log.logger.contextualize(request=1, user={"name": "ada"}):
        log.logger.info("outer")
        with log.logger.contextualize(request=2):
            log.logger.layer("DB").info("inner", port=7)
            log.logger.info("call", request=3)
        log.logger.info("outer again")
    log.logger.info("outside")
    records = log.records()
    assert [record.get("request") for record in records] == [1, 2, 3, 1, None]
    assert records[1]["user"] == {"name": "ada"}
    assert records[1]["port"] == 7


def test_a_task_has_the_scope_it_was_started_in(log: JsonLog) -> None:
    async def work(number: int) -> None:
        with log.logger.contextualize(task=number):
            for _ in range(3):
                await asyncio.sleep(0)
                log.logger.info(f"{number}")

    async def main() -> None:
        with log.logger.contextualize(request="r"):
            await asyncio.gather(*(work(number) for number in range(5)))

    asyncio.run(main())
    records = log.records()
    assert len(records) == 15
    assert all(record["message"] == str(record["task"]) for record in records)
    assert all(record["request"] == "r" for record in records)


def test_a_thread_starts_without_a_scope_and_a_scope_may_be_entered_again(log: JsonLog) -> None:
    scope = log.logger.contextualize(request=1)
    with scope, scope:
        thread = threading.Thread(target=log.logger.info, args=("thread",))
        thread.start()
        thread.join()
    log.logger.info("outside")
    with scope:
        log.logger.info("inside")
    assert [record.get("request") for record in log.records()] == [None, None, 1]


def test_tasks_may_share_a_scope_and_leave_it_in_any_order(log: JsonLog) -> None:
    scope = log.logger.contextualize(request=1)

    async def work(number: int, left: asyncio.Event, after: "asyncio.Event | None") -> None:
        with scope:
            if after is not None:
                await after.wait()
            log.logger.info("inside")
        log.logger.info("outside")
        left.set()

    async def main() -> None:
        first, second = asyncio.Event(), asyncio.Event()
        await asyncio.gather(work(1, first, second), work(2, second, None))

    asyncio.run(main())
    seen = [(record["message"], record.get("request")) for record in log.records()]
    assert seen == [("inside", 1), ("outside", None)] * 2


@pytest.mark.parametrize("copied", [False, True])
def test_a_generator_may_go_on_in_another_context(log: JsonLog, copied: bool) -> None:
    def dependency() -> Iterator[None]:
        with log.logger.contextualize(request=1):
            yield
            log.logger.info("still inside")
        log.logger.info("outside")

    generator = dependency()
    first = contextvars.copy_context()
    first.run(next, generator)
    second = first.copy() if copied else contextvars.copy_context()
    second.run(next, generator, None)
    log.logger.info("elsewhere")
    requests = [record.get("request") for record in log.records()]
    assert requests == [1 if copied else None, None, None]
