"""What the package raises.

Logging itself never raises: these come from construction and configuration, and from calls of a
logger that was made with ``raise_errors=True``.
"""


class HydraLoggerError(Exception):
    """The base of everything that this package raises.

    >>> try:
    ...     HydraLogger(config={"default_level": "LOUD"})
    ... except HydraLoggerError as error:
    ...     print(error)
    1 error in the configuration:
      default_level: found "LOUD": not a level; allowed: TRACE, ...
    """


HydraLoggerException = HydraLoggerError
"""An older name of :class:`HydraLoggerError`."""


class ConfigurationError(HydraLoggerError):
    """A configuration, a file of one, a preset or a registration is wrong.

    Attributes:
        problems: Every fault, each as a dictionary with the keys ``kind``, ``file``, ``line``,
            ``column``, ``path``, ``found``, ``message``, ``allowed`` and ``suggestion``; empty
            where the configuration is right but cannot be carried out.
    """

    problems: tuple[dict[str, str | int | None], ...] = ()


class ValidationError(HydraLoggerError):
    """A value passed to a call is wrong."""


class HandlerError(HydraLoggerError):
    """A destination cannot be made, written, flushed or closed."""


class FormatterError(HydraLoggerError):
    """A format, a template, or a value that is to be shown is wrong."""


class PluginError(HydraLoggerError):
    """A plugin cannot be attached, or failed."""


class CompatibilityError(HydraLoggerError):
    """A version or an interface is not supported."""


class AsyncError(HydraLoggerError):
    """The asynchronous engine cannot take or deliver a record."""


class DataProtectionError(HydraLoggerError):
    """A pattern, a key or a hash of data protection is wrong."""


class AnalyticsError(HydraLoggerError):
    """An analytics plugin failed."""


class PerformanceError(HydraLoggerError):
    """The measuring of performance failed."""
