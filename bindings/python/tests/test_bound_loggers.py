"""Loggers with fields of their own, and the context without a scope."""

import contextvars
import threading

import pytest
from conftest import JsonLog
from hydra_logger import HydraLogger

pytestmark = pytest.mark.both_loggers


def test_every_record_of_a_bound_logger_carries_its_fields(log: JsonLog) -> None:
    orders = log.logger.bind(service="orders", version=3)
    orders.info("APP", "accepted", amount=12)
    orders.log("WARNING", "slow")
    orders.bind(version=4, tags=["a"]).error("nested")
    orders.unbind("version").info("less")
    log.logger.info("not bound")
    records = log.records()
    assert [record.get("service") for record in records] == ["orders"] * 4 + [None]
    assert [record.get("version") for record in records] == [3, 3, 4, None, None]
    assert records[0]["amount"] == 12
    assert records[0]["logger"] == "APP"
    assert records[2]["tags"] == ["a"]


def test_of_one_name_the_call_wins_over_the_logger_and_the_logger_over_the_scope(
    log: JsonLog,
) -> None:
    bound = log.logger.bind(who="logger")
    with log.logger.contextualize(who="scope", where="scope"):
        bound.info("bound")
        bound.info("call", who="call")
        log.logger.info("scope")
    assert [record["who"] for record in log.records()] == ["logger", "call", "scope"]
    assert {record["where"] for record in log.records()} == {"scope"}


def test_a_layer_of_a_bound_logger_is_bound_and_a_layer_can_be_bound(log: JsonLog) -> None:
    log.logger.bind(a=1).layer("DB").info("through the logger")
    log.logger.layer("DB").bind(a=2).bind(b=3).info("through the layer")
    first, second = log.records()
    assert (first["logger"], first["a"]) == ("DB", 1)
    assert (second["logger"], second["a"], second["b"]) == ("DB", 2, 3)


def test_what_a_bound_logger_does_not_have_it_takes_from_its_logger(log: JsonLog) -> None:
    bound = log.logger.bind(a=1)
    assert bound.logger is log.logger
    assert bound.fields == {"a": 1}
    assert bound.config == log.logger.config
    assert "'a': 1" in repr(bound)
    bound.set_level("ERROR", "APP")
    bound.info("APP", "too low")
    assert log.records() == []
    with pytest.raises(AttributeError, match="no_such_method"):
        bound.no_such_method()


def test_an_object_that_cannot_be_shown_can_still_be_bound(log: JsonLog) -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    log.logger.bind(it=Broken()).info("x")
    assert log.last()["it"] == "<unprintable Broken: RuntimeError>"


def test_set_context_lasts_until_it_is_cleared_and_stays_in_its_context(log: JsonLog) -> None:
    def work() -> None:
        log.logger.set_context(user="ada", ids=[1, 2], ratio=0.5, none=None, big=2**70, on=True)
        log.logger.set_context(user="bob")
        log.logger.info("with")
        assert HydraLogger.get_context() == {
            "user": "bob",
            "ids": [1, 2],
            "ratio": 0.5,
            "none": None,
            "big": 2**70,
            "on": True,
        }
        HydraLogger.clear_context()
        assert HydraLogger.get_context() == {}
        log.logger.info("without")

    contextvars.copy_context().run(work)
    log.logger.info("outside")
    assert [record.get("user") for record in log.records()] == ["bob", None, None]
    assert HydraLogger.get_context() == {}


def test_a_scope_around_brings_back_what_was_cleared_inside(log: JsonLog) -> None:
    with log.logger.contextualize(a=1):
        with log.logger.contextualize(b=2):
            HydraLogger.clear_context()
            log.logger.info("cleared")
        log.logger.info("back")
    assert ["a" in record for record in log.records()] == [False, True]


def test_a_bound_logger_serves_many_threads(log: JsonLog) -> None:
    bound = log.logger.bind(service="x")
    threads = [
        threading.Thread(target=lambda: [bound.info("APP", "m") for _ in range(200)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([record for record in log.records() if record["service"] == "x"]) == 800
