"""Constants. What the core knows comes from the core, so that it cannot differ from what it does.

Tables are copies: changing one changes nothing in the logger. What can be set is set in a
configuration.

    >>> LOG_LEVELS["WARNING"]
    30
    >>> "gelf" in VALID_FORMATS
    True
"""

from __future__ import annotations

from typing import Any

from .. import _core

__all__ = [
    "ANALYTICS_SETTINGS",
    "ASYNC_SETTINGS",
    "CLOUD_PROVIDER_PATTERNS",
    "DEFAULT_COLORS",
    "DEFAULT_CONFIG",
    "DEFAULT_FORMATS",
    "ENV_VARS",
    "FILE_SETTINGS",
    "FRAMEWORK_PATTERNS",
    "LOG_LEVELS",
    "NAMED_COLORS",
    "PERFORMANCE_SETTINGS",
    "PII_PATTERNS",
    "PLUGIN_SETTINGS",
    "VALID_DESTINATION_TYPES",
    "VALID_FORMATS",
    "Colors",
]

_files = _core.file_defaults()
_sequences = _core.colors()

LOG_LEVELS: dict[str, int] = {
    name: number for name, number in _core.levels().items() if number >= 10
}
"""The levels and their numbers, DEBUG 10 to CRITICAL 50, as `logging` has them. The logger also
knows TRACE, 5, which is none of `logging`'s."""

VALID_FORMATS: tuple[str, ...] = tuple(_core.words("format"))
"""The formats; `plain` and `text` are other words for `plain-text`."""

VALID_DESTINATION_TYPES: tuple[str, ...] = tuple(_core.words("type"))
"""The types of destination; `http`, `database`, `queue` and `cloud` are short for the last four."""

DEFAULT_CONFIG: dict[str, Any] = _core.default_config()
"""What a logger without a configuration has."""


class Colors:
    r"""The escape sequences that begin a colour, and the one that ends it.

    >>> Colors.RED + "no" + Colors.RESET
    '\x1b[31mno\x1b[0m'
    """

    RESET: str = _sequences["reset"]
    BLACK: str = _sequences["black"]
    RED: str = _sequences["red"]
    GREEN: str = _sequences["green"]
    YELLOW: str = _sequences["yellow"]
    BLUE: str = _sequences["blue"]
    MAGENTA: str = _sequences["magenta"]
    CYAN: str = _sequences["cyan"]
    WHITE: str = _sequences["white"]
    BRIGHT_BLACK: str = _sequences["bright_black"]
    BRIGHT_RED: str = _sequences["bright_red"]
    BRIGHT_GREEN: str = _sequences["bright_green"]
    BRIGHT_YELLOW: str = _sequences["bright_yellow"]
    BRIGHT_BLUE: str = _sequences["bright_blue"]
    BRIGHT_MAGENTA: str = _sequences["bright_magenta"]
    BRIGHT_CYAN: str = _sequences["bright_cyan"]
    BRIGHT_WHITE: str = _sequences["bright_white"]


NAMED_COLORS: dict[str, str] = {
    name: sequence for name, sequence in _sequences.items() if name != "none"
}
"""The colours that a theme may name, `reset` besides, and their escape sequences."""

DEFAULT_COLORS: dict[str, str] = {
    level: _sequences[color]
    for level, color in _core.default_colors().items()
    if level in LOG_LEVELS
}
"""The escape sequence of each level in the theme `default`."""

FILE_SETTINGS: dict[str, Any] = {
    "encoding": "utf-8",
    "max_size": _files["max_size"],
    "backup_count": _files["backup_count"],
}
"""What a file destination has where nothing is set: its encoding, which cannot be changed; bytes
at which it is rotated; rotated files that are kept."""

PERFORMANCE_SETTINGS: dict[str, Any] = {
    "queue_size": 1000,
    "batch_size": 100,
    "batch_timeout": 1.0,
    "buffer_size": 16 * 1024,
    "flush_interval": _files["flush_interval"],
    "memory_check_interval": 60,
}
"""Records in a queue and in a batch; seconds that a batch waits; bytes of the buffer of
`high_performance_mode` and its like; seconds that a record rests in one at most; seconds between
two looks at memory."""

ASYNC_SETTINGS: dict[str, Any] = {
    "retry_count": 3,
    "retry_delay": 1.0,
    "timeout": 30.0,
    "max_connections": 10,
}
"""What a network destination has where nothing is set: how often a failed delivery is tried again,
the seconds before that, the seconds that one may take, connections at a time."""

PLUGIN_SETTINGS: dict[str, Any] = {"cache_size": 1000, "timeout": 10}
"""Plugins that are remembered; seconds that one may take."""

ANALYTICS_SETTINGS: dict[str, Any] = {
    "max_events": 10_000,
    "window_seconds": 60,
    "retention_seconds": 300,
}
"""Events that are kept for insights; the seconds that one window of them spans; the seconds that
they are kept."""

ENV_VARS: dict[str, str] = dict(_core.environment_variables())
"""Every environment variable that is read, and what it sets and takes."""

DEFAULT_FORMATS: dict[str, str] = {
    "date_format": "%Y-%m-%d",
    "time_format": "%H:%M:%S",
    "logger_name_format": "{name}",
    "message_format": "{level} - {message}",
}
"""The templates of a plain-text line where nothing is set."""

PII_PATTERNS: dict[str, str] = {
    "email": r"(?i)\b[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b",
    "password": r"(?i)\b(?:password|passwd|pwd)\b[\"']?\s*[:=]\s*[\"']?[^\s\"',;]+",
    "api_key": r"(?i)\bapi[_-]?key\b[\"']?\s*[:=]\s*[\"']?[\w.-]+",
    "token": r"(?i)\b(?:access_|refresh_|auth_)?token\b[\"']?\s*[:=]\s*[\"']?[\w.~+/=-]+",
    "secret": r"(?i)\b(?:client_)?secret\b[\"']?\s*[:=]\s*[\"']?[^\s\"',;]+",
    "credit_card": r"\b\d(?:[ -]?\d){12,18}\b",
    "ssn": r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}\b",
    "phone": r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\w)",
}
"""Regular expressions of personal data and secrets, by kind, for looking through text with `re`.
Nothing of a record is redacted by them."""

FRAMEWORK_PATTERNS: dict[str, tuple[str, ...]] = {
    "fastapi": ("fastapi",),
    "django": ("django",),
    "flask": ("flask",),
    "tornado": ("tornado",),
    "aiohttp": ("aiohttp",),
}
"""The modules by which a web framework is recognised, where a program has imported them."""

CLOUD_PROVIDER_PATTERNS: dict[str, tuple[str, ...]] = {
    "aws": ("AWS_EXECUTION_ENV", "AWS_LAMBDA_", "AWS_REGION", "ECS_CONTAINER_METADATA_URI"),
    "gcp": ("GOOGLE_CLOUD_PROJECT", "GCP_PROJECT", "K_SERVICE", "GAE_"),
    "azure": ("AZURE_", "WEBSITE_SITE_NAME", "FUNCTIONS_WORKER_RUNTIME", "CONTAINER_APP_NAME"),
    "heroku": ("DYNO", "HEROKU_"),
    "digitalocean": ("DIGITALOCEAN_", "DO_APP_"),
}
"""What the names of a provider's environment variables begin with."""
