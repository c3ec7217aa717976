import json
import os
import sys
from pathlib import Path
from types import ModuleType

import hydra_logger
import pytest
from conftest import run
from hydra_logger import HydraLogger, detect_cloud_provider, detect_framework
from hydra_logger.core.constants import CLOUD_PROVIDER_PATTERNS, FRAMEWORK_PATTERNS


@pytest.fixture(autouse=True)
def _nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for modules in FRAMEWORK_PATTERNS.values():
        for module in modules:
            monkeypatch.delitem(sys.modules, module, raising=False)
    beginnings = tuple(b for each in CLOUD_PROVIDER_PATTERNS.values() for b in each)
    for name in os.environ:
        if name.startswith(beginnings):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("framework", FRAMEWORK_PATTERNS)
def test_a_framework_is_known_by_its_imported_module(
    framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert detect_framework() is None
    monkeypatch.setitem(sys.modules, framework, ModuleType(framework))
    assert detect_framework() == framework


@pytest.mark.parametrize(
    ("variable", "provider"),
    [
        ("AWS_LAMBDA_FUNCTION_NAME", "aws"),
        ("K_SERVICE", "gcp"),
        ("WEBSITE_SITE_NAME", "azure"),
        ("DYNO", "heroku"),
        ("DIGITALOCEAN_TOKEN", "digitalocean"),
    ],
)
def test_a_provider_is_known_by_its_environment(
    variable: str, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert detect_cloud_provider() is None
    monkeypatch.setenv(variable, "1")
    assert detect_cloud_provider() == provider


@pytest.mark.parametrize(
    ("framework", "access_log"),
    [
        ("fastapi", "uvicorn.access"),
        ("django", "django.server"),
        ("flask", "werkzeug"),
        ("tornado", "tornado.access"),
        ("aiohttp", "aiohttp.access"),
    ],
)
def test_for_web_app_sends_the_access_log_of_the_framework_where_requests_go(
    framework: str, access_log: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, framework, ModuleType(framework))
    with HydraLogger.for_web_app() as logger:
        logger.info("answered", layer=access_log)
        logger.info("REQUEST", "noted")
    lines = (tmp_path / "logs" / "requests.log").read_text().splitlines()
    assert [json.loads(line)["logger"] for line in lines] == [access_log, "REQUEST"]
    assert not (tmp_path / "logs" / "web.log").exists()


def test_for_web_app_without_a_framework_is_the_preset() -> None:
    with HydraLogger.for_web_app() as made, HydraLogger.for_custom("web_app") as preset:
        assert made.config == preset.config


def test_for_web_app_takes_the_arguments_of_the_constructor() -> None:
    class Mine(HydraLogger):
        pass

    with Mine.for_web_app(date_format="%d.%m.%Y") as logger:
        assert isinstance(logger, Mine)
        assert logger.config["date_format"] == "%d.%m.%Y"
    with pytest.raises(TypeError, match="no_such"):
        HydraLogger.for_web_app(no_such=1)  # type: ignore[call-arg]


def test_looking_for_a_framework_imports_none() -> None:
    done = run(
        "import sys, hydra_logger; hydra_logger.detect_framework();"
        "import hydra_logger.integrations;"
        f"print(sorted(set(sys.modules) & {set(FRAMEWORK_PATTERNS)!r}))"
    )
    assert done.stdout == "[]\n"
    assert hydra_logger.detect_framework is detect_framework
