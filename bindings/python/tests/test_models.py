from datetime import timedelta
from pathlib import Path

import pytest
from hydra_logger.config import LogDestination, LoggingConfig, LogLayer, Theme
from pydantic import ValidationError


def test_a_destination_reads_the_packages_defaults_and_hands_on_only_what_was_set() -> None:
    destination = LogDestination(type="file", path="logs/app.log")
    assert (destination.level, destination.format, destination.color_mode) == (
        "INFO",
        "plain-text",
        "auto",
    )
    assert (destination.max_size, destination.backup_count) == ("5MB", 3)
    assert (destination.retry_count, destination.retry_delay) == (3, 1.0)
    assert (destination.timeout, destination.max_connections) == (30.0, 10)
    assert destination.credentials is None
    assert destination.extra is None
    assert destination.url is None
    assert destination.model_dump(exclude_unset=True) == {"type": "file", "path": "logs/app.log"}


def test_a_layer_and_the_root_are_empty_by_default() -> None:
    assert (LogLayer().level, LogLayer().destinations) == ("INFO", [])
    assert (LoggingConfig().layers, LoggingConfig().default_level) == ({}, "INFO")


@pytest.mark.parametrize(
    ("key", "spelled", "word"),
    [
        ("level", "warn", "WARNING"),
        ("level", 40, "ERROR"),
        ("format", "TEXT", "plain-text"),
        ("format", "Plain", "plain-text"),
        ("type", "http", "async_http"),
        ("color_mode", "Never", "never"),
    ],
)
def test_a_word_may_be_spelled_in_every_way_that_the_core_knows(
    key: str, spelled: str | int, word: str
) -> None:
    given = {"type": "console", "url": None, key: spelled}
    if spelled == "http":
        given["url"] = "https://logs.example"
    assert getattr(LogDestination.model_validate(given), key) == word


def test_plain_is_plain_text_without_colour_unless_a_colour_mode_is_set() -> None:
    plain = LogDestination.model_validate({"type": "console", "format": "Plain"})
    assert plain.model_dump(exclude_unset=True) == {
        "type": "console",
        "format": "plain-text",
        "color_mode": "never",
    }
    both = {"type": "console", "format": "plain", "color_mode": "always"}
    assert LogDestination.model_validate(both).color_mode == "always"
    text = LogDestination.model_validate({"type": "console", "format": "text"})
    assert "color_mode" not in text.model_fields_set


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        ({"type": "consol"}, "type", "did you mean console?"),
        ({"type": "console", "level": "INFOO"}, "level", "did you mean INFO?"),
        ({"type": "console", "format": "colored"}, "format", "color_mode"),
        ({"type": "console", "colour_mode": "never"}, "colour_mode", "did you mean color_mode?"),
        ({"type": "file"}, "path", "path"),
        ({"type": "async_http"}, "url", "url"),
        ({"type": "async_database"}, "connection_string", "connection_string"),
        ({"type": "async_queue"}, "queue_url", "queue_url"),
        ({"type": "async_cloud"}, "service_type", "service_type"),
        ({"type": "file", "path": "a.log", "max_size": "junk"}, "max_size", "5MB"),
        ({"type": "file", "path": "a.log", "backup_count": -3}, "backup_count", "negative"),
        ({"type": "console", "extra": {"force_flash": True}}, "extra", "force_flush"),
    ],
)
def test_a_fault_is_a_validation_error_at_its_field_with_the_cores_message(
    given: dict[str, object], place: str, said: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        LogDestination.model_validate(given)
    (fault,) = raised.value.errors()
    assert said in fault["msg"]
    assert place in (*fault["loc"], fault["msg"].split()[0]) or place in fault["msg"]


def test_every_fault_is_told_at_once_each_at_its_place() -> None:
    with pytest.raises(ValidationError) as raised:
        LoggingConfig.model_validate(
            {
                "default_level": "LOUD",
                "layers": {"APP": {"destinations": [{"type": "consol"}, {"type": "console"}]}},
            }
        )
    assert [fault["loc"] for fault in raised.value.errors()] == [("default_level",)]
    with pytest.raises(ValidationError) as raised:
        LoggingConfig.model_validate(
            {"layers": {"APP": {"level": "LOUD"}, "B": {"destinations": [{"type": "consol"}]}}}
        )
    assert [fault["loc"] for fault in raised.value.errors()] == [
        ("layers", "APP", "level"),
        ("layers", "B", "destinations", 0, "type"),
    ]


def test_no_secret_is_shown_by_a_model_or_by_its_error() -> None:
    secret = "hunter2"
    destination = LogDestination(
        type="async_database",
        connection_string=f"postgres://u:{secret}@h/db",
        credentials={"password": secret},
    )
    assert secret not in repr(destination)
    with pytest.raises(ValidationError) as raised:
        LogDestination.model_validate(
            {"type": "async_http", "url": f"ftp://u:{secret}@h", "credentials": {"a": [secret]}}
        )
    assert secret not in str(raised.value)
    assert secret not in repr(raised.value.errors())


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"type": object()}, ("type",)),
        ({"type": "console", "extra": {"force_flush": object()}}, ("extra", "force_flush")),
        ({"type": "async_http", "url": "http://a", "credentials": object()}, ("credentials",)),
    ],
)
def test_a_value_that_is_no_data_is_told_at_its_place(
    given: dict[str, object], place: tuple[str, ...]
) -> None:
    with pytest.raises(ValidationError) as raised:
        LoggingConfig.model_validate({"layers": {"APP": {"destinations": [given]}}})
    (fault,) = raised.value.errors()
    assert fault["loc"] == ("layers", "APP", "destinations", 0, *place)
    assert "object" in fault["msg"]


def test_paths_and_timedeltas_are_taken() -> None:
    destination = LogDestination.model_validate(
        {"type": "file", "path": Path("logs") / "app.log", "flush_interval": timedelta(seconds=2)}
    )
    assert (destination.path, destination.flush_interval) == ("logs/app.log", 2.0)


def test_a_theme_may_be_a_name_or_colours_by_level() -> None:
    assert LoggingConfig(theme="dark").theme == "dark"
    own = LoggingConfig.model_validate(
        {"themes": {"mine": {"info": "bright-blue"}}, "theme": "mine"}
    )
    assert own.themes == {"mine": Theme(info="bright_blue")}
    with pytest.raises(ValidationError, match="did you mean dark"):
        LoggingConfig(theme="drak")
