"""Loggers that follow the file of their configuration."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra_logger import ConfigurationError, HydraLogger

pytestmark = pytest.mark.both_loggers

DEADLINE = 20.0


def wait_until(what: Callable[[], bool]) -> None:
    """Look again and again: the file is looked at twice before it counts as changed."""
    give_up = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < give_up, "the change was not seen"
        time.sleep(0.02)


def write(path: Path, log: Path, level: str) -> None:
    """As an editor writes: beside the file, then over it."""
    layer = {"level": level, "destinations": [{"type": "file", "path": str(log)}]}
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"layers": {"APP": layer}}))
    beside.replace(path)


def test_a_changed_file_changes_the_logger_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    path, log = tmp_path / "hydra.json", tmp_path / "app.log"
    write(path, log, "INFO")
    logger = HydraLogger(path, watch=True)
    handle = logger.layer("APP")
    assert not logger.is_enabled_for("DEBUG", "APP")
    logger.debug("APP", "before")
    write(path, log, "DEBUG")
    wait_until(lambda: logger.is_enabled_for("DEBUG", "APP"))
    logger.debug("APP", "after, by name")
    handle.debug("after, by handle")

    HydraLogger.clear_error_stats()
    path.write_text("{")
    wait_until(lambda: "configuration" in HydraLogger.get_error_stats()["error_types"])
    assert logger.is_enabled_for("DEBUG", "APP")
    logger.close()
    text = log.read_text()
    assert "before" not in text
    assert text.count("after") == 2


def test_the_arguments_of_the_constructor_still_win(tmp_path: Path) -> None:
    path, log = tmp_path / "hydra.json", tmp_path / "app.log"
    write(path, log, "INFO")
    logger = HydraLogger(path, watch=True, message_format="<{message}>")
    write(path, log, "DEBUG")
    wait_until(lambda: logger.is_enabled_for("DEBUG", "APP"))
    logger.debug("APP", "it")
    logger.flush()
    assert "<it>" in log.read_text()


def test_only_a_file_can_be_followed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the configuration must be its path"):
        HydraLogger({"layers": {}}, watch=True)
    with pytest.raises(ConfigurationError, match="the configuration must be its path"):
        HydraLogger(watch=True)
    # A file that is not there, or wrong, leaves no thread that waits for a logger.
    with pytest.raises(ConfigurationError):
        HydraLogger(tmp_path / "none.yaml", watch=True)


def test_a_forked_child_ends_though_it_has_no_thread_that_follows(tmp_path: Path) -> None:
    path, log = tmp_path / "hydra.json", tmp_path / "app.log"
    write(path, log, "INFO")
    logger = HydraLogger(path, watch=True)
    child = os.fork()
    if child == 0:
        logger.info("APP", "child")
        del logger
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    logger.info("APP", "parent")
    logger.flush()
    lines = log.read_text().splitlines()
    assert sorted(line.split()[-1] for line in lines) == ["child", "parent"]
