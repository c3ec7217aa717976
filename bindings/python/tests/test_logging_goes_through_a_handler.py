"""HydraHandler, install() and uninstall(): records of `logging` as records of ours."""

import json
import logging
import logging.config
import logging.handlers
import queue
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hydra_logger
import pytest
from conftest import JsonLog, run
from hydra_logger import (
    ConfigurationError,
    HydraHandler,
    HydraLogger,
    clear_error_stats,
    get_error_stats,
)

pytestmark = pytest.mark.both_loggers


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    hydra_logger.uninstall()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def shop(log: JsonLog) -> logging.Logger:
    """A logger of its own with a handler that writes to `log`."""
    shop = logging.Logger("shop")
    shop.addHandler(HydraHandler(log.logger))
    return shop


def test_name_level_message_and_time_are_those_of_the_record(
    shop: logging.Logger, log: JsonLog
) -> None:
    record = logging.makeLogRecord(
        {"name": "shop", "levelno": 30, "msg": "%s left", "args": (2,), "created": 86400.25}
    )
    shop.handle(record)
    assert log.last() == {
        "timestamp": "1970-01-02T00:00:00.250000Z",
        "level": "WARNING",
        "logger": "shop",
        "message": "2 left",
    }


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "TRACE"), (5, "TRACE"), (19, "DEBUG"), (25, "INFO"), (35, "WARNING"), (99, "CRITICAL")],
)
def test_a_level_between_ours_is_the_one_below(
    shop: logging.Logger, log: JsonLog, number: int, word: str
) -> None:
    shop.log(number, "m")
    assert log.last()["level"] == word


def test_extra_becomes_fields_with_their_types(shop: logging.Logger, log: JsonLog) -> None:
    extra = {"n": 7, "f": 0.5, "on": True, "none": None, "deep": {"a": [1]}}
    shop.info("m", extra=extra)
    last = log.last()
    assert {name: last[name] for name in extra} == extra
    assert len(last) == 4 + len(extra)


def test_what_a_filter_adds_to_a_record_is_a_field(shop: logging.Logger, log: JsonLog) -> None:
    def add(record: logging.LogRecord) -> bool:
        record.request_id = "r-1"
        return record.levelno > logging.INFO

    shop.handlers[0].addFilter(add)
    shop.info("not this")
    shop.warning("this")
    (record,) = log.records()
    assert (record["message"], record["request_id"]) == ("this", "r-1")


def test_traceback_and_stack_are_fields_as_those_of_our_own_calls(
    shop: logging.Logger, log: JsonLog
) -> None:
    try:
        raise ValueError("bad card")
    except ValueError:
        shop.exception("m", stack_info=True)
        log.logger.exception("APP", "m", stack_info=True)
    theirs, ours = log.records()
    assert theirs["exception"] == ours["exception"]
    assert theirs["stack"].startswith('  File "')
    assert "bad card" in theirs["exception"]
    shop.info("m", exc_info=(None, None, None))
    assert "exception" not in log.last()


def test_the_layer_is_the_configured_one_of_the_name_or_of_its_beginning(tmp_path: Path) -> None:
    def layer(name: str) -> dict[str, Any]:
        file = {"type": "file", "path": str(tmp_path / name), "format": "json"}
        return {"destinations": [file]}

    names = ("DEFAULT", "shop", "shop.db")
    with HydraLogger({"layers": {name: layer(name) for name in names}}) as hydra:
        handler = HydraHandler(hydra)
        for name in ("shop", "shop.api.v1", "shop.db", "shop.db.pool", "shopping"):
            handler.handle(logging.makeLogRecord({"name": name, "levelno": 20, "msg": name}))
    seen = {name: (tmp_path / name).read_text().splitlines() for name in names}
    shown = {
        name: [(r["logger"], r.get("logger_name")) for r in map(json.loads, lines)]
        for name, lines in seen.items()
    }
    assert shown == {
        "DEFAULT": [("shopping", None)],
        "shop": [("shop", None), ("shop", "shop.api.v1")],
        "shop.db": [("shop.db", None), ("shop.db", "shop.db.pool")],
    }


