"""Which argument is the layer, which the message, and what becomes of the rest."""

import inspect
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import JsonLog
from hydra_logger import HydraLogger, ValidationError
from programs import finish, messages, start

pytestmark = pytest.mark.both_loggers

# APP and DB are configured.
SHAPES: list[tuple[tuple[Any, ...], dict[str, Any], str, str]] = [
    # One argument is the message, even where it is a layer's name.
    (("started",), {}, "DEFAULT", "started"),
    (("APP",), {}, "DEFAULT", "APP"),
    # The first names a configured layer.
    (("APP", "started"), {}, "APP", "started"),
    (("APP", "DB"), {}, "APP", "DB"),
    (("APP", "user %s", "bob"), {}, "APP", "user bob"),
    (("APP", 42), {}, "APP", "42"),
    (("APP", {"a": 1}), {}, "APP", "{'a': 1}"),
    # Two texts, of which the second does.
    (("started", "APP"), {}, "APP", "started"),
    (("STARTED", "APP"), {}, "APP", "STARTED"),
    (("user %s", "APP"), {}, "DEFAULT", "user APP"),
    (("user {}", "APP"), {}, "DEFAULT", "user APP"),
    # The first looks like a layer's name.
    (("PAYMENTS", "refused"), {}, "PAYMENTS", "refused"),
    (("HTTP.V2-A_1", "refused %s", 7), {}, "HTTP.V2-A_1", "refused 7"),
    (("Payments", "refused"), {}, "DEFAULT", "Payments refused"),
    (("PAYMENTS", 7), {}, "DEFAULT", "PAYMENTS 7"),
    # Two texts, of which the second does.
    (("refused", "PAYMENTS"), {}, "PAYMENTS", "refused"),
    (("user %s", "BOB"), {}, "DEFAULT", "user BOB"),
    (("refused", "PAYMENTS", "x"), {}, "DEFAULT", "refused PAYMENTS x"),
    # Message and arguments.
    (("user %s", "bob"), {}, "DEFAULT", "user bob"),
    (("two", "texts"), {}, "DEFAULT", "two texts"),
    # The keyword.
    (("started",), {"layer": "DB"}, "DB", "started"),
    (("APP", "DB"), {"layer": "DB"}, "DB", "APP DB"),
    (("APP %s", "DB"), {"layer": "DB"}, "DB", "APP DB"),
    (("started",), {"layer": "new one"}, "new one", "started"),
    (("started",), {"layer": None}, "DEFAULT", "started"),
    ((), {"message": "started", "layer": "DB"}, "DB", "started"),
    ((), {"msg": "started"}, "DEFAULT", "started"),
    ((), {}, "DEFAULT", ""),
    ((ValueError("bad"),), {}, "DEFAULT", "bad"),
]


@pytest.mark.parametrize(("args", "keywords", "layer", "message"), SHAPES)
def test_a_call_is_read_as_the_design_says(
    args: tuple[Any, ...], keywords: dict[str, Any], layer: str, message: str, log: JsonLog
) -> None:
    log.logger.info(*args, **keywords)
    record = log.last()
    assert (record["logger"], record["message"], record["level"]) == (layer, message, "INFO")


FORMATS: list[tuple[tuple[Any, ...], str]] = [
    (("%s and %d", "a", 7), "a and 7"),
    (("%5.1f|%-4s|%04d", 1.25, "x", 7), "  1.2|x   |0007"),
    (("%r", "x"), "'x'"),
    (("100%% of %s", "it"), "100% of it"),
    (("100% sure", "of it"), "100% sure of it"),
    (("100%", "of it"), "100% of it"),
    (("%(user)s is %(age)d", {"user": "ada", "age": 7}), "ada is 7"),
    (("%(user)s", {"other": 1}), "%(user)s {'other': 1}"),
    (("%s", {"a": 1}), "{'a': 1}"),
    # Too few, too many, of the wrong kind: nothing is lost.
    (("%s %s", "a"), "a %s"),
    (("%s", "a", "b", 3), "a b 3"),
    (("%d", "text"), "text"),
    (("{} and {}", "a", 7), "a and 7"),
    (("{1} {0}", "a", "b"), "b a"),
    (("{:>4}|{:.2f}|{!r}", "x", 1.239, "y"), "   x|1.24|'y'"),
    (("{{{}}}", "a"), "{a}"),
    (("{} {}", "a"), "a {}"),
    (("{}", "a", "b"), "a b"),
    (("{:d}", "text"), "text"),
    (('{"a": 1}', "x"), '{"a": 1} x'),
    (("{0.__class__}", "x"), "{0.__class__} x"),
    (("größer als %s €", "ü"), "größer als ü €"),
    (("größer als {} €", "ü"), "größer als ü €"),
]


@pytest.mark.parametrize(("args", "message"), FORMATS)
def test_arguments_are_set_into_placeholders_and_no_text_is_lost(
    args: tuple[Any, ...], message: str, log: JsonLog
) -> None:
    log.logger.info("APP", *args)
    assert log.last()["message"] == message


