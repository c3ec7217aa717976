"""The parts that the logger is made of: the logger, its exceptions, errors and constants."""

from .._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import constants as constants
    from . import error_handler as error_handler
    from . import exceptions as exceptions
    from . import logger as logger
    from .error_handler import clear_error_stats as clear_error_stats
    from .error_handler import close_error_tracker as close_error_tracker
    from .error_handler import error_context as error_context
    from .error_handler import get_error_stats as get_error_stats
    from .error_handler import get_error_tracker as get_error_tracker
    from .error_handler import track_error as track_error
    from .exceptions import AnalyticsError as AnalyticsError
    from .exceptions import AsyncError as AsyncError
    from .exceptions import CompatibilityError as CompatibilityError
    from .exceptions import ConfigurationError as ConfigurationError
    from .exceptions import DataProtectionError as DataProtectionError
    from .exceptions import FormatterError as FormatterError
    from .exceptions import HandlerError as HandlerError
    from .exceptions import HydraLoggerError as HydraLoggerError
    from .exceptions import HydraLoggerException as HydraLoggerException
    from .exceptions import PerformanceError as PerformanceError
    from .exceptions import PluginError as PluginError
    from .exceptions import ValidationError as ValidationError
    from .logger import HydraLogger as HydraLogger
    from .logger import create_logger as create_logger
else:
    _EXCEPTIONS = (
        "AnalyticsError",
        "AsyncError",
        "CompatibilityError",
        "ConfigurationError",
        "DataProtectionError",
        "FormatterError",
        "HandlerError",
        "HydraLoggerError",
        "HydraLoggerException",
        "PerformanceError",
        "PluginError",
        "ValidationError",
    )
    _ERRORS = (
        "clear_error_stats",
        "close_error_tracker",
        "error_context",
        "get_error_stats",
        "get_error_tracker",
        "track_error",
    )
    __getattr__, __dir__, __all__ = lazy(
        __name__,
        {
            **dict.fromkeys(_EXCEPTIONS, ".exceptions"),
            **dict.fromkeys(_ERRORS, ".error_handler"),
            **dict.fromkeys(("HydraLogger", "create_logger"), ".logger"),
        },
        ("constants", "error_handler", "exceptions", "logger"),
    )
