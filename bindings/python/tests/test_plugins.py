"""Objects of the program's that see each record."""

import gc
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from conftest import JsonLog
from hydra_logger import HydraLogger, PluginError

pytestmark = pytest.mark.both_loggers


class Collector:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.closed = 0

    def process_event(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def close(self) -> None:
        self.closed += 1


def test_a_plugin_sees_each_record_until_it_is_removed(log: JsonLog) -> None:
    plugin = Collector()
    log.logger.info("before")
    log.logger.add_plugin("collector", plugin)
    log.logger.info("APP", "user %s", "bob", extra={"a": 1}, b=[2])
    log.logger.layer("DB").error("plain")
    log.logger.bind(c=3).warning("bound")
    log.logger.set_level("ERROR", "APP")
    log.logger.info("APP", "below the level")
    assert log.logger.remove_plugin("collector") is True
    log.logger.error("after")
    assert [(e["level"], e["layer"], e["message"]) for e in plugin.events] == [
        ("INFO", "APP", "user bob"),
        ("ERROR", "DB", "plain"),
        ("WARNING", "DEFAULT", "bound"),
    ]
    assert plugin.events[0]["extra"] == {"a": 1, "b": [2]}
    assert plugin.events[0]["timestamp"] <= plugin.events[1]["timestamp"]
    assert plugin.closed == 1
    assert log.logger.remove_plugin("collector") is False
    assert len(log.records()) == 5
    assert log.logger.get_performance_metrics()["plugin_events"] == 3


def test_a_plugin_that_raises_costs_no_record_and_is_tracked(log: JsonLog) -> None:
    class Raising:
        def process_event(self, event: dict[str, Any]) -> None:
            raise ValueError(event["message"])

    HydraLogger.clear_error_stats()
    second = Collector()
    log.logger.add_plugin("raising", Raising())
    log.logger.add_plugin("second", second)
    log.logger.info("x")
    assert log.last()["message"] == "x"
    assert len(second.events) == 1
    assert HydraLogger.get_error_stats()["error_types"] == {"plugin": 1}


def test_what_a_plugin_logs_is_written_and_not_told_to_plugins(log: JsonLog) -> None:
    class Echo(Collector):
        def process_event(self, event: dict[str, Any]) -> None:
            super().process_event(event)
            log.logger.info("echo of " + event["message"])

    plugin = Echo()
    log.logger.add_plugin("echo", plugin)
    log.logger.info("x")
    assert [record["message"] for record in log.records()] == ["x", "echo of x"]
    assert len(plugin.events) == 1


def test_a_plugin_that_is_switched_off_sees_nothing(log: JsonLog) -> None:
    class Switched(Collector):
        on = False

        def is_enabled(self) -> bool:
            return self.on

    plugin = Switched()
    log.logger.add_plugin("switched", plugin)
    log.logger.info("unseen")
    plugin.on = True
    log.logger.info("seen")
    assert [event["message"] for event in plugin.events] == ["seen"]


def test_a_class_is_instantiated_and_a_plugin_of_the_same_name_replaced(log: JsonLog) -> None:
    made: list[Collector] = []

    class Counted(Collector):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    log.logger.add_plugin("it", Counted)
    log.logger.add_plugin("it", Counted)
    log.logger.info("x")
    assert [len(plugin.events) for plugin in made] == [0, 1]


def test_what_is_no_plugin_is_refused_and_a_close_ends_all_of_them(log: JsonLog) -> None:
    with pytest.raises(PluginError, match='"it" is a dict, which has no method process_event'):
        log.logger.add_plugin("it", {})  # type: ignore[arg-type]
    first, second = Collector(), Collector()
    log.logger.add_plugin("first", first)
    log.logger.add_plugin("second", second)
    log.logger.close()
    log.logger.close()
    assert (first.closed, second.closed) == (1, 1)


def test_plugins_can_be_switched_off_for_a_logger(tmp_path: Any) -> None:
    log = JsonLog(tmp_path / "off.jsonl", enable_plugins=False)
    plugin = Collector()
    log.logger.add_plugin("it", plugin)
    log.logger.info("x")
    assert plugin.events == []
    assert len(log.records()) == 1


def test_an_interrupt_inside_a_plugin_reaches_the_program(log: JsonLog) -> None:
    class Interrupted:
        def process_event(self, event: dict[str, Any]) -> None:
            raise KeyboardInterrupt

    log.logger.add_plugin("it", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        log.logger.info("x")
    log.logger.remove_plugin("it")
    log.logger.info("y")
    assert [record["message"] for record in log.records()] == ["x", "y"]


def test_an_extra_that_raises_reaches_no_application(log: JsonLog) -> None:
    class Raising(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            raise ValueError(key)

        def __iter__(self) -> Iterator[str]:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    plugin = Collector()
    log.logger.add_plugin("collector", plugin)
    log.logger.info("x", extra=Raising(), b=1)
    assert plugin.events[0]["extra"] == {"b": 1}
    assert log.last()["b"] == 1


def test_a_plugin_that_keeps_its_logger_goes_with_it() -> None:
    logger = HydraLogger()
    plugin = Collector()
    logger.add_plugin("collector", plugin)
    plugin.kept = [logger, logger.layer("DB"), logger.bind(a=1)]  # type: ignore[attr-defined]
    gone = weakref.ref(plugin)
    del logger, plugin
    gc.collect()
    assert gone() is None


def test_a_plugin_sees_what_destinations_see_of_sensitive_values(log: JsonLog) -> None:
    plugin = Collector()
    log.logger.add_plugin("collector", plugin)
    given = {"a": [1, "token=abc123def"], "password": "hunter22"}
    log.logger.info("APP", "password=%s", "hunter22", extra=given, moment=None)
    event = plugin.events[0]
    assert event["message"] == "password=[REDACTED:PASSWORD]"
    assert event["extra"] == {
        "a": [1, "token=[REDACTED:TOKEN]"],
        "password": "[REDACTED:PASSWORD]",
        "moment": None,
    }
    assert given == {"a": [1, "token=abc123def"], "password": "hunter22"}
    log.logger.update_config({**log.logger.config, "redact_sensitive": False})
    log.logger.info("APP", "password=%s", "hunter22")
    assert plugin.events[1]["message"] == "password=hunter22"
