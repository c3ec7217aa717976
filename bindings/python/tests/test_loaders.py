from pathlib import Path
from typing import Any

import pytest
from hydra_logger.config import (
    LogDestination,
    LoggingConfig,
    LogLayer,
    create_log_directories,
    get_async_default_config,
    get_default_config,
    load_config,
    load_config_from_dict,
    load_config_from_env,
    merge_configs,
    validate_config,
)
from hydra_logger.core import ConfigurationError

YAML = """
default_level: debug
layers:
  APP:
    destinations:
      - type: file
        path: logs/app.log
        format: json
"""
TOML = """
default_level = "debug"
[[layers.APP.destinations]]
type = "file"
path = "logs/app.log"
format = "json"
"""


@pytest.mark.parametrize(("name", "text"), [("a.yaml", YAML), ("a.yml", YAML), ("a.toml", TOML)])
def test_a_file_is_loaded_as_its_name_tells(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    for path in (tmp_path / name, str(tmp_path / name)):
        config = load_config(path)
        assert config.default_level == "DEBUG"
        assert config.layers["APP"].destinations[0].format == "json"


def test_a_file_brings_what_it_includes_and_extends(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(YAML)
    (tmp_path / "a.yaml").write_text("extends: testing\ninclude: base.yaml\nsource: true")
    config = load_config(tmp_path / "a.yaml")
    assert {"APP", "TEST"} <= set(config.layers)
    assert (config.default_level, config.source) == ("DEBUG", True)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("missing.yaml", None, "missing.yaml"),
        ("a.yaml", "layers: [", "a.yaml"),
        ("a.toml", "= 1", "a.toml"),
        ("a.yaml", "default_level: LOUD", "default_level"),
        ("a.txt", YAML, "a.txt"),
    ],
)
def test_whatever_is_wrong_with_a_file_is_a_configuration_error_that_names_it(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        load_config(tmp_path / name)
    assert said in str(raised.value)


@pytest.mark.parametrize("path", [None, 7, ["a.yaml"], "", "a\0b.yaml", b"missing.yaml"])
def test_what_names_no_file_is_a_configuration_error(path: Any) -> None:
    with pytest.raises(ConfigurationError):
        load_config(path)


def test_a_map_is_loaded_as_a_file_is() -> None:
    config = load_config_from_dict(
        {"layers": {"APP": {"level": "warn", "destinations": [{"type": "console"}]}}}
    )
    assert config.layers["APP"].level == "WARNING"
    assert config.layers["APP"].destinations == [LogDestination(type="console")]


def test_a_wrong_map_is_a_configuration_error_that_names_every_fault() -> None:
    wrong: dict[str, Any] = {"default_level": "INFOO", "layrs": {}, "layers": {"__X__": {}}}
    for check in (load_config_from_dict, validate_config):
        with pytest.raises(ConfigurationError) as raised:
            check(wrong)
        for said in ("did you mean INFO?", "did you mean layers?", "__X__"):
            assert said in str(raised.value)
        assert len(raised.value.problems) == 3


@pytest.mark.parametrize("wrong", [None, 7, "layers", ["layers"]])
def test_what_is_no_map_is_refused_by_name(wrong: Any) -> None:
    for check in (load_config_from_dict, validate_config, create_log_directories):
        with pytest.raises(ConfigurationError, match=type(wrong).__name__):
            check(wrong)


def test_a_right_configuration_is_true() -> None:
    assert validate_config(LoggingConfig()) is True
    assert validate_config({"extends": "production"}) is True
    assert validate_config(get_async_default_config()) is True


def test_the_environment_alone_makes_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYDRA_LOG_LEVEL", "error")
    monkeypatch.setenv("HYDRA_LOG_FORMAT", "json")
    config = load_config_from_env()
    assert config.default_level == "ERROR"
    assert config.layers["DEFAULT"].destinations[0].format == "json"


def test_the_default_configuration_is_a_console_and_the_asynchronous_one_has_a_json_file() -> None:
    (console,) = get_default_config().layers["DEFAULT"].destinations
    assert console.type == "console"
    layer = get_async_default_config().layers["DEFAULT"]
    assert [(to.type, to.format) for to in layer.destinations] == [
        ("console", "plain-text"),
        ("file", "json"),
    ]


def test_the_directories_of_all_files_are_made_and_no_file(tmp_path: Path) -> None:
    config = LoggingConfig(
        layers={
            "A": LogLayer(
                destinations=[
                    LogDestination(type="console"),
                    LogDestination(type="file", path=str(tmp_path / "a" / "b" / "x.log")),
                ]
            ),
            "B": LogLayer(
                destinations=[LogDestination(type="file", path=str(tmp_path / "c" / "x.log"))]
            ),
        }
    )
    create_log_directories(config)
    create_log_directories(config)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == [
        "a",
        "a/b",
        "c",
    ]


def test_the_directories_of_a_preset_that_is_extended_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    create_log_directories({"extends": "production"})
    assert (tmp_path / "logs").is_dir()


def test_a_directory_that_cannot_be_made_is_a_configuration_error_that_names_the_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_text("")
    path = str(tmp_path / "taken" / "x.log")
    with pytest.raises(ConfigurationError, match=r"x\.log"):
        create_log_directories(
            {"layers": {"A": {"destinations": [{"type": "file", "path": path}]}}}
        )


def test_merging_goes_deep_replaces_lists_and_changes_neither() -> None:
    base: dict[str, Any] = {
        "source": True,
        "layers": {
            "APP": {"level": "INFO", "destinations": [{"type": "console"}]},
            "DB": {"level": "ERROR"},
        },
    }
    over: dict[str, Any] = {
        "layers": {"APP": {"destinations": [{"type": "file", "path": "a.log"}]}}
    }
    merged = merge_configs(base, over)
    assert merged.source is True
    assert merged.layers["DB"].level == "ERROR"
    assert merged.layers["APP"].level == "INFO"
    assert merged.layers["APP"].destinations == [LogDestination(type="file", path="a.log")]
    assert base["layers"]["APP"]["destinations"] == [{"type": "console"}]


def test_models_and_maps_merge_alike_and_only_what_was_set_counts() -> None:
    base = LoggingConfig(default_level="ERROR", source=True)
    assert merge_configs(base, None) == base
    assert merge_configs(base, LoggingConfig(source=False)).default_level == "ERROR"
    assert merge_configs(base, {"source": False}).source is False
    assert base.source is True


def test_a_merge_whose_result_is_wrong_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="default_level"):
        merge_configs({"default_level": "INFO"}, {"default_level": "LOUD"})
