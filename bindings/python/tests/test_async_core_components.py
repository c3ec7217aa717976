"""Parts of an asynchronous program around the logger: tasks, loops, queues, errors, the end."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trio
import uvloop
from conftest import JsonLog
from hydra_logger import (
    AsyncHydraLogger,
    ConfigurationError,
    HydraLogger,
    clear_error_stats,
    get_error_stats,
)
from hydra_logger.async_hydra.core.bounded_queue import BoundedAsyncQueue
from hydra_logger.async_hydra.core.coroutine_manager import CoroutineManager
from hydra_logger.async_hydra.core.error_tracker import AsyncErrorTracker
from hydra_logger.async_hydra.core.event_loop_manager import EventLoopManager
from hydra_logger.async_hydra.core.shutdown_manager import SafeShutdownManager


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    clear_error_stats()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
        gc.collect()
    clear_error_stats()


async def forever() -> None:
    await asyncio.Event().wait()


class TestCoroutineManager:
    def test_it_keeps_a_task_until_it_is_done(self) -> None:
        async def main() -> None:
            manager = CoroutineManager()
            task = manager.track(asyncio.sleep(0, "done"))
            assert manager.get_active_tasks() == [task]
            assert await task == "done"
            assert manager.get_active_tasks() == []

        asyncio.run(main())

    def test_its_end_waits_for_tasks_before_it_cancels_any(self) -> None:
        done: list[str] = []

        async def work() -> None:
            for _ in range(3):
                await asyncio.sleep(0)
            done.append("work")

        async def main() -> None:
            manager = CoroutineManager()
            manager.track(work())
            await manager.shutdown()

        asyncio.run(main())
        assert done == ["work"]

    def test_its_end_cancels_what_takes_too_long_and_touches_no_other_task(self) -> None:
        async def main() -> None:
            other = asyncio.create_task(forever())
            manager = CoroutineManager(shutdown_timeout=0.01)
            task = manager.track(forever())
            await manager.shutdown()
            assert task.cancelled()
            assert not other.done()
            other.cancel()

        asyncio.run(main())

    def test_its_end_warns_of_a_task_that_will_not_end_and_does_not_hang(self) -> None:
        async def main() -> None:
            end = asyncio.Event()

            async def stubborn() -> None:
                while not end.is_set():
                    try:
                        await end.wait()
                    except asyncio.CancelledError:
                        continue

            manager = CoroutineManager(shutdown_timeout=0.01)
            task = manager.track(stubborn())
            with pytest.warns(RuntimeWarning, match="1 tasks did not end within 0.01 s"):
                await manager.shutdown()
            end.set()
            await task

        asyncio.run(main())

    def test_a_task_of_its_own_may_end_it(self) -> None:
        async def main() -> None:
            manager = CoroutineManager()
            task = manager.track(manager.shutdown())
            await asyncio.wait_for(task, 5)

        asyncio.run(main())

    def test_cancel_all_says_how_many_there_were(self) -> None:
        async def main() -> None:
            manager = CoroutineManager()
            tasks = [manager.track(forever()) for _ in range(3)]
            await asyncio.sleep(0)
            assert manager.cancel_all() == 3
            await asyncio.wait(tasks)
            assert manager.cancel_all() == 0

        asyncio.run(main())

    def test_without_a_loop_nothing_is_left_unawaited(self) -> None:
        with pytest.raises(RuntimeError):
            CoroutineManager().track(forever())


class TestEventLoopManager:
    def test_it_sees_the_loops_that_there_are(self) -> None:
        async def main() -> bool:
            return EventLoopManager.has_running_loop()

        assert not EventLoopManager.has_running_loop()
        assert asyncio.run(main())
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            assert runner.run(main())
        assert trio.run(main)

    def test_it_makes_a_task_or_raises_and_leaves_nothing_unawaited(self) -> None:
        async def main() -> str:
            return await EventLoopManager.safe_create_task(asyncio.sleep(0, "made"))

        assert asyncio.run(main()) == "made"
        with pytest.raises(RuntimeError):
            EventLoopManager.safe_create_task(forever())

    def test_an_operation_that_fails_is_replaced_by_its_fallback(self) -> None:
        async def fails() -> str:
            raise ValueError("no")

        async def works() -> str:
            return "operation"

        def fallback() -> str:
            return "fallback"

        safe = EventLoopManager.safe_async_operation
        assert asyncio.run(safe(works, fallback)) == "operation"
        assert asyncio.run(safe(fails, fallback)) == "fallback"
        with pytest.raises(ValueError, match="no"):
            asyncio.run(safe(fails))

    def test_without_a_loop_the_fallback_is_what_is_done(self) -> None:
        async def unused() -> str:
            raise AssertionError

        waits = EventLoopManager.safe_async_operation(unused, lambda: "fallback")
        with pytest.raises(StopIteration) as ended:
            waits.send(None)
        assert ended.value.value == "fallback"
        waits = EventLoopManager.safe_async_operation(unused)
        with pytest.raises(RuntimeError, match="no event loop"):
            waits.send(None)


class TestBoundedAsyncQueue:
    def test_items_come_out_in_their_order_and_all_are_counted(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue()
            for number in range(3):
                await queue.put(number)
            assert queue.qsize() == 3
            assert [await queue.get() for _ in range(3)] == [0, 1, 2]
            assert queue.get_stats() == {
                "size": 0,
                "maxsize": 1000,
                "dropped_count": 0,
                "stats": {"puts": 3, "gets": 3, "drops": 0, "timeouts": 0},
            }

        asyncio.run(main())

    def test_the_oldest_makes_way(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue(2, put_timeout=0.001)
            for number in range(5):
                await queue.put(number)
            assert queue.get_dropped_count() == 3
            assert [await queue.get(), await queue.get()] == [3, 4]
            stats = queue.get_stats()["stats"]
            assert stats == {"puts": 5, "gets": 2, "drops": 3, "timeouts": 3}

        asyncio.run(main())

    def test_error_raises_and_keeps_what_is_there(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue(1, "error", put_timeout=0.001)
            await queue.put(1)
            with pytest.raises(asyncio.QueueFull):
                await queue.put(2)
            assert await queue.get() == 1
            assert queue.get_dropped_count() == 0

        asyncio.run(main())

    def test_block_waits_for_room_however_long_it_takes(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue(1, "block", put_timeout=0.001)
            await queue.put(1)
            waiting = asyncio.create_task(queue.put(2))
            while queue.get_stats()["stats"]["timeouts"] == 0:
                await asyncio.sleep(0.001)
            assert not waiting.done()
            assert await queue.get() == 1
            await waiting
            assert await queue.get() == 2

        asyncio.run(main())

    def test_get_gives_none_after_its_time(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue(get_timeout=0.001)
            assert await queue.get() is None
            assert queue.get_stats()["stats"]["timeouts"] == 1

        asyncio.run(main())

    def test_many_tasks_lose_nothing_though_some_are_cancelled(self) -> None:
        async def main() -> None:
            queue: BoundedAsyncQueue[int] = BoundedAsyncQueue(3, "block", 0.001, 0.001)
            got: list[int] = []

            async def take() -> None:
                while True:
                    item = await queue.get()
                    if item is not None:
                        got.append(item)

            takers = [asyncio.create_task(take()) for _ in range(4)]
            for number in range(300):
                await queue.put(number)
                if number % 50 == 0:
                    takers[0].cancel()
                    takers.append(asyncio.create_task(take()))
                    del takers[0]
            while len(got) < 300:
                await asyncio.sleep(0.001)
            for taker in takers:
                taker.cancel()
            assert sorted(got) == list(range(300))
            stats = queue.get_stats()["stats"]
            assert (stats["puts"], stats["gets"]) == (300, 300)

        asyncio.run(main())

    @pytest.mark.parametrize("arguments", [{"policy": "drop"}, {"maxsize": 0}])
    def test_wrong_settings_are_refused(self, arguments: Any) -> None:
        with pytest.raises(ConfigurationError):
            BoundedAsyncQueue(**arguments)


class TestAsyncErrorTracker:
    def test_errors_are_counted_by_kind_here_and_in_the_process(self) -> None:
        tracker = AsyncErrorTracker()
        assert tracker.get_error_stats() == {
            "error_counts": {},
            "error_rates": {},
            "last_error_time": None,
            "total_errors": 0,
        }
        for kind in ("disk", "disk", "net"):
            tracker.record_error(kind, ValueError(kind))
        stats = tracker.get_error_stats()
        assert stats["error_counts"] == stats["error_rates"] == {"disk": 2, "net": 1}
        assert stats["total_errors"] == 3
        assert stats["last_error_time"] is not None
        assert get_error_stats()["error_types"] == {"disk": 2, "net": 1}

    def test_callbacks_of_both_kinds_are_told_and_their_errors_contained(self) -> None:
        told: list[str] = []

        async def asynchronous(kind: str, error: BaseException) -> None:
            await asyncio.sleep(0)
            told.append(f"asynchronous {kind}")
            raise KeyError(kind)

        def broken(kind: str, error: BaseException) -> None:
            raise error

        tracker = AsyncErrorTracker()
        for callback in (broken, asynchronous, lambda kind, error: told.append(f"plain {kind}")):
            tracker.add_error_callback(callback)

        async def main() -> None:
            recorded = tracker.record_error("disk", ValueError("full"))
            assert told == ["plain disk"]
            await recorded
            await recorded
            assert told == ["plain disk", "asynchronous disk"]
            tracker.record_error("net", ValueError("gone"))
            await tracker.shutdown()
            assert told[2:] == ["plain net", "asynchronous net"]

        asyncio.run(main())
        tracker.record_error("late", ValueError("no loop"))
        assert told[4:] == ["asynchronous late", "plain late"]
        assert get_error_stats()["error_types"]["error_callback"] == 6


class TestSafeShutdownManager:
    def test_it_delivers_and_ends_a_logger_in_phases(self, tmp_path: Path) -> None:
        log = JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)
        manager = SafeShutdownManager(target=log.logger)
        seen = [manager.phase]

        async def main() -> None:
            await log.logger.info("accepted")
            ending = asyncio.create_task(manager.shutdown())
            while not ending.done():
                seen.append(manager.phase)
                await asyncio.sleep(0)
            await manager.shutdown()

        asyncio.run(main())
        assert log.path.read_text().count("accepted") == 1
        phases = list(dict.fromkeys([*seen, manager.phase]))
        assert phases[0] == "running"
        assert phases[-1] == "done"
        assert set(phases) <= {"running", "flushing", "cleaning", "done"}
        log.logger.info("late")
        assert get_error_stats()["error_types"] == {"closed": 1}

    def test_a_second_call_returns_at_once_while_one_is_under_way(self) -> None:
        class Slow(SafeShutdownManager):
            async def _flush_remaining_messages(self) -> None:
                await asyncio.sleep(0.05)

        async def main() -> None:
            manager = Slow()
            first = asyncio.create_task(manager.shutdown())
            await asyncio.sleep(0)
            await manager.shutdown()
            assert manager.phase == "flushing"
            await first
            assert manager.phase == "done"

        asyncio.run(main())

    def test_a_phase_that_takes_too_long_is_left_behind(self) -> None:
        class Stuck(SafeShutdownManager):
            async def _flush_remaining_messages(self) -> None:
                await forever()

            async def _cleanup_resources(self) -> None:
                await forever()

        async def main() -> None:
            with pytest.warns(RuntimeWarning) as warned:
                await Stuck(0.01, 0.01).shutdown()
            told = [str(warning.message) for warning in warned]
            assert told == [
                "the phase flushing was not done within 0.01 s",
                "the phase cleaning was not done within 0.01 s",
            ]

        asyncio.run(main())

    def test_what_fails_is_ended_synchronously_and_counted(self) -> None:
        class Broken:
            closed = 0

            def flush(self) -> None:
                raise ValueError("flush")

            async def aclose(self) -> None:
                raise ValueError("aclose")

            def close(self) -> None:
                self.closed += 1

        broken = Broken()
        asyncio.run(SafeShutdownManager(target=broken).shutdown())
        assert broken.closed == 1
        assert get_error_stats()["error_types"] == {"async_error": 2}

    def test_one_that_is_cancelled_is_done(self) -> None:
        class Stuck(SafeShutdownManager):
            async def _flush_remaining_messages(self) -> None:
                await forever()

        async def main() -> None:
            manager = Stuck()
            task = asyncio.create_task(manager.shutdown())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert manager.phase == "done"

        asyncio.run(main())


def test_no_component_leaves_a_task_behind(tmp_path: Path) -> None:
    log = JsonLog(tmp_path / "log.jsonl", logger_class=AsyncHydraLogger)

    async def main() -> None:
        tracker = AsyncErrorTracker()
        tracker.record_error("disk", ValueError("full"))
        queue: BoundedAsyncQueue[int] = BoundedAsyncQueue()
        await queue.put(1)
        await queue.get()
        await log.logger.info("one")
        await SafeShutdownManager(target=log.logger).shutdown()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    HydraLogger.clear_context()
