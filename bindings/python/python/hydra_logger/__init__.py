"""One logger with many heads: layers that route records to many destinations in many formats.

>>> from hydra_logger import HydraLogger
>>> logger = HydraLogger()
>>> logger.info("APP", "started")

Importing this package and writing a first line loads neither ``typing`` nor ``logging``: every
name but the logger itself is imported when it is first used.
"""

from hydra_logger._core import AsyncHydraLogger, HydraLogger, __version__
from hydra_logger._process import watch as _watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydra_logger.config.loaders import (
        create_log_directories,
        get_async_default_config,
        get_default_config,
        load_config,
        load_config_from_dict,
        load_config_from_env,
        merge_configs,
        validate_config,
    )
    from hydra_logger.config.models import (
        LogDestination,
        LoggingConfig,
        LogLayer,
    )
    from hydra_logger.core.constants import (
        ANALYTICS_SETTINGS,
        ASYNC_SETTINGS,
        CLOUD_PROVIDER_PATTERNS,
        DEFAULT_COLORS,
        DEFAULT_CONFIG,
        DEFAULT_FORMATS,
        ENV_VARS,
        FILE_SETTINGS,
        FRAMEWORK_PATTERNS,
        LOG_LEVELS,
        NAMED_COLORS,
        PERFORMANCE_SETTINGS,
        PII_PATTERNS,
        PLUGIN_SETTINGS,
        VALID_DESTINATION_TYPES,
        VALID_FORMATS,
        Colors,
    )
    from hydra_logger.core.error_handler import (
        ErrorTracker,
        clear_error_stats,
        close_error_tracker,
        error_context,
        get_error_stats,
        get_error_tracker,
        track_async_error,
        track_configuration_error,
        track_error,
        track_hydra_error,
        track_performance_error,
        track_plugin_error,
        track_runtime_error,
        track_validation_error,
    )
    from hydra_logger.core.exceptions import (
        AnalyticsError,
        AsyncError,
        CompatibilityError,
        ConfigurationError,
        DataProtectionError,
        FormatterError,
        HandlerError,
        HydraLoggerError,
        HydraLoggerException,
        PerformanceError,
        PluginError,
        ValidationError,
    )
    from hydra_logger.core.logger import create_logger
    from hydra_logger.data_protection.fallbacks import (
        AtomicWriter,
        BackupManager,
        CorruptionDetector,
        DataLossProtection,
        DataRecovery,
        FallbackHandler,
    )
    from hydra_logger.data_protection.security import (
        AsyncSecurityValidator,
        DataHasher,
        DataSanitizer,
        Redactor,
        SecurityValidator,
        redact,
    )
    from hydra_logger.detection import (
        detect_cloud_provider,
        detect_framework,
    )
    from hydra_logger.formatters import (
        ColoredTextFormatter,
    )
    from hydra_logger.handlers import (
        BufferedFileHandler,
    )
    from hydra_logger.magic_configs import (
        MagicConfigRegistry,
        register_magic_config,
    )
    from hydra_logger.performance import PerformanceMonitor
    from hydra_logger.stdlib_logging import HydraHandler, install, uninstall
