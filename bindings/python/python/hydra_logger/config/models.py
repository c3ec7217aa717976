"""The configuration as pydantic models: a typed face of what the core reads.

The core alone decides what is right. These models say what the keys are and what they take, so that
an editor can complete them and a type checker can see a wrong word; their constructors ask the core
and raise pydantic's ``ValidationError`` with its messages. A test holds every field against the
core's JSON Schema.

A field that is not set reads as its default, but only what was set is handed on
(``model_dump(exclude_unset=True)``): so a preset or an included file shows through.

    >>> app = LogLayer(destinations=[LogDestination(type="console")])
    >>> config = LoggingConfig(layers={"APP": app})
    >>> config.layers["APP"].destinations[0].level
    'INFO'
    >>> config.model_dump(exclude_unset=True)
    {'layers': {'APP': {'destinations': [{'type': 'console'}]}}}
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from ._checks import (
    color_of_format,
    count,
    duration,
    problems_of,
    size,
    switch,
    text,
    with_destination,
    word,
)

__all__ = [
    "ColorMode",
    "ColorName",
    "DestinationType",
    "Durability",
    "Facility",
    "Format",
    "Level",
    "LogDestination",
    "LogLayer",
    "LoggingConfig",
    "Redaction",
    "RedactionAction",
    "Rotation",
    "Service",
    "Stream",
    "Theme",
]

Level: TypeAlias = Annotated[
    Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], word("level")
]
DestinationType: TypeAlias = Annotated[
    Literal["console", "file", "async_http", "async_database", "async_queue", "async_cloud"],
    word("type"),
]
Format: TypeAlias = Annotated[
    Literal["plain-text", "json", "csv", "syslog", "gelf", "logfmt"], word("format")
]
ColorMode: TypeAlias = Annotated[Literal["auto", "always", "never"], word("color_mode")]
Stream: TypeAlias = Annotated[Literal["stdout", "stderr", "split"], word("stream")]
Durability: TypeAlias = Annotated[Literal["memory", "process", "power"], word("durability")]
Strategy: TypeAlias = Annotated[Literal["async", "sync", "direct", "memory"], word("strategy")]
Rotation: TypeAlias = Annotated[Literal["never", "daily", "hourly"], word("rotation")]
RedactionAction: TypeAlias = Annotated[
    Literal["replace", "mask", "remove", "hash", "encrypt"], word("redaction action")
]
Service: TypeAlias = Annotated[Literal["aws", "gcp", "azure"], word("service_type")]
Facility: TypeAlias = Annotated[
    Literal[
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
        "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3",
        "local4", "local5", "local6", "local7",
    ],
    word("facility"),
]  # fmt: skip
ColorName: TypeAlias = Annotated[
    Literal[
        "none", "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
        "bright_black", "bright_red", "bright_green", "bright_yellow", "bright_blue",
        "bright_magenta", "bright_cyan", "bright_white",
    ],
    word("colour"),
]  # fmt: skip

Switch: TypeAlias = Annotated[bool, switch]
Text: TypeAlias = Annotated[str, text]
Size: TypeAlias = Annotated[int, *size] | Text
Duration: TypeAlias = Annotated[float, *duration] | Text
Digits: TypeAlias = Annotated[int, *count(0, 9)]


class _Model(BaseModel):
    """What the models share: no unknown key, the core's messages, no secret in a message."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Theme(_Model):
    """The colours of the levels and of the keys of fields.

    >>> Theme(base="dark", info="bright-green").info
    'bright_green'
    """

    base: Text | None = Field(
        default="default",
        description="The built-in theme whose colours hold where this one has none. "
        "Default: default.",
    )
    trace: ColorName | None = Field(default=None, description="The colour of TRACE.")
    debug: ColorName | None = Field(default=None, description="The colour of DEBUG.")
    info: ColorName | None = Field(default=None, description="The colour of INFO.")
    warning: ColorName | None = Field(default=None, description="The colour of WARNING.")
    error: ColorName | None = Field(default=None, description="The colour of ERROR.")
    critical: ColorName | None = Field(default=None, description="The colour of CRITICAL.")
    key: ColorName | None = Field(default=None, description="The colour of the keys of fields.")

    @model_validator(mode="before")
    @classmethod
    def _ask_the_core(cls, data: Any) -> Any:
        return problems_of(cls, data, lambda given: {"theme": given}, ("theme",))


