"""The import lines of the acceptance snippets, and the module paths that existing users write."""

import subprocess
import sys
from importlib import import_module

import hydra_logger
import pytest

THERE = [
    "from hydra_logger import HydraLogger, create_logger",
    "from hydra_logger import track_error, get_error_stats",
    "from hydra_logger import PII_PATTERNS, FRAMEWORK_PATTERNS, CLOUD_PROVIDER_PATTERNS",
    "from hydra_logger.config import LoggingConfig",
    "from hydra_logger.core import HydraLoggerError",
    "from hydra_logger.core import HydraLoggerException",
    "import hydra_logger.plugins, hydra_logger.data_protection, hydra_logger.async_hydra",
    "from hydra_logger.core.logger import HydraLogger, create_logger",
    "from hydra_logger.core.constants import LOG_LEVELS, VALID_FORMATS, Colors",
    "from hydra_logger.core.exceptions import ConfigurationError, DataProtectionError",
    "from hydra_logger.core.error_handler import get_error_tracker, error_context",
    "from hydra_logger.config.models import LogDestination, LoggingConfig, LogLayer",
    "from hydra_logger.config.loaders import load_config, get_default_config",
    "from hydra_logger.config.constants import DEFAULT_CONFIG, ENV_VARS",
    "from hydra_logger.magic_configs import MagicConfigRegistry, production_config",
    "from hydra_logger import ColoredTextFormatter, BufferedFileHandler, PerformanceMonitor",
    "from hydra_logger.data_protection import DataSanitizer, SecurityValidator",
    "from hydra_logger.data_protection.security import DataHasher, AsyncSecurityValidator",
    "from hydra_logger import DataSanitizer, SecurityValidator, DataHasher",
    "from hydra_logger import AsyncHydraLogger",
    "from hydra_logger.async_hydra import AsyncHydraLogger",
    "from hydra_logger.async_hydra import AsyncContextManager, AsyncTraceManager",
    "from hydra_logger.async_hydra import BackwardCompatibleAsyncHydraLogger",
    "from hydra_logger.async_hydra.core.coroutine_manager import CoroutineManager",
    "from hydra_logger.async_hydra.core.event_loop_manager import EventLoopManager",
    "from hydra_logger.async_hydra.core.bounded_queue import BoundedAsyncQueue",
    "from hydra_logger.async_hydra.core.shutdown_manager import SafeShutdownManager",
    "from hydra_logger.async_hydra.core.health_monitor import AsyncHealthMonitor",
    "from hydra_logger.async_hydra.core.memory_monitor import MemoryMonitor",
    "from hydra_logger.async_hydra import AsyncHealthMonitor",
    "from hydra_logger.async_hydra.core.error_tracker import AsyncErrorTracker",
    "from hydra_logger.async_hydra.handlers.base_handler import BaseAsyncHandler",
    "from hydra_logger.async_hydra.handlers.file_handler import ProfessionalAsyncFileHandler",
    "from hydra_logger.async_hydra.handlers.console_handler import AsyncConsoleHandler",
    "from hydra_logger.async_hydra.handlers.composite_handler import AsyncCompositeHandler",
    "from hydra_logger.async_hydra.context.context_manager import ProfessionalAsyncContextManager",
    "from hydra_logger.async_hydra.context.trace_manager import AsyncTraceManager",
    "from hydra_logger.async_hydra.context.context_switcher import AsyncContextSwitcher",
    "from hydra_logger.async_hydra.queue import MultiFallbackAsyncQueue",
    "from hydra_logger.async_hydra.logger import AsyncHydraLogger",
    "from hydra_logger.async_hydra.performance import AsyncPerformanceMonitor",
    "from hydra_logger.async_hydra.compatibility import BackwardCompatibleAsyncHydraLogger",
]

# What this version does not have yet: a name that is there must do its work.
ABSENT = [
    ("hydra_logger.plugins", "register_plugin"),
    ("hydra_logger.plugins", "AnalyticsPlugin"),
    ("hydra_logger.plugins", "WebSocketBridgePlugin"),
    ("hydra_logger.plugins", "MultiAgentSystemPlugin"),
]


@pytest.mark.parametrize("line", THERE)
def test_a_line_of_imports_runs_as_it_is_written(line: str) -> None:
    exec(line, {})


@pytest.mark.parametrize(("module", "name"), ABSENT)
def test_what_is_not_there_yet_is_absent_and_not_a_stub(module: str, name: str) -> None:
    assert not hasattr(import_module(module), name)
    with pytest.raises(ImportError):
        exec(f"from {module} import {name}", {})


@pytest.mark.parametrize(
    "module",
    [
        "hydra_logger",
        "hydra_logger.core",
        "hydra_logger.config",
        "hydra_logger.async_hydra",
        "hydra_logger.async_hydra.core",
        "hydra_logger.async_hydra.handlers",
        "hydra_logger.async_hydra.context",
    ],
)
def test_every_name_that_a_package_lists_is_there(module: str) -> None:
    package = import_module(module)
    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError, match="no_such_name"):
        package.no_such_name  # noqa: B018


def test_a_name_is_one_thing_whatever_module_it_comes_from() -> None:
    from hydra_logger import config, core

    for package in (core, config):
        shared = set(hydra_logger.__all__) & set(dir(package))
        assert "ConfigurationError" in shared or "LoggingConfig" in shared
        for name in shared - {"__version__"}:
            assert getattr(hydra_logger, name) is getattr(package, name)


def test_the_packages_of_the_plan_import_nothing_heavy_by_themselves() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import hydra_logger, hydra_logger.core, hydra_logger.config, hydra_logger.plugins\n"
        "import hydra_logger.data_protection, hydra_logger.async_hydra\n"
        "import hydra_logger.async_hydra.core, hydra_logger.async_hydra.context\n"
        "import hydra_logger.async_hydra.handlers\n"
        "heavy = {'typing', 'logging', 'dataclasses', 'asyncio', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