else:
    # Where each lazy name lives.
    _HOME = {
        "create_logger": "hydra_logger.core.logger",
        "detect_cloud_provider": "hydra_logger.detection",
        "detect_framework": "hydra_logger.detection",
        "AnalyticsError": "hydra_logger.core.exceptions",
        "AsyncError": "hydra_logger.core.exceptions",
        "DataProtectionError": "hydra_logger.core.exceptions",
        "ErrorTracker": "hydra_logger.core.error_handler",
        "clear_error_stats": "hydra_logger.core.error_handler",
        "close_error_tracker": "hydra_logger.core.error_handler",
        "error_context": "hydra_logger.core.error_handler",
        "get_error_stats": "hydra_logger.core.error_handler",
        "get_error_tracker": "hydra_logger.core.error_handler",
        "track_async_error": "hydra_logger.core.error_handler",
        "track_configuration_error": "hydra_logger.core.error_handler",
        "track_error": "hydra_logger.core.error_handler",
        "track_hydra_error": "hydra_logger.core.error_handler",
        "track_performance_error": "hydra_logger.core.error_handler",
        "track_plugin_error": "hydra_logger.core.error_handler",
        "track_runtime_error": "hydra_logger.core.error_handler",
        "track_validation_error": "hydra_logger.core.error_handler",
        "ANALYTICS_SETTINGS": "hydra_logger.core.constants",
        "ASYNC_SETTINGS": "hydra_logger.core.constants",
        "CLOUD_PROVIDER_PATTERNS": "hydra_logger.core.constants",
        "Colors": "hydra_logger.core.constants",
        "DEFAULT_COLORS": "hydra_logger.core.constants",
        "DEFAULT_CONFIG": "hydra_logger.core.constants",
        "DEFAULT_FORMATS": "hydra_logger.core.constants",
        "ENV_VARS": "hydra_logger.core.constants",
        "FILE_SETTINGS": "hydra_logger.core.constants",
        "FRAMEWORK_PATTERNS": "hydra_logger.core.constants",
        "LOG_LEVELS": "hydra_logger.core.constants",
        "NAMED_COLORS": "hydra_logger.core.constants",
        "PERFORMANCE_SETTINGS": "hydra_logger.core.constants",
        "PII_PATTERNS": "hydra_logger.core.constants",
        "PLUGIN_SETTINGS": "hydra_logger.core.constants",
        "VALID_DESTINATION_TYPES": "hydra_logger.core.constants",
        "VALID_FORMATS": "hydra_logger.core.constants",
        "AtomicWriter": "hydra_logger.data_protection.fallbacks",
        "BackupManager": "hydra_logger.data_protection.fallbacks",
        "CorruptionDetector": "hydra_logger.data_protection.fallbacks",
        "DataLossProtection": "hydra_logger.data_protection.fallbacks",
        "DataRecovery": "hydra_logger.data_protection.fallbacks",
        "FallbackHandler": "hydra_logger.data_protection.fallbacks",
        "AsyncSecurityValidator": "hydra_logger.data_protection.security",
        "DataHasher": "hydra_logger.data_protection.security",
        "DataSanitizer": "hydra_logger.data_protection.security",
        "Redactor": "hydra_logger.data_protection.security",
        "SecurityValidator": "hydra_logger.data_protection.security",
        "redact": "hydra_logger.data_protection.security",
        "LogDestination": "hydra_logger.config.models",
        "LogLayer": "hydra_logger.config.models",
        "LoggingConfig": "hydra_logger.config.models",
        "create_log_directories": "hydra_logger.config.loaders",
        "get_async_default_config": "hydra_logger.config.loaders",
        "get_default_config": "hydra_logger.config.loaders",
        "load_config": "hydra_logger.config.loaders",
        "load_config_from_dict": "hydra_logger.config.loaders",
        "load_config_from_env": "hydra_logger.config.loaders",
        "merge_configs": "hydra_logger.config.loaders",
        "validate_config": "hydra_logger.config.loaders",
        "PerformanceMonitor": "hydra_logger.performance",
        "MagicConfigRegistry": "hydra_logger.magic_configs",
        "register_magic_config": "hydra_logger.magic_configs",
        "ColoredTextFormatter": "hydra_logger.formatters",
        "BufferedFileHandler": "hydra_logger.handlers",
        "HydraHandler": "hydra_logger.stdlib_logging",
        "install": "hydra_logger.stdlib_logging",
        "uninstall": "hydra_logger.stdlib_logging",
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
        # Not importlib: that loads `warnings` too, for half a millisecond.
        value = globals()[name] = getattr(__import__(home, None, None, [name]), name)
        return value

    def __dir__():
        """Name the lazy names too."""
        return sorted({*globals(), *_HOME})


_watch()

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
    "AnalyticsError",
    "AsyncError",
    "AsyncHydraLogger",
    "AsyncSecurityValidator",
    "AtomicWriter",
    "BackupManager",
    "BufferedFileHandler",
    "ColoredTextFormatter",
    "Colors",
    "CompatibilityError",
    "ConfigurationError",
    "CorruptionDetector",
    "DataHasher",
    "DataLossProtection",
    "DataProtectionError",
    "DataRecovery",
    "DataSanitizer",
    "ErrorTracker",
    "FallbackHandler",
    "FormatterError",
    "HandlerError",
    "HydraHandler",
    "HydraLogger",
    "HydraLoggerError",
    "HydraLoggerException",
    "LogDestination",
    "LogLayer",
    "LoggingConfig",
    "MagicConfigRegistry",
    "PerformanceError",
    "PerformanceMonitor",
    "PluginError",
    "Redactor",
    "SecurityValidator",
    "ValidationError",
    "__version__",
    "clear_error_stats",
    "close_error_tracker",
    "create_log_directories",
    "create_logger",
    "detect_cloud_provider",
    "detect_framework",
    "error_context",
    "get_async_default_config",
    "get_default_config",
    "get_error_stats",
    "get_error_tracker",
    "install",
    "load_config",
    "load_config_from_dict",
    "load_config_from_env",
    "merge_configs",
    "redact",
    "register_magic_config",
    "track_async_error",
    "track_configuration_error",
    "track_error",
    "track_hydra_error",
    "track_performance_error",
    "track_plugin_error",
    "track_runtime_error",
    "track_validation_error",
    "uninstall",
    "validate_config",
]
