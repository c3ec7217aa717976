"""Loggers inside what a program copies, or sends to another process."""

import copy
import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import pytest
from conftest import JsonLog
from hydra_logger import HydraLogger

pytestmark = pytest.mark.both_loggers


def test_a_copy_of_what_holds_a_logger_logs_to_the_same_logger(log: JsonLog) -> None:
    held = {
        "logger": log.logger,
        "layer": log.logger.layer("DB"),
        "bound": log.logger.bind(a=1),
    }
    for made in (copy.copy(held), copy.deepcopy(held)):
        assert all(made[name] is held[name] for name in held)
    assert copy.copy(log.logger) is log.logger


def work(logger: HydraLogger, number: int) -> None:
    logger.info("APP", "from a process", number=number)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_logger_sent_to_another_process_writes_where_it_wrote(
    log: JsonLog, method: str, tmp_path: Path
) -> None:
    context = multiprocessing.get_context(method)
    processes = [context.Process(target=work, args=(log.logger, n)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert sorted(record["number"] for record in log.records()) == [0, 1]


def test_a_pickle_holds_the_configuration_with_what_the_arguments_made_of_it() -> None:
    logger = HydraLogger({"layers": {"APP": {"level": "ERROR"}}}, date_format="%d.%m.%Y")
    again = pickle.loads(pickle.dumps(logger))
    assert again is not logger
    assert again.config == logger.config
    assert again.config["date_format"] == "%d.%m.%Y"


def test_a_bound_logger_and_a_layer_are_the_same_after_a_pickle(log: JsonLog) -> None:
    bound = log.logger.bind(service="orders", version=2)
    made_of: list[Any] = [bound, log.logger.layer("DB"), bound.layer("DB")]
    for one in made_of:
        pickle.loads(pickle.dumps(one)).info("x")
    seen = [(r["logger"], r.get("service"), r.get("version")) for r in log.records()]
    assert seen == [("DEFAULT", "orders", 2), ("DB", None, None), ("DB", "orders", 2)]