def test_a_message_without_arguments_is_left_as_it_is(log: JsonLog) -> None:
    for message in ("100% sure", "%s", "{}", '{"json": true}', "%(name)s {name}"):
        log.logger.info(message, user="ada")
        assert log.last()["message"] == message


LOG_SHAPES: list[tuple[tuple[Any, ...], dict[str, Any], str, str, str]] = [
    (("INFO", "started"), {}, "INFO", "DEFAULT", "started"),
    (("warn", "APP", "started"), {}, "WARNING", "APP", "started"),
    (("APP", "ERROR", "started"), {}, "ERROR", "APP", "started"),
    (("ERROR", "started", "APP"), {}, "ERROR", "APP", "started"),
    ((30, "started"), {}, "WARNING", "DEFAULT", "started"),
    ((35, "started"), {}, "WARNING", "DEFAULT", "started"),
    ((1, "started"), {}, "TRACE", "DEFAULT", "started"),
    ((99, "started"), {}, "CRITICAL", "DEFAULT", "started"),
    (("started", "ERROR"), {}, "ERROR", "DEFAULT", "started"),
    (("started", "ERROR"), {"layer": "DB"}, "ERROR", "DB", "started"),
    (("started",), {"level": "DEBUG"}, "DEBUG", "DEFAULT", "started"),
    (("APP", "started"), {"level": 10}, "DEBUG", "APP", "started"),
    (("INFO", "user %s", "bob"), {}, "INFO", "DEFAULT", "user bob"),
    (("INFO", "APP", "user %s", "bob"), {}, "INFO", "APP", "user bob"),
    (("APP", "INFO", "user %s", "bob"), {}, "INFO", "APP", "user bob"),
    ((), {"level": "INFO", "message": "started"}, "INFO", "DEFAULT", "started"),
    ((True, "started"), {}, "INFO", "DEFAULT", "True started"),
]


@pytest.mark.parametrize(("args", "keywords", "level", "layer", "message"), LOG_SHAPES)
def test_log_takes_the_argument_that_is_a_level_as_the_level(
    args: tuple[Any, ...],
    keywords: dict[str, Any],
    level: str,
    layer: str,
    message: str,
    log: JsonLog,
) -> None:
    log.logger.log(*args, **keywords)
    record = log.last()
    assert (record["level"], record["logger"], record["message"]) == (level, layer, message)


def test_log_with_a_layer_that_is_called_like_a_level(log: JsonLog) -> None:
    log.logger.update_config(
        {
            **log.logger.config,
            "layers": dict.fromkeys(("DEFAULT", "ERROR"), log.logger.config["layers"]["APP"]),
        }
    )
    log.logger.log("ERROR", "INFO", "first the layer")
    record = log.last()
    assert (record["logger"], record["level"]) == ("ERROR", "INFO")
    assert record["message"] == "first the layer"


def test_log_without_a_level_keeps_the_record_or_raises_where_asked(
    make_log: Callable[..., JsonLog], log: JsonLog
) -> None:
    for target in (log.logger, log.logger.layer("DB")):
        HydraLogger.clear_error_stats()
        target.log("no level at all")
        assert log.last()["message"] == "no level at all"
        assert HydraLogger.get_error_stats()["error_types"] == {"validation": 1}
    strict = make_log(raise_errors=True).logger
    for target in (strict, strict.layer("DB")):
        with pytest.raises(ValidationError, match="without a level"):
            target.log("no level at all")


LEVELS = ["trace", "debug", "info", "warning", "error", "critical"]


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_has_a_method_of_the_logger_and_of_a_layer(level: str, log: JsonLog) -> None:
    for target in (log.logger, log.logger.layer("DB")):
        getattr(target, level)("to %s", "it", user="ada")
    first, second = log.records()
    assert first["level"] == second["level"] == level.upper()
    assert first["message"] == second["message"] == "to it"
    assert (first["logger"], second["logger"]) == ("DEFAULT", "DB")
    assert first["user"] == second["user"] == "ada"


