"""Presets under their older name, magic configs: the registry, and each one's configuration.

There is one registry, the core's: what is registered here can be extended by a configuration file
(``extends: my_app``), and is there for every logger of the process.

    >>> @register_magic_config("my_shop", "As production, but louder")
    ... def my_shop():
    ...     return {"extends": "production", "default_level": "DEBUG"}
    >>> MagicConfigRegistry.list_configs()["my_shop"]
    'As production, but louder'
"""

from __future__ import annotations

from . import _core
from .config.models import LoggingConfig

__all__ = [
    "MagicConfigRegistry",
    "api_service_config",
    "async_production_config",
    "background_worker_config",
    "bare_metal_config",
    "development_config",
    "high_performance_config",
    "latency_critical_config",
    "microservice_config",
    "minimal_features_config",
    "production_config",
    "register_magic_config",
    "testing_config",
    "throughput_optimized_config",
    "ultra_fast_config",
    "ultra_high_performance_config",
    "web_app_config",
]


class MagicConfigRegistry:
    """The presets of the process, built in and registered; safe to use from many threads."""

    @staticmethod
    def register(name: str, description: str = "") -> _core.Registration:
        """Registers what the decorated function returns, a map or a `LoggingConfig`.

        The function is called, and what it returns is checked, at once. Registering a name again
        replaces it.

        Args:
            name: Lower-case letters, digits and ``_``, a letter first.
            description: What the preset is for, in a line.

        Raises:
            ConfigurationError: The name is not of this form, is a built-in preset's or would hide a
                method of the logger; or the configuration is wrong.
        """
        return _core.HydraLogger.register_magic(name, description)

    @staticmethod
    def get_config(name: str) -> LoggingConfig:
        """The configuration of a preset, with what it extends.

        Raises:
            ConfigurationError: There is none of this name: then the nearest one is named.

        >>> sorted(MagicConfigRegistry.get_config("testing").layers)
        ['DEFAULT', 'TEST']
        """
        return LoggingConfig.model_validate(_core.preset(name))

    @staticmethod
    def list_configs() -> dict[str, str]:
        """Every preset and its description, the built-in ones first."""
        return {name: description for name, description, _ in _core.presets_list()}

    @staticmethod
    def has_config(name: str) -> bool:
        """Whether there is a preset of this name.

        >>> MagicConfigRegistry.has_config("production")
        True
        """
        return _core.has_preset(name)


register_magic_config = MagicConfigRegistry.register


def production_config() -> LoggingConfig:
    """A console, JSON files, errors apart, SECURITY and PERFORMANCE layers."""
    return MagicConfigRegistry.get_config("production")


def development_config() -> LoggingConfig:
    """Everything from DEBUG on, in colour, and in a plain file."""
    return MagicConfigRegistry.get_config("development")


def testing_config() -> LoggingConfig:
    """A quiet console, nothing on disk, the same output on every run."""
    return MagicConfigRegistry.get_config("testing")


def microservice_config() -> LoggingConfig:
    """JSON on stdout for a collector, a file, a HEALTH layer."""
    return MagicConfigRegistry.get_config("microservice")


def web_app_config() -> LoggingConfig:
    """WEB, REQUEST and ERROR layers."""
    return MagicConfigRegistry.get_config("web_app")


def api_service_config() -> LoggingConfig:
    """API, AUTH and RATE_LIMIT layers."""
    return MagicConfigRegistry.get_config("api_service")


def background_worker_config() -> LoggingConfig:
    """WORKER, TASK and PROGRESS layers."""
    return MagicConfigRegistry.get_config("background_worker")


def high_performance_config() -> LoggingConfig:
    """Buffered plain-text files for many records a second."""
    return MagicConfigRegistry.get_config("high_performance")


def minimal_features_config() -> LoggingConfig:
    """One buffered file and a console; protection, plugins, measuring off."""
    return MagicConfigRegistry.get_config("minimal_features")


def bare_metal_config() -> LoggingConfig:
    """The least work for each record: all features off, large buffers."""
    return MagicConfigRegistry.get_config("bare_metal")


def async_production_config() -> LoggingConfig:
    """Production for an asynchronous logger: JSON on console and in files."""
    return MagicConfigRegistry.get_config("async_production")


def throughput_optimized_config() -> LoggingConfig:
    """One JSON file behind a large buffer, for an asynchronous logger."""
    return MagicConfigRegistry.get_config("throughput_optimized")


def latency_critical_config() -> LoggingConfig:
    """Nothing on the calling thread but the copy, lines soon in a file."""
    return MagicConfigRegistry.get_config("latency_critical")


def ultra_high_performance_config() -> LoggingConfig:
    """The least work and the fewest writes, for an asynchronous logger."""
    return MagicConfigRegistry.get_config("ultra_high_performance")


def ultra_fast_config() -> LoggingConfig:
    """The same as `bare_metal_config`, by its older name."""
    return bare_metal_config()
