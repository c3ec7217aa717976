"""Configurations from files, maps and the environment; checking, merging, preparing them.

What is read, merged and found wrong is the core's doing. Everything that fails here fails as
`hydra_logger.core.exceptions.ConfigurationError`, whose message names every fault and its place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .. import _core
from ..core.exceptions import ConfigurationError
from ._checks import plain
from .models import LogDestination, LoggingConfig, LogLayer

__all__ = [
    "create_log_directories",
    "get_async_default_config",
    "get_default_config",
    "load_config",
    "load_config_from_dict",
    "load_config_from_env",
    "merge_configs",
    "validate_config",
]


def load_config(path: str | os.PathLike[str]) -> LoggingConfig:
    """Loads a YAML, TOML or JSON file, with the presets it extends and the files it includes.

    Raises:
        ConfigurationError: The file cannot be read, or with all that is wrong with it.

    >>> load_config("hydra.yaml").layers["APP"].level  # doctest: +SKIP
    'DEBUG'
    """
    try:
        name = os.fsdecode(path)
    except TypeError:
        raise ConfigurationError(
            f"a configuration file is named by a path, not {type(path).__name__}"
        ) from None
    return LoggingConfig.model_validate(_core.load_config_file(name))


def load_config_from_dict(config: Mapping[str, Any]) -> LoggingConfig:
    """The configuration that a map describes, in the words of a file.

    Raises:
        ConfigurationError: With all that is wrong with it.

    >>> load_config_from_dict({"default_level": "debug"}).default_level
    'DEBUG'
    """
    if not isinstance(config, Mapping):
        raise ConfigurationError(
            f"a configuration is a map of keys to values, not {type(config).__name__}"
        )
    given = _as_map(config)
    _core.validate_config(given)
    return LoggingConfig.model_validate(given)


def load_config_from_env() -> LoggingConfig:
    """The configuration that the environment alone describes: the default one under `ENV_VARS`.

    A variable with a wrong value changes nothing and is reported, as it is when a logger is made:
    a program never fails for its environment.

    >>> load_config_from_env().layers["DEFAULT"].destinations[0].type
    'console'
    """
    return LoggingConfig.model_validate(_core.environment_config())


def get_default_config() -> LoggingConfig:
    """What a logger without a configuration has: the layer DEFAULT with a console, from INFO on.

    >>> list(get_default_config().layers)
    ['DEFAULT']
    """
    return LoggingConfig.model_validate(_core.default_config())


def get_async_default_config() -> LoggingConfig:
    """What an asynchronous logger without a configuration has: a console, and a JSON file.

    The layer DEFAULT writes to the console what is INFO or above, and to ``logs/async.log`` what is
    DEBUG or above.

    >>> [to.type for to in get_async_default_config().layers["DEFAULT"].destinations]
    ['console', 'file']
    """
    return LoggingConfig(
        layers={
            "DEFAULT": LogLayer(
                level="DEBUG",
                destinations=[
                    LogDestination(type="console", level="INFO"),
                    LogDestination(
                        type="file", path="logs/async.log", format="json", level="DEBUG"
                    ),
                ],
            )
        }
    )


def create_log_directories(config: LoggingConfig | Mapping[str, Any]) -> None:
    """Makes the directories of all file destinations; those that are there stay as they are.

    A logger makes them itself with its first record. This is for who wants to know at start
    whether it will be able to.

    Raises:
        ConfigurationError: The configuration is wrong, or a directory cannot be made.
    """
    layers = _core.resolve_config(_as_map(config)).get("layers") or {}
    destinations = [to for layer in layers.values() for to in layer.get("destinations") or []]
    for path in [to["path"] for to in destinations if to["type"] == "file"]:
        directory = os.path.dirname(path)
        try:
            if directory:
                os.makedirs(directory, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"the directory of the log {path!r} cannot be made: {error}"
            ) from error


def validate_config(config: LoggingConfig | Mapping[str, Any]) -> bool:
    """True, where a logger can be made of the configuration.

    Raises:
        ConfigurationError: With every fault, its place, and what would be right.

    >>> validate_config({"layers": {"APP": {"level": "INFO"}}})
    True
    """
    _core.validate_config(_as_map(config))
    return True


def merge_configs(
    base: LoggingConfig | Mapping[str, Any],
    other: LoggingConfig | Mapping[str, Any] | None,
) -> LoggingConfig:
    """``other`` laid over ``base``: maps key by key, all else, lists too, replaced whole.

    Neither is changed. Only what was set in a model counts.

    Raises:
        ConfigurationError: With all that is wrong with the result.

    >>> base = {"default_level": "INFO", "source": True}
    >>> merged = merge_configs(base, {"default_level": "ERROR"})
    >>> merged.default_level, merged.source
    ('ERROR', True)
    """
    over = {} if other is None else _as_map(other)
    return load_config_from_dict(_core.merge_values(_as_map(base), over))


def _as_map(config: LoggingConfig | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(config, LoggingConfig | Mapping):
        map_: dict[str, Any] = plain(config)
        return map_
    raise ConfigurationError(
        f"a configuration is a LoggingConfig or a map, not {type(config).__name__}"
    )
