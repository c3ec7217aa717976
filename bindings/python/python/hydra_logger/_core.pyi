from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from datetime import timedelta
from logging import Handler, Logger, LogRecord
from os import PathLike
from types import TracebackType
from typing import (
    Any,
    Generic,
    Literal,
    Protocol,
    Self,
    TypeAlias,
    TypedDict,
    Unpack,
    final,
)

from typing_extensions import TypeVar, disjoint_base

from hydra_logger.async_hydra.queue import MultiFallbackAsyncQueue
from hydra_logger.data_protection.fallbacks import Integrity, Recovered
from hydra_logger.data_protection.security import Validation

__all__ = [
    "AsyncHydraLogger",
    "BoundLogger",
    "Captured",
    "ContextScope",
    "DataHasher",
    "Done",
    "ErrorSubscription",
    "HydraLogger",
    "Layer",
    "LineRenderer",
    "LoggingSink",
    "Redactor",
    "Registration",
    "Room",
    "SecurityValidator",
    "Work",
    "__version__",
    "add_logging_methods",
    "backup_file",
    "canonical_word",
    "capture",
    "change_context",
    "check_file",
    "clear_error_stats",
    "cli_main",
    "colors",
    "context_scope",
    "default_colors",
    "default_config",
    "done",
    "environment_config",
    "environment_variables",
    "error_stats",
    "file_defaults",
    "flush_all",
    "has_preset",
    "keep_message",
    "kept_messages",
    "levels",
    "list_backups",
    "load_config_file",
    "log_errors_to",
    "logging_functions",
    "memory_usage",
    "merge_values",
    "on_error",
    "preset",
    "presets_list",
    "recover_file",
    "register_preset",
    "remove_messages",
    "resident_memory",
    "resolve_config",
    "restore_backup",
    "retire_all",
    "retire_engines",
    "sanitize_text",
    "schema",
    "show_consoles_with",
    "track_error",
    "validate_config",
    "words",
    "write_file",
]

__version__: str

_F = TypeVar("_F", bound=Callable[[], object])
_Text = TypeVar("_Text", str, bytes)
_Alerted = TypeVar("_Alerted", bound=Callable[[dict[str, Any]], object])
# What a call of a level's method returns.
_R_co = TypeVar("_R_co", default=None, covariant=True)

class _Plugin(Protocol):
    """What HydraLogger.add_plugin() takes."""

    def process_event(self, event: dict[str, Any], /) -> object: ...

class _Model(Protocol):
    def model_dump(self, *, exclude_unset: bool) -> dict[str, Any]: ...

def validate_config(config: object) -> list[str]: ...
def schema() -> str: ...
def load_config_file(path: str | PathLike[str]) -> dict[str, Any]: ...
def resolve_config(config: object) -> dict[str, Any]: ...
def default_config() -> dict[str, Any]: ...
def environment_config() -> dict[str, Any]: ...
def environment_variables() -> list[tuple[str, str]]: ...
def merge_values(base: object, over: object) -> dict[str, Any]: ...
def preset(name: str) -> dict[str, Any]: ...
def presets_list() -> list[tuple[str, str, bool]]: ...
def has_preset(name: str) -> bool: ...
def register_preset(name: str, description: str, config: object) -> None: ...
def words(kind: str) -> list[str]: ...
def canonical_word(kind: str, spelled: str) -> str | None: ...
def levels() -> dict[str, int]: ...
def colors() -> dict[str, str]: ...
def default_colors() -> dict[str, str]: ...
def file_defaults() -> dict[str, Any]: ...
def cli_main(arguments: Sequence[str | PathLike[str]]) -> int: ...
def flush_all(seconds: float) -> bool: ...
def retire_all(seconds: float) -> bool: ...
def retire_engines(seconds: float) -> None: ...
def track_error(
    kind: str,
    message: str,
    component: str = "",
    *,
    severity: str = "ERROR",
    context: str | None = None,
) -> None: ...
def error_stats() -> dict[str, Any]: ...
def clear_error_stats() -> None: ...
def log_errors_to(path: str | PathLike[str]) -> ErrorSubscription: ...
def on_error(callback: Callable[[dict[str, Any]], object]) -> ErrorSubscription: ...
def show_consoles_with(show: Callable[[str, str], object]) -> bool: ...

@final
class ErrorSubscription:
    def close(self) -> None: ...

_ExcInfo: TypeAlias = (
    bool
    | BaseException
    | tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | None
)

_Action: TypeAlias = Literal["replace", "mask", "remove", "hash", "encrypt"]