class Redaction(_Model):
    """What is redacted, and what stands in its place.

    >>> Redaction(detectors=["default", "ip"], actions={"credit_card": "mask"}).action
    'replace'
    """

    detectors: list[Text] | None = Field(
        default_factory=lambda: ["default"],
        description="The names of detectors: default for those that are on unless said otherwise, "
        "a name for one more, a name with - before it for one less. Default: default.",
    )
    action: RedactionAction | None = Field(
        default="replace",
        description="What stands in place of what was found: replace ([REDACTED:KIND]), mask (the "
        "last four characters stay), remove, hash (keyed, equal for equal values) or encrypt. "
        "Default: replace.",
    )
    actions: dict[str, RedactionAction] | None = Field(
        default=None, description="The same by detector, where it differs."
    )
    patterns: dict[str, Text] | None = Field(
        default=None,
        description="Detectors of your own: names, and regular expressions in the syntax of the "
        "crate regex, which match in linear time.",
    )
    sensitive_keys: list[Text] | None = Field(
        default=None,
        description="Names of fields whose values are redacted whole, beside those that are known.",
    )
    allowed_keys: list[Text] | None = Field(
        default=None,
        description="Names of fields that are known, and whose values are not redacted for it.",
    )
    allow: list[Text] | None = Field(
        default=None, description="Texts that are never redacted, each as it stands."
    )
    key_variable: Text | None = Field(
        default=None,
        description="The environment variable that holds the key for hash and encrypt, at least "
        "16 bytes.",
    )
    decode_base64: Switch | None = Field(
        default=False,
        description="Whether base64 is decoded, one level deep, and what is found in it redacted. "
        "Default: false.",
    )

    @model_validator(mode="before")
    @classmethod
    def _ask_the_core(cls, data: Any) -> Any:
        return problems_of(cls, data, lambda given: {"redaction": given}, ("redaction",))


class LogDestination(_Model):
    """One output of a layer: where lines go and how they look there.

    >>> LogDestination(type="file", path="logs/app.log", format="json", level="ERROR").max_size
    '5MB'

    Raises ``pydantic.ValidationError`` for a wrong key or value, or where a key that the type needs
    is missing: ``path`` for a file, ``url`` for async_http, ``connection_string`` for
    async_database, ``queue_url`` for async_queue, ``service_type`` for async_cloud.
    """

    type: DestinationType = Field(
        description="What it is: console, file, async_http (http), async_database (database), "
        "async_queue (queue) or async_cloud (cloud)."
    )
    level: Level | None = Field(
        default="INFO",
        description="What it takes of what its layer lets through. Default: all of it.",
    )
    format: Format | None = Field(
        default="plain-text",
        description="The layout of a line. plain is plain-text with color_mode never. Default: "
        "plain-text.",
    )
    color_mode: ColorMode | None = Field(
        default="auto",
        description="When lines are coloured. Default: auto for a console, never for all else.",
    )
    date_format: Text | None = Field(
        default=None, description="As at the root, for this destination."
    )
    time_format: Text | None = Field(
        default=None, description="As at the root, for this destination."
    )
    logger_name_format: Text | None = Field(
        default=None, description="As at the root, for this destination."
    )
    message_format: Text | None = Field(
        default=None, description="As at the root, for this destination."
    )
    subsecond_digits: Digits | None = Field(
        default=None, description="As at the root, for this destination."
    )
    time_zone: Text | None = Field(
        default=None, description="As at the root, for this destination."
    )
    facility: Facility | None = Field(
        default="user", description="Syslog: the facility. Default: user."
    )
    app_name: Text | None = Field(
        default=None,
        description="Syslog: the program's name. Default: the file name of the running program.",
    )
    host_name: Text | None = Field(
        default=None, description="Syslog and GELF: the host. Default: the machine's name."
    )
    structured_data_id: Text | None = Field(
        default="fields@32473",
        description="Syslog: the name of the element that holds the fields. Default: fields@32473.",
    )
    redaction: Redaction | None = Field(
        default=None, description="What is redacted here beside what is redacted everywhere."
    )
    stream: Stream | None = Field(
        default="stderr",
        description="Console: stdout, stderr, or split by level. Default: stderr, so that a log "
        "line is never taken for the program's result.",
    )
    split_level: Level | None = Field(
        default="WARNING",
        description="Console with stream: split: from this level on, stderr. Default: WARNING.",
    )
    path: Text | None = Field(default=None, description="File: where; directories are created.")
    max_size: Size | None = Field(
        default="5MB",
        description="File: rotated before it grows beyond this, or unlimited. Default: 5MB.",
    )
    backup_count: Annotated[int, *count(0, 100_000)] | None = Field(
        default=3, description="File: rotated files that are kept. Default: 3."
    )
    rotate: Rotation | None = Field(
        default="never",
        description="File: rotated by time too: never, daily or hourly. Default: never.",
    )
    max_age: Duration | None = Field(
        default=None,
        description="File: rotated files older than this are removed. Default: none is.",
    )
    compress: Switch | None = Field(
        default=False,
        description="File: whether rotated files are compressed with gzip. Default: false.",
    )
    mode: Text | Annotated[int, *count(0, 0o777)] | None = Field(
        default="0640",
        description='File: its permissions, in octal digits as chmod has them. Default: "0640".',
    )
    buffer_size: Size | None = Field(
        default=None, description="File: the size of its buffer. Default: as at the root."
    )
    flush_interval: Duration | None = Field(
        default=None,
        description="File: the longest time that a record rests in the buffer. "
        "Default: as at the root.",
    )
    audit: Switch | None = Field(
        default=False,
        description="File: whether its lines are chained and signed, so that hydra verify proves "
        "that none was changed. It is never buffered; old files go by retention alone. "
        "Default: false.",
    )
    audit_key: Text | None = Field(
        default=None,
        description="File with audit: the private key that signs, a PEM file, made when it is "
        "missing. Default: the file audit.key beside it.",
    )
    checkpoint_every: Annotated[int, *count(1, 1_000_000)] | None = Field(
        default=1000,
        description="File with audit: records between two signatures, at most. Default: 1000.",
    )
    checkpoint_interval: Duration | None = Field(
        default=60.0,
        description="File with audit: how long a record waits for a signature, at most. "
        "Default: 60s.",
    )
    fsync: Switch | None = Field(
        default=False,
        description="File with audit: whether each record is on the disk when the call returns. "
        "Default: false.",
    )
    retention: Duration | None = Field(
        default=None,
        description="File with audit: how long rotated files are kept. Default: none is removed.",
    )
    url: Text | None = Field(default=None, repr=False, description="async_http: where it sends.")
    connection_string: Text | None = Field(
        default=None, repr=False, description="async_database: the database."
    )
    queue_url: Text | None = Field(
        default=None, repr=False, description="async_queue: the message queue."
    )
    service_type: Service | None = Field(
        default=None, description="async_cloud: aws, gcp or azure."
    )
    credentials: dict[str, Text | None] | None = Field(
        default=None,
        repr=False,
        description="Network: user names, passwords, tokens. No message ever shows them.",
    )
    retry_count: Annotated[int, *count(0, 1_000_000)] | None = Field(
        default=3,
        description="Network: how often a failed delivery is tried again. Default: 3.",
    )
    retry_delay: Duration | None = Field(
        default=1.0, description="Network: the pause before that. Default: 1s."
    )
    timeout: Duration | None = Field(
        default=30.0, description="Network: the time limit of one delivery. Default: 30s."
    )
    max_connections: Annotated[int, *count(1, 100_000)] | None = Field(
        default=10, description="Network: connections at a time. Default: 10."
    )
    guaranteed_levels: list[Level] | None = Field(
        default=None,
        description="The levels of which no record is dropped here when the queue is full, beside "
        "those of the layer. Default: none.",
    )
    durability: Durability | None = Field(
        default=None,
        description="What records survive on their way here in an asynchronous logger: memory, "
        "process, power. Default: as in the layer.",
    )
    extra: dict[str, Any] | None = Field(
        default=None,
        description="Options of the handler. All types: force_flush, force_sync_io.",
    )

    @model_validator(mode="before")
    @classmethod
    def _ask_the_core(cls, data: Any) -> Any:
        place = ("layers", "DEFAULT", "destinations", 0)
        return color_of_format(problems_of(cls, data, with_destination, place))


