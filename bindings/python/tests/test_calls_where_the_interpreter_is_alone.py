"""Calls past Python's frames, at the interpreter's end, and very many of them."""

import json
import os
import pathlib

import pytest
from conftest import JsonLog, run

pytestmark = pytest.mark.both_loggers


def test_the_errors_of_large_numbers_are_let_go_of(log: JsonLog) -> None:
    def resident() -> int:
        pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def write() -> None:
        for _ in range(5_000):
            log.logger.info("x", large=2**70, huge=2**200)

    write()
    before = resident()
    write()
    write()
    assert resident() - before < 1 << 20


def test_an_object_that_logs_when_the_interpreter_destroys_it_is_heard() -> None:
    program = """
import sys
from hydra_logger import HydraLogger
console = {"type": "console", "stream": "stdout", "format": "json"}
logger = HydraLogger({"source": True, "layers": {"DEFAULT": {"destinations": [console]}}})
class Last:
    def __del__(self, logger=logger, error=ValueError("why")):
        logger.info("the end", error=error, number=2**70, exc_info=error, stack_info=True)
sys.last = Last()
"""
    ended = run(program)
    assert "panicked" not in ended.stderr
    record = json.loads(ended.stdout)
    assert (record["message"], record["number"]) == ("the end", 2**70)


def test_a_call_without_a_frame_of_pythons_names_no_place() -> None:
    program = """
import atexit
from hydra_logger import HydraLogger
console = {"type": "console", "stream": "stdout", "format": "json"}
layer = {"destinations": [console]}
logger = HydraLogger({"source": True, "layers": {"DEFAULT": layer}})
atexit.register(logger.info, "bye", stack_info=True)
"""
    ended = run(program)
    assert ended.stderr == ""
    assert json.loads(ended.stdout)["message"] == "bye"