@pytest.mark.parametrize(
    ("method", "level"), [("security", "WARNING"), ("audit", "INFO"), ("compliance", "INFO")]
)
def test_special_records_have_a_layer_and_a_mark_of_their_own(
    method: str, level: str, log: JsonLog
) -> None:
    call = getattr(log.logger, method)
    call("door opened", door=3)
    call("APP", "door opened")
    call("door opened", event="break-in")
    first, second, third = log.records()
    assert (first["logger"], first["level"]) == (method.upper(), level)
    assert (first["event"], first["door"]) == (method, 3)
    assert (second["logger"], second["event"]) == ("APP", method)
    assert third["event"] == "break-in"
    for record in (first, second, third):
        assert record["pid"] == os.getpid()
        assert record["uid"] == os.getuid()
        assert record["host"] == socket.gethostname()
    numbers = [record["event_number"] for record in (first, second, third)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_a_handle_takes_every_first_argument_as_the_message(log: JsonLog) -> None:
    handle = log.logger.layer("DB")
    handle.info("APP", "started")
    handle.info("layer is a field here", layer="APP")
    handle.log("WARNING", "by level")
    first, second, third = log.records()
    assert (first["logger"], first["message"]) == ("DB", "APP started")
    assert second["layer"] == "APP"
    assert (third["level"], third["message"]) == ("WARNING", "by level")
    assert (handle.name, handle.level) == ("DB", "TRACE")
    assert handle.is_enabled_for("TRACE")


def test_nothing_is_shown_of_a_record_that_is_not_logged(log: JsonLog) -> None:
    class Loud:
        def __str__(self) -> str:
            raise AssertionError("shown")

    log.logger.set_level("INFO", "APP")
    log.logger.set_level("DB", "INFO")
    assert not log.logger.is_enabled_for("DEBUG", "APP")
    assert log.logger.is_enabled_for("APP", "INFO")
    log.logger.debug("APP", "%s", Loud())
    log.logger.debug("%s", Loud(), layer="DB", field=Loud())
    assert log.records() == []
    log.logger.set_level("APP", "DEBUG")
    log.logger.debug("APP", "seen")
    assert log.last()["message"] == "seen"


def test_levels_are_followed_when_they_change_in_every_way(log: JsonLog) -> None:
    config = log.logger.config
    log.logger.set_level("CRITICAL")
    log.logger.info("through DEFAULT: no")
    log.logger.info("NEW", "a layer that is not configured follows DEFAULT: no")
    log.logger.info("APP", "yes")
    log.logger.update_config(config)
    log.logger.trace("yes again")
    assert [record["message"] for record in log.records()] == ["yes", "yes again"]
    with pytest.raises(ValidationError, match="not a level"):
        log.logger.set_level("LOUD")


def test_a_level_can_be_set_of_a_layer_that_is_not_configured(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with HydraLogger() as logger:
        logger.set_level("DEBUG", "NEW")
        logger.debug("NEW", "seen")
        logger.debug("OTHER", "not seen")
    assert [line.partition(" NEW ")[2] for line in capfd.readouterr().err.splitlines()] == [
        "DEBUG - seen"
    ]


def test_layers_that_come_and_go_with_the_configuration_are_read_so(log: JsonLog) -> None:
    layers = log.logger.config["layers"]
    log.logger.info("new", "text")
    log.logger.update_config({"layers": {**layers, "new": layers["APP"]}})
    log.logger.info("new", "text")
    log.logger.update_config({"layers": layers})
    log.logger.info("new", "text")
    seen = [(record["logger"], record["message"]) for record in log.records()]
    assert seen == [("DEFAULT", "new text"), ("new", "text"), ("DEFAULT", "new text")]


def test_more_layers_than_are_remembered_all_work(log: JsonLog) -> None:
    layers = log.logger.config["layers"]
    names = [f"layer {number}" for number in range(500)]
    log.logger.update_config({"layers": {**layers, **dict.fromkeys(names, layers["APP"])}})
    for name in names:
        log.logger.info(name, "to it")
        log.logger.info("to it", name)
    assert [record["logger"] for record in log.records()] == [n for n in names for _ in "ab"]
    log.logger.set_level(names[7], "ERROR")
    assert not log.logger.is_enabled_for("INFO", names[7])


def test_signatures_can_be_read() -> None:
    signature = inspect.signature(HydraLogger.info)
    assert list(signature.parameters)[:3] == ["self", "args", "layer"]
    text = HydraLogger.info.__doc__ or ""
    assert text.startswith("Log what happened.\n")
    assert '>>> logger.info("API", "user %s came", "ada")' in text
    assert "buffer_size" in inspect.signature(HydraLogger).parameters


def test_a_subclass_may_add_to_a_method(log: JsonLog) -> None:
    class Mine(HydraLogger):
        def info(self, *args: object, **fields: Any) -> None:
            super().info(*args, mine=True, **fields)

    mine = Mine(log.logger.config)
    mine.info("APP", "mine")
    mine.flush()
    assert log.last()["mine"] is True
    mine.attribute = 1  # type: ignore[attr-defined]


def test_a_method_is_only_for_its_own_class() -> None:
    with pytest.raises(TypeError):
        HydraLogger.info(object(), "x")  # type: ignore[arg-type]


def test_after_the_end_a_record_is_counted_and_told(tmp_path: Path) -> None:
    # A process of its own: how much stderr is told in a second is shared by all tests of this one.
    program = """
        with logger_to("log.jsonl") as logger:
            logger.info("inside")
        logger.close()
        logger.trace("after the end")
        print(hydra_logger.get_error_stats()["error_types"])
    """
    code, out, err = finish(start(tmp_path, program))
    assert (code, out) == (0, "{'closed': 1}\n")
    assert "after the logger was closed" in err
    assert messages(Path("log.jsonl")) == ["inside"]