@final
class Redactor:
    def __new__(
        cls,
        detectors: Sequence[str] | None = None,
        *,
        patterns: Mapping[str, str] | None = None,
        allow: Sequence[str] | None = None,
        sensitive_keys: Sequence[str] | None = None,
        allowed_keys: Sequence[str] | None = None,
        action: _Action = "replace",
        actions: Mapping[str, _Action] | None = None,
        hash_key: tuple[str, bytes] | None = None,
        encryption_key: tuple[str, bytes] | None = None,
    ) -> Self: ...
    def reveal(self, text: str) -> str: ...
    def redact(self, text: _Text) -> _Text: ...
    def find(self, text: str | bytes) -> list[dict[str, Any]]: ...
    def sensitive_label(self, name: str) -> str | None: ...
    def hide(self, name: str, text: str) -> str: ...
    def hide_all(self, name: str) -> str | None: ...
    def counts(self) -> dict[str, int]: ...

def sanitize_text(text: _Text) -> _Text: ...
def write_file(path: str, contents: bytes, keep_backups: int) -> None: ...
def backup_file(path: str, keep: int) -> str | None: ...
def list_backups(path: str) -> list[str]: ...
def restore_backup(path: str) -> bool: ...
def check_file(path: str, layout: str) -> Integrity: ...
def recover_file(path: str, layout: str) -> Recovered: ...
def keep_message(folder: str, queue: str, message: bytes, max_retries: int) -> str: ...
def kept_messages(folder: str, queue: str) -> list[str]: ...
def remove_messages(folder: str, age_seconds: float) -> int: ...

@final
class SecurityValidator:
    def __new__(cls) -> Self: ...
    def validate_input(self, text: str | bytes) -> Validation: ...
    def add_threat_pattern(
        self, name: str, pattern: str, severity: Literal["low", "medium", "high"] = "medium"
    ) -> None: ...
    def remove_threat_pattern(self, name: str) -> bool: ...

@final
class DataHasher:
    def __new__(
        cls,
        algorithm: str = "sha256",
        *,
        key: bytes | None = None,
        key_id: str = "k1",
        old_keys: Mapping[str, bytes] | None = None,
    ) -> Self: ...
    def hash_data(self, data: object) -> str: ...
    def verify_hash(self, data: object, hash_value: str) -> bool: ...
    def hash_sensitive_fields(
        self, data: dict[str, Any], sensitive_fields: Sequence[str]
    ) -> dict[str, Any]: ...
    @staticmethod
    def hash_password(password: str) -> str: ...
    @staticmethod
    def verify_password(password: str, hash_value: str) -> bool: ...

@final
class LineRenderer:
    def __new__(
        cls,
        layout: str,
        *,
        theme: str | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        logger_name_format: str | None = None,
        message_format: str | None = None,
    ) -> Self: ...
    def render(
        self,
        level: int,
        layer: str,
        message: str,
        time: float,
        fields: list[tuple[str, str]],
    ) -> str: ...

class _MoreArguments(TypedDict, total=False):
    enable_performance_monitoring: bool | None
    enable_analytics: bool | None
    redact_sensitive: bool | None
    date_format: str | None
    time_format: str | None
    logger_name_format: str | None
    message_format: str | None
    buffer_size: int | str | None
    flush_interval: float | str | timedelta | None
    high_performance_mode: bool
    minimal_features_mode: bool
    bare_metal_mode: bool
    ultra_fast_mode: bool
    release_gil: bool
    handle_signals: bool
    watch: bool
    raise_errors: bool

class _Arguments(_MoreArguments, total=False):
    # Of AsyncHydraLogger alone.
    queue_size: int
    queue_class: type[MultiFallbackAsyncQueue] | None
    test_mode: bool
    durability: str | None
    state_dir: str | PathLike[str] | None
    ring_checksums: bool
    enable_security: bool | None
    enable_sanitization: bool | None
    enable_plugins: bool | None

