"""The asynchronous logger: a call copies its record and returns; a thread does the rest.

>>> from hydra_logger.async_hydra import AsyncHydraLogger
>>> logger = AsyncHydraLogger()
>>> async def main():
...     await logger.info("ASYNC", "started")
...     await logger.aclose()

Around it are parts for asynchronous programs, each in a module of its own: `core`, `handlers`,
`context`, `performance`. Importing this package imports none of them yet.
"""

from hydra_logger._core import AsyncHydraLogger
from hydra_logger._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .compatibility import (
        BackwardCompatibleAsyncHydraLogger as BackwardCompatibleAsyncHydraLogger,
    )
    from .context.context_manager import AsyncContext as AsyncContext
    from .context.context_manager import AsyncContextManager as AsyncContextManager
    from .context.trace_manager import AsyncTraceManager as AsyncTraceManager
    from .core.health_monitor import AsyncHealthMonitor as AsyncHealthMonitor

    __all__ = [
        "AsyncContext",
        "AsyncContextManager",
        "AsyncHealthMonitor",
        "AsyncHydraLogger",
        "AsyncTraceManager",
        "BackwardCompatibleAsyncHydraLogger",
    ]
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "AsyncContext": ".context.context_manager",
            "AsyncContextManager": ".context.context_manager",
            "AsyncHealthMonitor": ".core.health_monitor",
            "AsyncTraceManager": ".context.trace_manager",
            "BackwardCompatibleAsyncHydraLogger": ".compatibility",
        },
    )
    __all__ += ["AsyncHydraLogger"]
