"""What a logger is made of: configuration, environment, arguments, presets."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import JsonLog, run
from hydra_logger import (
    FRAMEWORK_PATTERNS,
    ConfigurationError,
    HydraLogger,
    HydraLoggerError,
    _core,
)

pytestmark = pytest.mark.both_loggers


def file_config(path: Path, **more: Any) -> dict[str, Any]:
    destination = {"type": "file", "path": str(path)}
    return {"layers": {"APP": {"destinations": [destination]}}, **more}


def test_a_mapping_configures_a_logger_and_nothing_is_opened_before_the_first_record(
    tmp_path: Path,
) -> None:
    path = tmp_path / "logs" / "app.log"
    logger = HydraLogger(file_config(path))
    assert not path.parent.exists()
    logger.info("APP", "started")
    logger.flush()
    assert path.read_text().endswith(" APP INFO - started\n")


def test_a_file_configures_a_logger(tmp_path: Path) -> None:
    config = tmp_path / "hydra.yaml"
    log = tmp_path / "app.log"
    config.write_text(f"layers: {{APP: {{destinations: [{{type: file, path: {log}}}]}}}}\n")
    for given in (config, str(config)):
        HydraLogger(given).info("APP", "from a file")
    assert log.read_text().count("from a file\n") == 2


def test_every_fault_of_a_configuration_is_in_one_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        HydraLogger({"default_level": "LOUD", "layers": {"APP": {"levle": "INFO"}}})
    paths = [problem["path"] for problem in caught.value.problems]
    assert paths == ["default_level", "layers.APP.levle"]
    assert "did you mean level?" in str(caught.value)
    assert isinstance(caught.value, HydraLoggerError)


def test_what_cannot_stand_in_a_configuration_is_told_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match=r"layers\.APP: found object: a configuration is"):
        HydraLogger({"layers": {"APP": object()}})
    circle: dict[str, Any] = {}
    circle["layers"] = circle
    with pytest.raises(ConfigurationError, match="nested too deep"):
        HydraLogger(circle)


def test_arguments_win_over_the_environment_and_this_over_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app.log"
    config = file_config(path, message_format="config {message}", date_format="D0")
    monkeypatch.setenv("HYDRA_LOG_DATE_FORMAT", "D1")
    monkeypatch.setenv("HYDRA_LOG_MESSAGE_FORMAT", "environment {message}")
    logger = HydraLogger(config, message_format="argument {message}")
    logger.info("APP", "one")
    logger.flush()
    line = path.read_text()
    assert line.startswith("D1 ")
    assert line.endswith(" APP argument one\n")


def test_arguments_still_win_after_update_config(tmp_path: Path) -> None:
    logger = HydraLogger(message_format="argument {message}")
    logger.update_config(file_config(tmp_path / "app.log", message_format="config {message}"))
    logger.info("APP", "one")
    logger.flush()
    assert (tmp_path / "app.log").read_text().endswith(" APP argument one\n")


def test_sizes_and_times_are_taken_in_every_usual_form(tmp_path: Path) -> None:
    for size in (4096, "4KB"):
        for interval in (0.5, "500ms", timedelta(milliseconds=500)):
            logger = HydraLogger(buffer_size=size, flush_interval=interval)
            assert logger.config["buffer_size"] == "4KB"
            assert logger.config["flush_interval"] == "500ms"


def test_a_wrong_argument_is_told() -> None:
    with pytest.raises(ConfigurationError, match="buffer_size"):
        HydraLogger(buffer_size=-1)
    with pytest.raises(TypeError, match='no argument "bufer_size"'):
        HydraLogger(bufer_size=1)  # type: ignore[call-arg]


@pytest.mark.sync_only
@pytest.mark.parametrize(
    ("mode", "interval", "sanitization"),
    [
        ("high_performance_mode", "1s", True),
        ("minimal_features_mode", "100ms", False),
        ("bare_metal_mode", "1s", False),
        ("ultra_fast_mode", "1s", False),
    ],
)
def test_a_mode_buffers_and_switches_features_off_but_keeps_destinations(
    mode: str, interval: str, sanitization: bool, tmp_path: Path
) -> None:
    config = file_config(tmp_path / "app.log")
    logger = HydraLogger(config, **{mode: True})
    assert logger.config["buffer_size"] == "16KB"
    assert logger.config["flush_interval"] == interval
    assert logger.config["enable_performance"] is False
    assert logger.config.get("enable_sanitization", True) is sanitization
    assert list(logger.config["layers"]) == ["APP"]
    logger.info("APP", "rests in the buffer")
    assert (tmp_path / "app.log").read_text() == ""
    logger.close()
    assert (tmp_path / "app.log").read_text().endswith("rests in the buffer\n")


def test_a_mode_leaves_a_buffer_that_the_configuration_has(tmp_path: Path) -> None:
    logger = HydraLogger({"buffer_size": "128KB"}, bare_metal_mode=True)
    assert logger.config["buffer_size"] == "128KB"


def test_threats_are_marked_and_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    file = {"type": "file", "path": tmp_path / "a.log", "format": "json"}
    config = {"layers": {"APP": {"destinations": [file]}}}
    with HydraLogger(config, enable_security=True) as logger:
        logger.info("APP", "search for %s", "x' OR '1'='1' --")
        logger.info("APP", "a page", html=["<script>alert(1)</script>"])
        logger.info("APP", "please select an option (or two)")
        logger.flush()
        metrics = logger.get_performance_metrics()
    records = [json.loads(line) for line in (tmp_path / "a.log").read_text().splitlines()]
    assert [record.get("security_threats") for record in records] == ["sql_injection", "xss", None]
    assert metrics["threats"] == {"sql_injection": 1, "xss": 1}
    assert metrics["security_events"] == 2


@pytest.mark.parametrize("name", [name for name, _, built_in in _core.presets_list() if built_in])
def test_every_built_in_preset_is_a_constructor(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    # for_web_app adds something for each framework that is imported.
    for framework in FRAMEWORK_PATTERNS:
        monkeypatch.delitem(sys.modules, framework, raising=False)
    with getattr(HydraLogger, f"for_{name}")() as logger:
        logger.error("DEFAULT", "one line")
        assert logger.config == HydraLogger.for_custom(name).config
    written = capfd.readouterr()
    logs = "".join(path.read_text() for path in Path("logs").glob("*.log"))
    assert "one line" in written.out + written.err + logs


def test_a_preset_takes_arguments_which_win() -> None:
    logger = HydraLogger.for_production(buffer_size="8KB")
    assert logger.config["buffer_size"] == "8KB"


def test_ultra_fast_is_bare_metal() -> None:
    assert HydraLogger.for_ultra_fast().config == HydraLogger.for_bare_metal().config


def test_a_preset_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="did you mean production"):
        HydraLogger.for_custom("prodution")
    with pytest.raises(AttributeError):
        HydraLogger.for_prodution()  # type: ignore[attr-defined]


def test_a_registered_preset_becomes_a_constructor_also_of_subclasses(
    make_log: Callable[..., JsonLog],
) -> None:
    class Mine(HydraLogger):
        pass

    @HydraLogger.register_magic("test_my_app", description="As testing,\nbut louder")
    def my_app() -> dict[str, Any]:
        return {"extends": "testing", "default_level": "DEBUG"}

    assert my_app()["extends"] == "testing"
    assert HydraLogger.has_magic_config("test_my_app")
    assert HydraLogger.list_magic_configs()["test_my_app"] == "As testing, but louder"
    logger = Mine.for_test_my_app(message_format="{message}")  # type: ignore[attr-defined]
    assert type(logger) is Mine
    assert logger.config["default_level"] == "DEBUG"
    assert logger.config["message_format"] == "{message}"


def test_a_registered_preset_is_checked_at_once() -> None:
    with pytest.raises(ConfigurationError, match="default_level"):
        HydraLogger.register_magic("test_wrong")(lambda: {"default_level": "LOUD"})
    assert not HydraLogger.has_magic_config("test_wrong")
    with pytest.raises(ConfigurationError, match="built-in"):
        HydraLogger.register_magic("production")(dict)


def test_a_second_interpreter_is_refused() -> None:
    done = run(
        "import hydra_logger, sys\n"
        "try:\n"
        "    import _xxsubinterpreters as interpreters\n"
        "except ImportError:\n"
        "    import _interpreters as interpreters\n"
        "id = interpreters.create()\n"
        "program = '''\n"
        "try:\n"
        "    import hydra_logger\n"
        "except ImportError:\n"
        "    print('refused', flush=True)\n"
        "'''\n"
        "interpreters.run_string(id, program)\n"
    )
    assert done.stdout == "refused\n"


def test_a_subclass_may_have_an_init_of_its_own(tmp_path: Path) -> None:
    class ServiceLogger(HydraLogger):
        def __init__(self, service: str, path: Path) -> None:
            file = {"type": "file", "path": str(path), "format": "json"}
            layer = {"level": "DEBUG", "destinations": [file]}
            super().__init__({"layers": {"DEFAULT": layer}}, buffer_size="16KB")
            self.service = service

    path = tmp_path / "service.jsonl"
    with ServiceLogger("billing", path) as logger:
        logger.debug("made", service=logger.service)
        assert logger.config["buffer_size"] == "16KB"
    assert json.loads(path.read_text())["service"] == "billing"


def test_what_an_init_of_its_own_passes_on_is_checked() -> None:
    class Wrong(HydraLogger):
        def __init__(self) -> None:
            super().__init__({"lvel": "INFO"})

    with pytest.raises(ConfigurationError, match="lvel"):
        Wrong()


def test_a_subclass_that_calls_no_init_has_the_defaults() -> None:
    class Silent(HydraLogger):
        def __init__(self, service: str) -> None:
            self.service = service

    logger = Silent("billing")
    assert logger.is_enabled_for("INFO")
    assert not logger.is_enabled_for("DEBUG")
    assert repr(logger) == repr(HydraLogger())


@pytest.mark.parametrize("arguments", [({}, {}), ({}, None)])
def test_only_the_configuration_is_positional(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="one positional argument, config"):
        HydraLogger(*arguments)
    with pytest.raises(TypeError, match="one positional argument, config"):
        HydraLogger({}, config={})  # type: ignore[misc]