def test_what_a_formatter_makes_is_the_message(shop: logging.Logger, log: JsonLog) -> None:
    shop.handlers[0].setFormatter(logging.Formatter("<%(levelname)s> %(message)s"))
    try:
        raise ValueError("bad")
    except ValueError:
        shop.exception("m", extra={"n": 1})
    last = log.last()
    assert last["message"].startswith("<ERROR> m\nTraceback")
    assert last["n"] == 1
    assert "exception" not in last


def test_a_record_through_a_queue_keeps_its_fields_and_traceback(log: JsonLog) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, HydraHandler(log.logger))
    shop = logging.Logger("shop")
    shop.addHandler(logging.handlers.QueueHandler(records))  # type: ignore[arg-type]
    listener.start()
    try:
        raise ValueError("bad")
    except ValueError:
        shop.exception("%s", "m", extra={"n": 1})
    listener.stop()
    last = log.last()
    assert (last["n"], "ValueError: bad" in str(last)) == (1, True)


def test_a_configuration_of_logging_configures_the_logger_in_one_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    shop = logging.getLogger("configured")
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"short": {"format": "~%(message)s"}},
            "filters": {"quiet": {"name": "configured.loud"}},
            "handlers": {
                "file": {
                    "class": "hydra_logger.HydraHandler",
                    "level": "WARNING",
                    "formatter": "short",
                    "config": {
                        "layers": {
                            "DEFAULT": {
                                "destinations": [
                                    {"type": "file", "path": str(path), "format": "json"}
                                ]
                            }
                        }
                    },
                },
                "path": {
                    "()": "hydra_logger.HydraHandler",
                    "path": str(tmp_path / "b.log"),
                    "filters": ["quiet"],
                },
                "preset": {"class": "hydra_logger.HydraHandler", "preset": "testing"},
            },
            "loggers": {
                "configured": {
                    "level": "DEBUG",
                    "handlers": ["file", "path"],
                    "propagate": False,
                }
            },
        }
    )
    shop.info("below")
    shop.warning("above")
    logging.getLogger("configured.loud").debug("through the filter")
    for handler in shop.handlers:
        handler.flush()
    assert [json.loads(line)["message"] for line in path.read_text().splitlines()] == ["~above"]
    (line,) = (tmp_path / "b.log").read_text().splitlines()
    assert line.endswith("configured.loud DEBUG - through the filter")
    for handler in shop.handlers[:]:
        shop.removeHandler(handler)


