"""Waiting for work that a thread of the logger's does, in the event loop that runs in this thread.

That thread touches nothing of Python's: it writes a byte into a pipe, which the loop watches.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType
    from typing import Any

    from hydra_logger._core import Work

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

    def __init__(self, work: "Work") -> None:
        self._work = work
        self._coroutine: _Waits | None = None

    def __await__(self) -> "Generator[Any, Any, dict[str, int] | None]":
        """Wait until it is done; raises HandlerError if it could not be."""
        return _wait(self._work).__await__()

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
            self._coroutine = _wait(self._work)
        return self._coroutine


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
