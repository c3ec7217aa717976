import logging
import re
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import hydra_logger
import pytest
from hydra_logger import HydraLogger, _core
from hydra_logger.config import LogDestination, constants
from hydra_logger.core.constants import (
    ASYNC_SETTINGS,
    DEFAULT_COLORS,
    DEFAULT_CONFIG,
    DEFAULT_FORMATS,
    ENV_VARS,
    FILE_SETTINGS,
    LOG_LEVELS,
    NAMED_COLORS,
    PERFORMANCE_SETTINGS,
    PII_PATTERNS,
    VALID_DESTINATION_TYPES,
    VALID_FORMATS,
    Colors,
)


def test_both_modules_hold_the_same_constants() -> None:
    from hydra_logger.core import constants as core_constants

    assert constants.__all__ == core_constants.__all__
    for name in constants.__all__:
        assert getattr(constants, name) is getattr(core_constants, name)


def test_levels_have_the_numbers_of_logging() -> None:
    assert {
        name: getattr(logging, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    } == LOG_LEVELS


def test_formats_and_types_are_those_that_a_destination_takes() -> None:
    assert VALID_FORMATS == ("plain-text", "json", "csv", "syslog", "gelf", "logfmt")
    assert VALID_DESTINATION_TYPES == (
        "console",
        "file",
        "async_http",
        "async_database",
        "async_queue",
        "async_cloud",
    )


def test_colours_are_the_sequences_that_a_coloured_line_has(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    logger = HydraLogger(
        {
            "default_level": "DEBUG",
            "layers": {
                "APP": {
                    "destinations": [{"type": "file", "path": str(path), "color_mode": "always"}]
                }
            },
        }
    )
    for level in LOG_LEVELS:
        getattr(logger, level.lower())("APP", "x")
    logger.close()
    lines = path.read_text().splitlines()
    for level, line in zip(LOG_LEVELS, lines, strict=True):
        assert f"{DEFAULT_COLORS[level]}{level}{Colors.RESET}" in line
    assert NAMED_COLORS["bright_red"] == Colors.BRIGHT_RED == DEFAULT_COLORS["CRITICAL"]
    assert set(NAMED_COLORS) == {
        *(word for word in _core.words("colour") if word != "none"),
        "reset",
    }


def test_the_default_configuration_is_that_of_a_logger_without_one() -> None:
    with HydraLogger() as logger:
        assert logger.config == DEFAULT_CONFIG


def test_the_settings_of_files_are_the_defaults_of_a_destination() -> None:
    file = LogDestination(type="file", path="a.log")
    assert FILE_SETTINGS == {"encoding": "utf-8", "max_size": 5 * 1024**2, "backup_count": 3}
    assert file.backup_count == FILE_SETTINGS["backup_count"]
    assert file.max_size == f"{FILE_SETTINGS['max_size'] // 1024**2}MB"
    network = {key: getattr(file, key) for key in ASYNC_SETTINGS}
    assert network == ASYNC_SETTINGS


@pytest.mark.parametrize("mode", ["high_performance_mode", "minimal_features_mode"])
def test_the_buffer_of_a_mode_is_the_one_that_is_told(tmp_path: Path, mode: str) -> None:
    file = {"type": "file", "path": str(tmp_path / "a.log")}
    make: Any = HydraLogger
    with make({"layers": {"APP": {"destinations": [file]}}}, **{mode: True}) as logger:
        assert LogDestination(type="console").buffer_size is None
        assert logger.config["buffer_size"] in (
            PERFORMANCE_SETTINGS["buffer_size"],
            f"{PERFORMANCE_SETTINGS['buffer_size'] // 1024}KB",
        )


def test_the_templates_are_those_of_a_plain_line(tmp_path: Path) -> None:
    path = tmp_path / "{}.log"
    for name, templates in {"given": DEFAULT_FORMATS, "default": {}}.items():
        file = {"type": "file", "path": str(path).format(name), "time_format": "", **templates}
        file["date_format"] = file["time_format"] = ""
        with HydraLogger({"layers": {"APP": {"destinations": [file]}}}) as logger:
            logger.info("APP", "hello")
    lines = {p.stem: p.read_text() for p in tmp_path.iterdir()}
    assert lines["given"] == lines["default"] == "APP INFO - hello\n"


def test_every_variable_is_named_and_described() -> None:
    assert {f"HYDRA_LOG_COLOR_{level}" for level in LOG_LEVELS} <= set(ENV_VARS)
    for name in ("LEVEL", "FORMAT", "DATE_FORMAT", "MESSAGE_FORMAT", "ENABLE_PERFORMANCE"):
        assert ENV_VARS[f"HYDRA_LOG_{name}"]


@pytest.mark.parametrize(
    ("kind", "found", "not_found"),
    [
        ("email", "write to ann.lee@mail.example.org now", "user@localhost a@b"),
        ("password", 'password: "hunter2"', "the password was wrong"),
        ("api_key", "api_key=abc-123", "an api key"),
        ("token", "access_token=eyJ.abc.def", "token ring"),
        ("secret", "client_secret: xyz", "a secret garden"),
        ("credit_card", "4111 1111 1111 1111", "ts=1700000000"),
        ("ssn", "123-45-6789", "000-12-3456 666-12-3456 123-00-1234"),
        ("phone", "+1 (555) 123-4567", "ts=1700000000 192.168.100.2000"),
    ],
)
def test_a_pattern_finds_its_kind_and_leaves_what_looks_like_it(
    kind: str, found: str, not_found: str
) -> None:
    assert re.search(PII_PATTERNS[kind], found)
    assert not re.search(PII_PATTERNS[kind], not_found)


@pytest.mark.parametrize("kind", PII_PATTERNS)
def test_a_pattern_takes_time_in_proportion_to_the_text(kind: str) -> None:
    pattern = re.compile(PII_PATTERNS[kind])
    for unit in ("a.", "a@", "1", "1 ", "555-", "a-", "token=", "password:", " "):
        text = unit * 50_000  # where a search of a quadratic pattern would take minutes
        start = process_time()
        list(pattern.finditer(text))
        assert process_time() - start < 2


def test_the_plans_constants_are_names_of_the_package() -> None:
    assert set(hydra_logger.PII_PATTERNS) == {
        "email", "password", "api_key", "token", "secret", "credit_card", "ssn", "phone",
    }  # fmt: skip
    assert set(hydra_logger.FRAMEWORK_PATTERNS) == {
        "fastapi", "django", "flask", "tornado", "aiohttp",
    }  # fmt: skip
    assert set(hydra_logger.CLOUD_PROVIDER_PATTERNS) == {
        "aws", "gcp", "azure", "heroku", "digitalocean",
    }  # fmt: skip


def test_constants_need_neither_pydantic_nor_logging() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import hydra_logger.config.constants\n"
        "heavy = {'pydantic', 'logging', 'asyncio', 'dataclasses'}\n"
        "print(sorted(heavy & set(sys.modules) - before))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert shown.strip() == "[]"
