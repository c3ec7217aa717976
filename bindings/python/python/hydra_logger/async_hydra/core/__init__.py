"""Parts of an asynchronous program around the logger: tasks, queues, errors, health, its end.

Importing this package imports nothing yet.
"""

from hydra_logger._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .bounded_queue import BoundedAsyncQueue as BoundedAsyncQueue
    from .coroutine_manager import CoroutineManager as CoroutineManager
    from .error_tracker import AsyncErrorTracker as AsyncErrorTracker
    from .event_loop_manager import EventLoopManager as EventLoopManager
    from .health_monitor import AsyncHealthMonitor as AsyncHealthMonitor
    from .memory_monitor import MemoryMonitor as MemoryMonitor
    from .shutdown_manager import SafeShutdownManager as SafeShutdownManager
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "AsyncErrorTracker": ".error_tracker",
            "AsyncHealthMonitor": ".health_monitor",
            "BoundedAsyncQueue": ".bounded_queue",
            "CoroutineManager": ".coroutine_manager",
            "EventLoopManager": ".event_loop_manager",
            "MemoryMonitor": ".memory_monitor",
            "SafeShutdownManager": ".shutdown_manager",
        },
    )
