"""What every record of a task carries: context, trace and correlation ids.

Importing this package imports nothing yet.
"""

from hydra_logger._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context_manager import AsyncContext as AsyncContext
    from .context_manager import (
        ProfessionalAsyncContextManager as ProfessionalAsyncContextManager,
    )
    from .context_switcher import AsyncContextSwitcher as AsyncContextSwitcher
    from .trace_manager import AsyncTraceManager as AsyncTraceManager
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "AsyncContext": ".context_manager",
            "AsyncContextSwitcher": ".context_switcher",
            "AsyncTraceManager": ".trace_manager",
            "ProfessionalAsyncContextManager": ".context_manager",
        },
    )
