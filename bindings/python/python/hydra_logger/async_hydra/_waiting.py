"""Waiting for work that a thread of the logger's does, in the event loop that runs in this thread.

That thread touches nothing of Python's: it writes a byte into a pipe, which the loop watches.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Coroutine, Generator
    from types import TracebackType
    from typing import Any
    from weakref import WeakKeyDictionary

    from hydra_logger._core import Room, Work

    _Waits = Coroutine[Any, Any, dict[str, int] | None]


def in_event_loop() -> bool:
    """Whether an event loop runs in this thread: asyncio's, uvloop's or trio's."""
    # What is not imported does not run.
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio._get_running_loop() is not None:
        return True
    return _in_trio()


def _in_trio() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()


class Waiting:
    """Work that has begun, and that nobody need wait for.

    A coroutine to whoever asks, which may be awaited any number of times; not awaited, it warns of
    nothing.
    """

    __slots__ = ("_coroutine", "_work")

    def __init__(self, work: "Work | Room") -> None:
        self._work = work
        self._coroutine: _Waits | None = None

    def __await__(self) -> "Generator[Any, Any, dict[str, int] | None]":
        """Wait until it is done; raises HandlerError if it could not be."""
        return self._wait().__await__()

    def send(self, value: "Any") -> "Any":
        """As of a coroutine: begin to wait, or go on."""
        return self._begun().send(value)

    def throw(
        self,
        kind: "Any",
        value: "BaseException | None" = None,
        traceback: "TracebackType | None" = None,
    ) -> "Any":
        """As of a coroutine: stop waiting. The work goes on."""
        return self._begun().throw(kind if value is None else value)

    def close(self) -> None:
        """As of a coroutine: stop waiting. The work goes on."""
        if self._coroutine is not None:
            self._coroutine.close()

    def _begun(self) -> "_Waits":
        if self._coroutine is None:
            self._coroutine = self._wait()
        return self._coroutine

    def _wait(self) -> "_Waits":
        return _wait(self._work)  # type: ignore[arg-type]


class Suspended(Waiting):
    """A call whose record was taken, but is not yet where it is to be.

    It found its thread's queue full, and this waits until there was room; or it is to survive a
    loss of power, and this waits until it is on the disk.
    """

    __slots__ = ()

    def __await__(self) -> "Generator[Any, Any, None]":
        """Wait until it is there."""
        return _until_there(self._work)  # type: ignore[arg-type]

    def _wait(self) -> "_Waits":
        # A generator, which has all that is asked of a coroutine here.
        return _until_there(self._work)  # type: ignore[arg-type,return-value]


async def _wait(work: "Work") -> "dict[str, int] | None":
    if work.done():
        return work.result()
    # One of its own: a loop watches each for one waiter alone.
    end = os.dup(work.fileno())
    try:
        if _in_trio():
            await sys.modules["trio"].lowlevel.wait_readable(end)
        else:
            await _readable(end)
    finally:
        os.close(end)
    work.done()
    return work.result()


async def _readable(end: int) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def done() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(end, done)
    try:
        await ready
    finally:
        loop.remove_reader(end)


def _until_there(room: "Room") -> "Generator[Any, Any, None]":
    """Many tasks may wait at once: they share what they wait for."""
    while not room.done():
        try:
            work = room.work()
        except OSError:  # no file descriptor is to be had
            yield from _a_moment().__await__()
            continue
        if _in_trio():
            yield from _led(work).__await__()
        else:
            yield from _future_of(work).__await__()


async def _a_moment() -> None:
    if _in_trio():
        await sys.modules["trio"].sleep(0.01)
    else:
        import asyncio

        await asyncio.sleep(0.01)


# What tasks of a loop of asyncio's wait for, the loop, and a future for each of them.
_crowds: "WeakKeyDictionary[Work, tuple[AbstractEventLoop, list[Future[None]]]] | None" = None


def _future_of(work: "Work") -> "Future[None]":
    """Give a task what it waits for: a future of its own, so that its end is nobody else's."""
    loop: AbstractEventLoop = sys.modules["asyncio"].get_running_loop()
    crowd = None if _crowds is None else _crowds.get(work)
    if crowd is None or crowd[0] is not loop:
        crowd = _crowd_of(work, loop)
    future = loop.create_future()
    crowd[1].append(future)
    return future


def _crowd_of(
    work: "Work", loop: "AbstractEventLoop"
) -> "tuple[AbstractEventLoop, list[Future[None]]]":
    from weakref import WeakKeyDictionary

    global _crowds
    if _crowds is None:
        _crowds = WeakKeyDictionary()
    futures: list[Future[None]] = []
    crowd = _crowds[work] = (loop, futures)
    end = work.fileno()

    def done() -> None:
        loop.remove_reader(end)
        # Keeps the work, whose end this is, until here.
        work.done()
        for future in futures:
            if not future.done():
                future.set_result(None)

    loop.add_reader(end, done)
    return crowd


# Of trio's tasks one waits for the work, the others for that one.
_lots: "dict[int, Any]" = {}


async def _led(work: "Work") -> None:
    trio = sys.modules["trio"]
    end = work.fileno()
    lot = _lots.get(end)
    if lot is not None:
        await lot.park()
        return
    lot = _lots[end] = trio.lowlevel.ParkingLot()
    try:
        await trio.lowlevel.wait_readable(end)
    finally:
        # Cancelled, too: another one takes the lead.
        del _lots[end]
        lot.unpark_all()