class LogLayer(_Model):
    """A named layer: a level, and any number of destinations.

    >>> LogLayer(level="DEBUG").destinations
    []
    """

    level: Level | None = Field(
        default="INFO", description="What the layer lets through. Default: default_level."
    )
    destinations: list[LogDestination] = Field(
        default_factory=list,
        description="Where the layer's records go. Default: where those of DEFAULT go.",
    )
    redact_sensitive: Switch | None = Field(
        default=None,
        description="Whether sensitive data is redacted in the layer. Default: as at the root.",
    )
    redaction: Redaction | None = Field(
        default=None, description="What is redacted in the layer. Default: as at the root."
    )
    guaranteed_levels: list[Level] | None = Field(
        default=None,
        description="The levels of which no record is dropped when a queue of the asynchronous "
        "logger is full. Default: ERROR and CRITICAL; all, for SECURITY, AUDIT and COMPLIANCE.",
    )
    durability: Durability | None = Field(
        default=None,
        description="What the layer's records survive in an asynchronous logger: memory, process, "
        "power. Default: as at the root.",
    )

    @model_validator(mode="before")
    @classmethod
    def _ask_the_core(cls, data: Any) -> Any:
        place = ("layers", "DEFAULT")
        return problems_of(
            cls, data, lambda given: {"layers": {"DEFAULT": given}}, place, apart=("destinations",)
        )


