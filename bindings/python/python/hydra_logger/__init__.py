"""One logger with many heads: layers that route records to many destinations in many formats.

>>> from hydra_logger import HydraLogger
>>> logger = HydraLogger()
>>> logger.info("APP", "started")

Importing this package and writing a first line loads neither ``typing`` nor ``logging``: every
name but the logger itself is imported when it is first used.
"""

from hydra_logger._core import HydraLogger, __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydra_logger.core.exceptions import (
        CompatibilityError,
        ConfigurationError,
        FormatterError,
        HandlerError,
        HydraLoggerError,
        HydraLoggerException,
        PerformanceError,
        PluginError,
        ValidationError,
    )
else:
    # Where each lazy name lives.
    _HOME = {
        "CompatibilityError": "hydra_logger.core.exceptions",
        "ConfigurationError": "hydra_logger.core.exceptions",
        "FormatterError": "hydra_logger.core.exceptions",
        "HandlerError": "hydra_logger.core.exceptions",
        "HydraLoggerError": "hydra_logger.core.exceptions",
        "HydraLoggerException": "hydra_logger.core.exceptions",
        "PerformanceError": "hydra_logger.core.exceptions",
        "PluginError": "hydra_logger.core.exceptions",
        "ValidationError": "hydra_logger.core.exceptions",
    }

    def __getattr__(name):
        """Import a lazy name the first time it is asked for."""
        try:
            home = _HOME[name]
        except KeyError:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message) from None
        from importlib import import_module

        value = globals()[name] = getattr(import_module(home), name)
        return value

    def __dir__():
        """Name the lazy names too."""
        return sorted({*globals(), *_HOME})


__all__ = [
    "CompatibilityError",
    "ConfigurationError",
    "FormatterError",
    "HandlerError",
    "HydraLogger",
    "HydraLoggerError",
    "HydraLoggerException",
    "PerformanceError",
    "PluginError",
    "ValidationError",
    "__version__",
]