@disjoint_base
class HydraLogger(Generic[_R_co]):
    def __init__(
        self,
        config: Mapping[str, Any] | _Model | str | PathLike[str] | None = None,
        *,
        enable_security: bool | None = None,
        enable_sanitization: bool | None = None,
        enable_plugins: bool | None = None,
        enable_performance_monitoring: bool | None = None,
        enable_analytics: bool | None = None,
        redact_sensitive: bool | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        logger_name_format: str | None = None,
        message_format: str | None = None,
        buffer_size: int | str | None = None,
        flush_interval: float | str | timedelta | None = None,
        high_performance_mode: bool = False,
        minimal_features_mode: bool = False,
        bare_metal_mode: bool = False,
        ultra_fast_mode: bool = False,
        release_gil: bool = False,
        handle_signals: bool = False,
        watch: bool = False,
        raise_errors: bool = False,
    ) -> None: ...
    def trace(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def debug(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def info(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def warning(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def error(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def critical(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def exception(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def security(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def audit(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def compliance(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def log(
        self,
        *args: object,
        level: str | int | None = None,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def bind(self, **fields: object) -> BoundLogger[_R_co]: ...
    def contextualize(self, **fields: object) -> ContextScope: ...
    def set_context(self, **fields: object) -> None: ...
    @staticmethod
    def get_context() -> dict[str, Any]: ...
    @staticmethod
    def clear_context() -> None: ...
    def add_plugin(self, name: str, plugin: _Plugin | type[_Plugin]) -> None: ...
    def remove_plugin(self, name: str) -> bool: ...
    def layer(self, name: str) -> Layer[_R_co]: ...
    def set_level(self, level: str | int, layer: str | int | None = None) -> None: ...
    def is_enabled_for(self, level: str | int, layer: str | int | None = None) -> bool: ...
    @property
    def config(self) -> dict[str, Any]: ...
    def update_config(self, config: Mapping[str, Any] | _Model | str | PathLike[str]) -> None: ...
    def get_performance_metrics(self) -> dict[str, Any]: ...
    def get_prometheus_metrics(self) -> str: ...
    @staticmethod
    def get_error_stats() -> dict[str, Any]: ...
    @staticmethod
    def clear_error_stats() -> None: ...
    def flush(self) -> _R_co: ...
    def close(self) -> _R_co: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
        /,
    ) -> None: ...
    @classmethod
    def for_production(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_development(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_testing(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_microservice(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_web_app(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_api_service(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_background_worker(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_high_performance(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_minimal_features(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_bare_metal(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_async_production(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_throughput_optimized(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_latency_critical(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_ultra_high_performance(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_ultra_fast(cls, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_custom(cls, name: str, /, **arguments: Unpack[_Arguments]) -> Self: ...
    @classmethod
    def for_magic(cls, name: str, /, **arguments: Unpack[_Arguments]) -> Self: ...
    @staticmethod
    def list_magic_configs() -> dict[str, str]: ...
    @staticmethod
    def has_magic_config(name: str) -> bool: ...
    @staticmethod
    def register_magic(name: str, description: str = "") -> Registration: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object, /) -> Self: ...
    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any]]]: ...
    __dict__: dict[str, Any]

_Result_co = TypeVar("_Result_co", default=None, covariant=True)

class _Awaitable(Coroutine[Any, Any, _Result_co]):
    """It has done its work, or begun it: nobody need await it."""

    def __await__(self) -> Generator[Any, Any, _Result_co]: ...
    def send(self, _value: object, /) -> Any: ...
    def throw(
        self,
        kind: Any,
        value: BaseException | object = None,
        _traceback: TracebackType | None = None,
        /,
    ) -> Any: ...
    def close(self) -> None: ...

@final
class Done(_Awaitable):
    def __iter__(self) -> Self: ...
    def __next__(self) -> None: ...

def done() -> Done: ...

@final
class Room:
    def done(self) -> bool: ...
    def work(self) -> Work: ...

@final
class Work:
    def fileno(self) -> int: ...
    def done(self) -> bool: ...
    def result(self) -> dict[str, int] | None: ...

_Strategy: TypeAlias = Literal["async", "sync", "direct", "memory"]

class AsyncHydraLogger(HydraLogger[_Awaitable]):
    def __init__(
        self,
        config: Mapping[str, Any] | _Model | str | PathLike[str] | None = None,
        *,
        enable_security: bool | None = None,
        enable_sanitization: bool | None = None,
        enable_plugins: bool | None = None,
        enable_performance_monitoring: bool | None = None,
        enable_analytics: bool | None = None,
        redact_sensitive: bool | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        logger_name_format: str | None = None,
        message_format: str | None = None,
        buffer_size: int | str | None = None,
        flush_interval: float | str | timedelta | None = None,
        high_performance_mode: bool = False,
        minimal_features_mode: bool = False,
        bare_metal_mode: bool = False,
        ultra_fast_mode: bool = False,
        release_gil: bool = False,
        handle_signals: bool = False,
        watch: bool = False,
        raise_errors: bool = False,
        queue_size: int = 100_000,
        queue_class: type[MultiFallbackAsyncQueue] | None = None,
        primary_strategy: _Strategy | None = None,
        fallback_strategies: Sequence[_Strategy] | None = None,
        test_mode: bool = False,
        durability: str | None = None,
        state_dir: str | PathLike[str] | None = None,
        ring_checksums: bool = False,
    ) -> None: ...
    @property
    def durability(self) -> Literal["memory", "process", "power"]: ...
    def durability_of(self, layer: str) -> Literal["memory", "process", "power"]: ...
    def initialize(self) -> _Awaitable: ...
    def aclose(self) -> _Awaitable[dict[str, int]]: ...
    def await_pending(self) -> _Awaitable: ...
    def graceful_shutdown(self, timeout: float = 30.0) -> _Awaitable[dict[str, int]]: ...
    def get_pending_count(self) -> int: ...
    def get_health_status(self) -> dict[str, Any]: ...
    def is_healthy(self) -> bool: ...
    def on_alert(self, callback: _Alerted) -> _Alerted: ...
    def get_detailed_metrics(self) -> dict[str, Any]: ...
    def get_queue_performance_metrics(self) -> dict[str, Any]: ...
    def pin_strategy(self, destination: str, strategy: _Strategy | None = None) -> None: ...
    def log_structured(
        self,
        layer: str,
        level: str | int,
        message: str,
        correlation_id: str | None = None,
        context: Mapping[str, object] | None = None,
        **fields: object,
    ) -> _Awaitable: ...
    def log_with_context(
        self, layer: str, level: str | int, message: str, **fields: object
    ) -> _Awaitable: ...
    def log_request(
        self,
        request_id: str,
        method: str,
        path: str,
        status_code: int | None = None,
        duration: float | None = None,
        **fields: object,
    ) -> _Awaitable: ...
    def log_user_action(
        self,
        user_id: str,
        action: str,
        resource: str | None = None,
        success: bool = True,
        **fields: object,
    ) -> _Awaitable: ...
    def log_error_with_context(
        self,
        error: BaseException,
        layer: str = "ERROR",
        context: Mapping[str, object] | None = None,
        **fields: object,
    ) -> _Awaitable: ...
    def log_performance(
        self, operation: str, duration: float, layer: str = "PERFORMANCE", **fields: object
    ) -> _Awaitable: ...
    def __aenter__(self) -> Coroutine[Any, Any, Self]: ...
    def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
        /,
    ) -> _Awaitable: ...

@final
class BoundLogger(Generic[_R_co]):
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object, /) -> Self: ...
    def trace(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def debug(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def info(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def warning(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def error(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def critical(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def exception(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def security(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def audit(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def compliance(
        self,
        *args: object,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def log(
        self,
        *args: object,
        level: str | int | None = None,
        layer: str | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def bind(self, **fields: object) -> BoundLogger[_R_co]: ...
    def unbind(self, *names: str) -> BoundLogger[_R_co]: ...
    def layer(self, name: str) -> Layer[_R_co]: ...
    @property
    def logger(self) -> HydraLogger[_R_co]: ...
    @property
    def fields(self) -> dict[str, Any]: ...
    def __getattr__(self, name: str, /) -> Any: ...

@final
class Layer(Generic[_R_co]):
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object, /) -> Self: ...
    def trace(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def debug(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def info(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def warning(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def error(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def critical(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def exception(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def security(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def audit(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def compliance(
        self,
        *args: object,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def log(
        self,
        *args: object,
        level: str | int | None = None,
        extra: object = None,
        exc_info: _ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: object,
    ) -> _R_co: ...
    def bind(self, **fields: object) -> Layer[_R_co]: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    def is_enabled_for(self, level: str | int) -> bool: ...

@final
class ContextScope:
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
        /,
    ) -> None: ...

def context_scope(fields: dict[str, Any]) -> ContextScope: ...
def change_context(removed: list[str], added: dict[str, Any]) -> None: ...
def resident_memory() -> int: ...
def memory_usage() -> tuple[int, int, str] | None: ...

@final
class Captured:
    def records(self, *, forget: bool = False) -> list[dict[str, Any]]: ...
    def __len__(self) -> int: ...

def capture() -> tuple[HydraLogger, Captured]: ...

@final
class LoggingSink:
    def __new__(cls, logger: HydraLogger[object]) -> Self: ...
    @property
    def logger(self) -> HydraLogger[object]: ...
    @property
    def lowest_level(self) -> int: ...
    def emit(self, record: LogRecord, text: str | None = None) -> None: ...

def add_logging_methods(
    logger: type[Logger], root: type[Logger], handler: type[Handler]
) -> None: ...
def logging_functions() -> dict[str, Callable[..., None]]: ...

@final
class Registration:
    def __call__(self, function: _F, /) -> _F: ...