class LoggingConfig(_Model):
    """The root: layers by name, and what holds for all of them.

    >>> LoggingConfig().default_level
    'INFO'

    What only the whole can show (a reserved layer name, a preset or a file that is not there) is
    found by `hydra_logger.config.validate_config`, and when a logger is made.
    """

    extends: Text | list[Text] | None = Field(
        default=None,
        description="The preset, or the list of presets, that this configuration starts from; "
        "what is set here wins.",
    )
    include: Text | list[Text] | None = Field(
        default=None,
        description="A file, or a list of files, relative to this one, laid over the preset and "
        "under what is set here.",
    )
    default_level: Level | None = Field(
        default="INFO",
        description="The level of layers that have none of their own. Default: INFO.",
    )
    layers: dict[str, LogLayer] = Field(
        default_factory=dict,
        description="The layers by name. DEFAULT takes the records of layers that are not here. "
        "Where no layer has a destination, DEFAULT gets a console.",
    )
    date_format: Text | None = Field(
        default="%Y-%m-%d",
        description="strftime, the date of plain-text lines. Default: %Y-%m-%d.",
    )
    time_format: Text | None = Field(
        default="%H:%M:%S",
        description="strftime, the time of plain-text lines. Default: %H:%M:%S.",
    )
    logger_name_format: Text | None = Field(
        default="{name}",
        description="The layer's name in plain-text lines, as {name} or %(name)s. Default: {name}.",
    )
    message_format: Text | None = Field(
        default="{level} - {message}",
        description="Level and message of plain-text lines, with {level} and {message} or their "
        "%-forms. Default: {level} - {message}.",
    )
    subsecond_digits: Digits | None = Field(
        default=None,
        description="Digits after the second, 0 to 9. Default: each format's own.",
    )
    time_zone: Text | None = Field(
        default=None,
        description="local, utc, +02:00 or Europe/Vienna. Default: local in plain text, UTC "
        "elsewhere.",
    )
    source: Switch | None = Field(
        default=False,
        description="Whether lines name the source file and line of the call. Default: false.",
    )
    max_message_size: Size | None = Field(
        default="16MB",
        description="Longer texts, the message and each text in a field, are truncated and "
        "marked, each by itself. Default: 16MB.",
    )
    lazy_initialization: Switch | None = Field(
        default=True,
        description="Whether a destination opens at its first record only. Default: true.",
    )
    buffer_size: Size | None = Field(
        default=None,
        description="The size of file destinations' buffers. Default: none, each record is "
        "written through.",
    )
    flush_interval: Duration | None = Field(
        default=None,
        description="The longest time that a record rests in such a buffer.",
    )
    durability: Durability | None = Field(
        default="memory",
        description="What an asynchronous logger's records survive once their call has returned: "
        "memory, an orderly end of the process; process, kill -9 too; power, a loss of power "
        "too. Default: memory.",
    )
    state_dir: Text | None = Field(
        default=None,
        description="The directory for what must outlive the process. Default: "
        "HYDRA_LOG_STATE_DIR, STATE_DIRECTORY, or hydra-logger under XDG_STATE_HOME.",
    )
    primary_strategy: Strategy | None = Field(
        default=None,
        description="The first strategy of an asynchronous logger's queues. Default: async. "
        "Without this and others, a record that its destination refuses is dropped.",
    )
    fallback_strategies: list[Strategy] | None = Field(
        default=[],
        description="The strategies that take over while a destination is in trouble, in their "
        "order. Default: none.",
    )
    redact_sensitive: Switch | None = Field(
        default=True, description="Whether sensitive data is redacted. Default: true."
    )
    redaction: Redaction | None = Field(
        default=None, description="What is redacted, and what stands in its place."
    )
    enable_security: Switch | None = Field(
        default=False,
        description="Whether threats in messages are counted and marked. Default: false.",
    )
    enable_sanitization: Switch | None = Field(
        default=True, description="Whether the sanitizer runs. Default: true."
    )
    enable_plugins: Switch | None = Field(
        default=True, description="Whether plugins are called. Default: true."
    )
    enable_performance: Switch | None = Field(
        default=True,
        validation_alias=AliasChoices("enable_performance", "enable_performance_monitoring"),
        description="Whether latencies are measured. Default: true.",
    )
    enable_analytics: Switch | None = Field(
        default=False, description="Whether analytics run. Default: false."
    )
    themes: dict[str, Theme] | None = Field(
        default=None, description="Themes by name, for the key theme."
    )
    theme: Text | Theme | None = Field(
        default="default",
        description="The colours: default, dark, light, quiet, one of themes, or colours by level.",
    )

    @model_validator(mode="before")
    @classmethod
    def _ask_the_core(cls, data: Any) -> Any:
        # Layers check themselves, and what is elsewhere (presets, files) is not looked for here.
        return problems_of(
            cls, data, lambda given: given, (), apart=("layers", "extends", "include")
        )

    @property
    def enable_performance_monitoring(self) -> bool | None:
        """The constructor's name for `enable_performance`."""
        return self.enable_performance
