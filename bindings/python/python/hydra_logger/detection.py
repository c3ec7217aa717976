"""What a program runs on: its web framework, its cloud provider.

Nothing is imported and nothing is asked of the network: a framework is known by the modules that
the program has imported, a provider by its environment variables.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from . import _core
from .core.constants import CLOUD_PROVIDER_PATTERNS, FRAMEWORK_PATTERNS

__all__ = ["detect_cloud_provider", "detect_framework", "web_app_config"]

# The log in which each framework, or its usual server, writes a line for each request.
_ACCESS_LOGS = {
    "fastapi": "uvicorn.access",
    "django": "django.server",
    "flask": "werkzeug",
    "tornado": "tornado.access",
    "aiohttp": "aiohttp.access",
}


def detect_framework() -> str | None:
    """The web framework that the program has imported: a name of `FRAMEWORK_PATTERNS`, or None.

    Of several, the first of the table: call it when the application's modules are imported.
    """
    for name, modules in FRAMEWORK_PATTERNS.items():
        if any(module in sys.modules for module in modules):
            return name
    return None


def detect_cloud_provider() -> str | None:
    """The provider whose environment variables are set: a name of `CLOUD_PROVIDER_PATTERNS`.

    None where there is none. A developer's machine may have some too (``AWS_REGION``).
    """
    for name, beginnings in CLOUD_PROVIDER_PATTERNS.items():
        if any(variable.startswith(beginnings) for variable in os.environ):
            return name
    return None


def web_app_config() -> dict[str, Any]:
    """The preset ``web_app`` for the framework at hand, as `HydraLogger.for_web_app` has it.

    The framework's access log, where it comes through `logging`, goes where the layer REQUEST
    does. Without a framework it is the preset as it is.
    """
    config: dict[str, Any] = {"extends": "web_app"}
    framework = detect_framework()
    if framework is not None:
        request = _core.preset("web_app")["layers"]["REQUEST"]
        config["layers"] = {_ACCESS_LOGS[framework]: request}
    return config
