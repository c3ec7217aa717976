"""The event loops on which the asynchronous logger is tried."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import trio
import uvloop

Main = Callable[[], Coroutine[Any, Any, None]]
Run = Callable[[Main], None]


def on_asyncio(main: Main) -> None:
    """Run a coroutine function to its end on asyncio's own loop."""
    asyncio.run(main())


def on_uvloop(main: Main) -> None:
    """The same on uvloop's."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


LOOPS: dict[str, Run] = {"asyncio": on_asyncio, "uvloop": on_uvloop, "trio": trio.run}
