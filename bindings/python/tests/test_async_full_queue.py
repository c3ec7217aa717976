"""A queue that is full suspends the task that logs, and holds up nothing else."""

import asyncio
import os
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from hydra_logger import AsyncHydraLogger
from loops import Run

LINE = "x" * 2000


class Still:
    """A logger to a pipe that nobody reads; what it was given fits nowhere after some megabytes."""

    def __init__(self, folder: Path) -> None:
        path = folder / "pipe"
        os.mkfifo(path)
        self.reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        destination = {"type": "file", "path": str(path), "format": "plain-text"}
        config = {"layers": {"DEFAULT": {"destinations": [destination]}}}
        self.logger = AsyncHydraLogger(config, queue_size=10)
        self.numbers: list[int] = []
        self.thread = threading.Thread(target=self._read)

    def is_full(self, awaitable: object) -> bool:
        """Whether a call found no room."""
        return type(awaitable).__name__ == "Suspended"

    def fill(self) -> int:
        """Log in this task until no call finds room any more. How many were logged."""
        count = 0
        while True:
            called = self.logger.info(f"{count} {LINE}")
            count += 1
            # The first calls without room go into the ring of the thread that stands in.
            if self.is_full(called) and self.stays_full(called):
                return count

    def stays_full(self, called: object) -> bool:
        """Whether that thread finds no room for a call either."""
        room = called._work  # type: ignore[attr-defined]
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            if room.done():
                return False
            time.sleep(0.001)
        return True

    def begin_to_read(self) -> None:
        """Read on a thread, to the end of the logger."""
        os.set_blocking(self.reader, True)
        self.thread.start()

    def _read(self) -> None:
        with open(self.reader, encoding="utf-8") as pipe:
            for line in pipe:
                self.numbers.append(int(line.split(" - ")[1].split()[0]))

    def end(self) -> list[int]:
        """Close, and give the numbers of all lines."""
        self.logger.close()
        self.thread.join()
        return self.numbers


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Still]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        still = Still(tmp_path)
        yield still
        if still.thread.ident is None:
            still.begin_to_read()
            still.end()


def test_other_tasks_go_on_while_the_one_that_logs_waits(still: Still, run: Run) -> None:
    steps = 0
    logged = 0

    async def log() -> None:
        nonlocal logged
        logged = still.fill()
        for _ in range(10):
            await still.logger.info(f"{logged} {LINE}")
            logged += 1

    async def other() -> None:
        nonlocal steps
        while logged == 0:
            await anyio.sleep(0.001)
        for _ in range(100):
            await anyio.sleep(0.001)
            steps += 1
        # Nobody has read: the other task waits still.
        assert logged < before() + 10
        still.begin_to_read()

    def before() -> int:
        return logged

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(log)
            group.start_soon(other)

    run(main)
    assert steps == 100
    assert still.end() == list(range(logged))
    engine = still.logger.get_performance_metrics()["engine"]
    assert (engine["accepted"], engine["refused"]) == (logged, [])


def test_a_call_is_suspended_within_a_moment(still: Still, run: Run) -> None:
    async def main() -> None:
        count = still.fill()
        while True:
            began = time.monotonic()
            with anyio.move_on_after(0.05) as scope:
                await still.logger.info(f"{count} {LINE}")
            assert time.monotonic() - began < 4
            if scope.cancelled_caught:
                break
            count += 1

    run(main)


def test_a_task_that_is_cancelled_while_it_waits_has_logged(still: Still, run: Run) -> None:
    called: list[int] = []

    async def log(number: int) -> None:
        called.append(number)
        await still.logger.info(f"{number} {LINE}")
        raise AssertionError("there was room")

    async def main() -> None:
        count = still.fill()
        called.extend(range(count))
        async with anyio.create_task_group() as group:
            for number in range(count, count + 50):
                group.start_soon(log, number)
            while len(called) < count + 50:
                await anyio.sleep(0)
            group.cancel_scope.cancel()
        still.begin_to_read()

    run(main)
    assert still.end() == called


def test_calls_that_nobody_awaits_are_kept_in_their_order(still: Still, run: Run) -> None:
    count = 0

    async def main() -> None:
        nonlocal count
        count = still.fill()
        for _ in range(500):
            still.logger.info(f"{count} {LINE}")
            count += 1

    run(main)
    # The loop is at its end, and the calls are still there.
    assert still.logger.get_pending_count() > 0
    still.begin_to_read()
    assert still.end() == list(range(count))


def test_a_thousand_tasks_wait_with_few_files_open(still: Still, run: Run) -> None:
    done = 0
    files: list[int] = []

    async def log(number: int) -> None:
        nonlocal done
        await still.logger.info(f"{number} {LINE}")
        done += 1

    async def main() -> None:
        count = still.fill()
        before = len(os.listdir("/proc/self/fd"))
        async with anyio.create_task_group() as group:
            for number in range(count, count + 1000):
                group.start_soon(log, number)
            await anyio.sleep(0.05)
            files.append(len(os.listdir("/proc/self/fd")) - before)
            assert done < 1000
            still.begin_to_read()
        assert done == 1000

    run(main)
    assert files[0] < 10
    # trio begins tasks in no order.
    assert sorted(still.end()) == list(range(len(still.numbers)))
    assert len(still.numbers) > 1000


def test_synchronous_calls_behind_suspended_ones_keep_the_order(still: Still) -> None:
    count = 0

    async def main() -> None:
        nonlocal count
        count = still.fill()

    asyncio.run(main())
    still.begin_to_read()
    # No loop runs: these wait for room, behind those.
    for _ in range(100):
        assert not still.is_full(still.logger.info(f"{count} {LINE}"))
        count += 1
    assert still.end() == list(range(count))


def test_flush_waits_for_calls_that_were_suspended(still: Still, run: Run) -> None:
    async def main() -> None:
        count = still.fill()
        still.begin_to_read()
        await still.logger.flush()
        assert still.logger.get_pending_count() == 0
        while len(still.numbers) < count:
            await anyio.sleep(0.001)
        assert still.numbers == list(range(count))

    run(main)
    still.end()


def test_ends_that_come_while_tasks_wait_lose_nothing(tmp_path: Path) -> None:
    """Between the end of a loop by an exception, and the end of the process."""
    from programs import messages, start

    log = tmp_path / "log.jsonl"
    program = """
import asyncio
from hydra_logger import AsyncHydraLogger
HydraLogger = AsyncHydraLogger
logger = logger_to(sys.argv[1], arguments={"queue_size": 10})

async def log(first):
    for number in range(first, first + 2000):
        await logger.info("APP", f"{number} " + "x" * 1000)

async def main():
    tasks = [asyncio.create_task(log(first)) for first in (0, 2000)]
    await asyncio.gather(*tasks)
    raise KeyError("the end")

asyncio.run(main())
"""
    process = start(tmp_path, program, log)
    _, err = process.communicate(timeout=60)
    assert "KeyError: 'the end'" in err
    found = [int(message.split()[0]) for message in messages(log)]
    assert sorted(found) == list(range(4000))
    assert [number for number in found if number < 2000] == list(range(2000))
