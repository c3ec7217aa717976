"""The logger, and the function that makes one."""

from .._core import HydraLogger

# This module may be all that a program needs: `__future__` and `typing` would cost more than it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any, Unpack

    from .._core import _Model, _MoreArguments

__all__ = ["HydraLogger", "create_logger"]


def create_logger(
    config: "Mapping[str, Any] | _Model | str | PathLike[str] | None" = None,
    enable_security: bool | None = None,
    enable_sanitization: bool | None = None,
    enable_plugins: bool | None = None,
    **arguments: "Unpack[_MoreArguments]",
) -> HydraLogger:
    """Make a logger in one call; without arguments, one that writes to the console.

    Args:
        config: A mapping, a LoggingConfig, or the path of a YAML, TOML or JSON file.
        enable_security: Whether threats in messages are counted and marked.
        enable_sanitization: Whether the sanitizer runs.
        enable_plugins: Whether plugins are called.
        **arguments: The other arguments of `HydraLogger`.

    Raises:
        ConfigurationError: With every fault of the configuration.

    >>> with create_logger() as logger:
    ...     logger.debug("APP", "not shown: the level is INFO")
    """
    return HydraLogger(
        config,
        enable_security=enable_security,
        enable_sanitization=enable_sanitization,
        enable_plugins=enable_plugins,
        **arguments,
    )
