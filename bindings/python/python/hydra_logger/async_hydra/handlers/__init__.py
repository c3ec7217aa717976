"""Handlers of Python's `logging` that do not hold an event loop up.

Importing this package imports nothing yet.
"""

from hydra_logger._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base_handler import BaseAsyncHandler as BaseAsyncHandler
    from .composite_handler import AsyncCompositeHandler as AsyncCompositeHandler
    from .console_handler import AsyncConsoleHandler as AsyncConsoleHandler
    from .file_handler import ProfessionalAsyncFileHandler as ProfessionalAsyncFileHandler
else:
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            "AsyncCompositeHandler": ".composite_handler",
            "AsyncConsoleHandler": ".console_handler",
            "BaseAsyncHandler": ".base_handler",
            "ProfessionalAsyncFileHandler": ".file_handler",
        },
    )