def test_file_config_makes_the_handler_too(tmp_path: Path) -> None:
    (tmp_path / "logging.ini").write_text(
        """[loggers]
keys=root,ini
[handlers]
keys=hydra
[formatters]
keys=
[logger_root]
handlers=
[logger_ini]
qualname=ini
level=INFO
handlers=hydra
propagate=0
[handler_hydra]
class=hydra_logger.HydraHandler
kwargs={"path": "ini.log"}
level=INFO
"""
    )
    logging.config.fileConfig(tmp_path / "logging.ini", disable_existing_loggers=False)
    ini = logging.getLogger("ini")
    ini.info("from a file")
    ini.handlers[0].flush()
    assert (tmp_path / "ini.log").read_text().endswith("ini INFO - from a file\n")
    ini.removeHandler(ini.handlers[0])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"preset": "no_such"}, "no_such"),
        ({"config": {"layer": {}}}, "layer"),
        ({"path": "a.log", "format": "xml"}, "xml"),
        ({"path": "a.log", "preset": "testing"}, "preset and path"),
        ({"format": "json"}, "without path"),
    ],
)
def test_a_wrong_argument_is_a_configuration_error(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        HydraHandler(**arguments)


def test_install_takes_what_is_logged_and_uninstall_undoes_it(log: JsonLog) -> None:
    root, child = logging.getLogger(), logging.getLogger("installed.child")
    before = (type(root), type(child), root.level, root.handlers[:], logging.info)
    shows = warnings.showwarning
    handler = hydra_logger.install(log.logger)
    assert handler.logger is log.logger
    child.info("child", extra={"n": 1})
    logging.warning("root %d", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    new = logging.getLogger("installed.later")
    new.error("later")
    seen = [(r["logger"], r["message"]) for r in log.records()]
    assert seen[:2] == [("installed.child", "child"), ("root", "root 2")]
    assert seen[2][0] == "py.warnings"
    assert "careful" in seen[2][1]
    assert seen[3] == ("installed.later", "later")
    hydra_logger.uninstall()
    hydra_logger.uninstall()
    child.error("no more")
    assert len(log.records()) == 4
    assert before == (type(root), type(child), root.level, root.handlers[:], logging.info)
    assert warnings.showwarning is shows
    assert type(new) is logging.Logger
    assert logging.getLoggerClass() is logging.Logger


def test_caplog_sees_what_is_logged_after_install(
    log: JsonLog, caplog: pytest.LogCaptureFixture
) -> None:
    hydra_logger.install(log.logger)
    logging.getLogger("caught").warning("%s", "seen", extra={"n": 1})
    assert [(r.name, r.getMessage(), r.__dict__["n"]) for r in caplog.records] == [
        ("caught", "seen", 1)
    ]
    assert log.last()["message"] == "seen"


def test_installing_again_replaces_the_logger(log: JsonLog, tmp_path: Path) -> None:
    hydra_logger.install(HydraLogger({"layers": {"DEFAULT": {"destinations": []}}}))
    hydra_logger.install(log.logger, level="WARNING", capture_warnings=False)
    logging.getLogger("again").info("below")
    logging.getLogger("again").warning("once")
    assert [r["message"] for r in log.records()] == ["once"]


def test_loggers_of_a_class_of_the_program_s_own_keep_it_and_are_logged(log: JsonLog) -> None:
    class Mine(logging.Logger):
        pass

    logging.setLoggerClass(Mine)
    try:
        # `logging` keeps its loggers for ever: another name for each run of this test.
        mine = logging.getLogger(f"of.mine.{type(log.logger).__name__}")
        hydra_logger.install(log.logger)
        assert logging.getLoggerClass() is Mine
        mine.info("m")
    finally:
        logging.setLoggerClass(logging.Logger)
    assert type(mine) is Mine
    assert log.last()["logger"] == mine.name


def test_a_handler_that_logs_back_neither_deadlocks_nor_loses_a_record(
    shop: logging.Logger, log: JsonLog
) -> None:
    class LogsBack(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "first":
                shop.info("back")

    shop.addHandler(LogsBack())
    shop.info("first")
    assert [r["message"] for r in log.records()] == ["first", "back"]


@pytest.mark.sync_only
def test_a_destination_that_fails_is_counted_and_never_reported_through_logging(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clear_error_stats()
    (tmp_path / "taken").write_text("")
    file = {"type": "file", "path": str(tmp_path / "taken" / "a.log")}
    hydra_logger.install(HydraLogger({"layers": {"DEFAULT": {"destinations": [file]}}}))
    logging.getLogger("fails").error("m")
    assert [r.name for r in caplog.records] == ["fails"]
    assert get_error_stats()["total_errors"] > 0
    clear_error_stats()


def test_buffers_are_written_by_logging_s_shutdown_and_later_records_are_not_lost(
    tmp_path: Path,
) -> None:
    run(
        """
import atexit, logging
atexit.register(logging.getLogger("late").info, "after shutdown")
import hydra_logger
from hydra_logger import HydraLogger
file = {"type": "file", "path": "a.log", "buffer_size": "64KB", "flush_interval": 3600}
hydra_logger.install(HydraLogger({"layers": {"DEFAULT": {"destinations": [file]}}}))
logging.info("before")
logging.shutdown()
assert open("a.log").read().count("\\n") == 1
"""
    )
    lines = (tmp_path / "a.log").read_text().splitlines()
    assert [line.split(" - ")[1] for line in lines] == ["before", "after shutdown"]


def test_the_handler_of_basic_config_is_taken_off_and_put_back() -> None:
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            """
import logging, hydra_logger
logging.basicConfig(format="PLAIN %(message)s", level=logging.INFO)
hydra_logger.install()
logging.info("one")
hydra_logger.uninstall()
logging.info("two")
""",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    one, two = result.stderr.splitlines()
    assert one.endswith("root INFO - one")
    assert two == "PLAIN two"
