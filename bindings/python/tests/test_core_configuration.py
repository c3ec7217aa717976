"""The primitives that the Python side of configuration and error tracking is made of."""

import json
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import ConfigurationError, _core


def test_a_configuration_is_checked_as_a_mapping_a_file_and_a_text_in_json(tmp_path: Path) -> None:
    right = {"default_level": "DEBUG"}
    path = tmp_path / "hydra.json"
    for text, fault in ((json.dumps(right), None), ('{"default_level": "LOUD"}', "LOUD")):
        path.write_text(text)
        for given in (json.loads(text), path, text):
            if fault is None:
                assert _core.validate_config(given) == []
            else:
                with pytest.raises(ConfigurationError, match=fault):
                    _core.validate_config(given)


def test_a_file_is_loaded_with_what_it_extends_and_includes(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[layers.DB]\nlevel = 'TRACE'\n")
    (tmp_path / "hydra.yaml").write_text("extends: testing\ninclude: base.toml\nsource: true\n")
    loaded = _core.load_config_file(tmp_path / "hydra.yaml")
    assert loaded["source"] is True
    assert loaded["layers"]["DB"]["level"] == "TRACE"
    assert "TEST" in loaded["layers"]
    assert _core.resolve_config(loaded) == loaded


def test_secrets_survive_loading_and_do_not_stand_in_errors(tmp_path: Path) -> None:
    sink = {"type": "async_http", "url": "https://u:hunter2@example.org"}
    config = {"layers": {"APP": {"destinations": [sink]}}}
    loaded = _core.resolve_config(config)
    assert loaded["layers"]["APP"]["destinations"][0]["url"] == sink["url"]
    with pytest.raises(ConfigurationError) as caught:
        _core.resolve_config({**config, "default_level": "LOUD"})
    assert "hunter2" not in str(caught.value)


def test_values_are_merged_as_the_core_merges_files() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert _core.merge_values(base, {"a": {"c": [3]}}) == {"a": {"b": 1, "c": [3]}, "d": 1}


def test_the_environment_alone_makes_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYDRA_LOG_LEVEL_DB", "TRACE")
    assert _core.environment_config()["layers"]["DB"]["level"] == "TRACE"
    assert "HYDRA_LOG_LEVEL" in dict(_core.environment_variables())


def test_the_schema_is_json_and_names_every_key() -> None:
    assert "default_level" in json.loads(_core.schema())["properties"]


def test_errors_are_counted_by_kind_given_to_callbacks_and_cleared() -> None:
    seen: list[dict[str, Any]] = []
    subscription = _core.on_error(seen.append)
    _core.clear_error_stats()
    _core.track_error("payment", "card refused", "shop")
    _core.track_error("write", "disk full", severity="CRITICAL", context="7 lines")
    subscription.close()
    _core.track_error("payment", "again")
    stats = _core.error_stats()
    assert stats["total"] == 3
    assert stats["by_kind"] == {"payment": 2, "write": 1}
    assert [error["message"] for error in seen] == ["card refused", "disk full"]
    assert stats["last"][0]["component"] == "shop"
    assert [error["severity"] for error in seen] == ["ERROR", "CRITICAL"]
    assert seen[1]["context"] == "7 lines"
    _core.clear_error_stats()
    assert _core.error_stats() == {"total": 0, "by_kind": {}, "last": []}


def test_a_callback_that_raises_is_told_to_the_interpreter_and_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raises(_: dict[str, Any]) -> None:
        raise RuntimeError("in a callback")

    told: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: told.append(str(args.exc_value)))
    subscription = _core.on_error(raises)
    _core.track_error("payment", "card refused")
    subscription.close()
    assert told == ["in a callback"]


def test_errors_are_written_to_a_file_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "errors.jsonl"
    log = _core.log_errors_to(path)
    _core.track_error("payment", "card refused", "shop")
    log.close()
    _core.track_error("payment", "again", "shop")
    assert [json.loads(line)["message"] for line in path.read_text().splitlines()] == [
        "card refused"
    ]


def test_words_are_those_of_the_core() -> None:
    assert "WARNING" in _core.words("level")
    assert _core.canonical_word("level", "warn") == "WARNING"
    assert _core.canonical_word("level", "loud") is None
    with pytest.raises(KeyError, match="size"):
        _core.words("size")
