"""ColoredTextFormatter, BufferedFileHandler and PerformanceMonitor: faces of the core."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra_logger import (
    BufferedFileHandler,
    ColoredTextFormatter,
    ConfigurationError,
    HydraLogger,
    PerformanceMonitor,
    clear_error_stats,
    get_error_stats,
)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.Logger("shop")  # of its own: nothing of the process's logging is touched
    yield logger
    for handler in logger.handlers:
        handler.close()


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def kept(logger: logging.Logger, formatter: logging.Formatter) -> list[str]:
    handler = Kept()
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return handler.lines


def test_a_line_of_the_coloured_formatter_is_that_of_a_destination(
    logger: logging.Logger, tmp_path: Path
) -> None:
    lines = kept(logger, ColoredTextFormatter(date_format="", time_format=""))
    logger.warning("two\nlines, %s", "rendered")
    path = tmp_path / "a.log"
    file = {"type": "file", "path": str(path), "color_mode": "always"}
    layers = {"shop": {"destinations": [{**file, "date_format": "", "time_format": ""}]}}
    with HydraLogger({"layers": layers}) as hydra:
        hydra.warning("shop", "two\nlines, rendered")
    assert [line + "\n" for line in lines] == [path.read_text()]
    assert "\x1b[33mWARNING\x1b[0m" in lines[0]


def test_extra_and_exceptions_stand_behind_the_message_in_the_same_line(
    logger: logging.Logger,
) -> None:
    lines = kept(logger, ColoredTextFormatter(theme=None))
    try:
        raise ValueError("bad card")
    except ValueError:
        logger.exception("declined", extra={"order": 7})
    (line,) = lines
    assert re.match(r"\d{4}-\d\d-\d\d \S+ shop ERROR - declined order=7 exception=", line)
    assert "ValueError: bad card" in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_templates_of_the_formatter_are_those_of_a_configuration(logger: logging.Logger) -> None:
    lines = kept(
        logger,
        ColoredTextFormatter(
            date_format="",
            time_format="",
            logger_name_format="[{name}]",
            message_format="{level}: {message}",
            theme=None,
        ),
    )
    logger.info("up")
    assert lines == ["[shop] INFO: up"]


@pytest.mark.parametrize("wrong", [{"theme": "drak"}, {"message_format": "{nope}"}])
def test_a_wrong_setting_of_the_formatter_is_a_configuration_error(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        ColoredTextFormatter(**wrong)


def test_a_record_rests_in_the_buffer_until_it_is_flushed(
    logger: logging.Logger, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "a.log"
    handler = BufferedFileHandler(path, flush_interval=3600)
    handler.setFormatter(logging.Formatter("%(name)s|%(levelname)s|%(message)s"))
    logger.addHandler(handler)
    for number in range(100):
        logger.info("line %d", number)
    assert not path.exists() or path.read_text() == ""
    handler.flush()
    assert path.read_text().splitlines() == [f"shop|INFO|line {n}" for n in range(100)]


def test_a_full_buffer_and_an_error_are_written_at_once(
    logger: logging.Logger, tmp_path: Path
) -> None:
    handler = BufferedFileHandler(tmp_path / "a.log", buffer_size=1024, flush_interval=3600)
    logger.addHandler(handler)
    for _ in range(20):
        logger.info("x" * 100)
    assert (tmp_path / "a.log").read_text().count("\n") >= 9
    logger.error("at once")
    assert (tmp_path / "a.log").read_text().splitlines()[-1] == "at once"


def test_closing_writes_what_is_left_and_closing_again_does_nothing(
    logger: logging.Logger, tmp_path: Path
) -> None:
    handler = BufferedFileHandler(tmp_path / "a.log")
    logger.addHandler(handler)
    logger.debug("low")
    handler.close()
    handler.close()
    assert (tmp_path / "a.log").read_text() == "low\n"


def test_the_handler_rotates_as_a_destination_does(logger: logging.Logger, tmp_path: Path) -> None:
    handler = BufferedFileHandler(
        tmp_path / "a.log", buffer_size=256, max_size="1KB", backup_count=2
    )
    logger.addHandler(handler)
    for _ in range(100):
        logger.info("x" * 99)
    handler.close()
    files = {path.name: path.stat().st_size for path in tmp_path.glob("a.log*")}
    assert set(files) == {"a.log", "a.log.1", "a.log.2"}
    assert max(files.values()) <= 1024


def test_a_file_that_cannot_be_written_is_counted_and_never_raised(
    logger: logging.Logger, tmp_path: Path
) -> None:
    clear_error_stats()
    (tmp_path / "taken").write_text("")
    handler = BufferedFileHandler(tmp_path / "taken" / "a.log")
    logger.addHandler(handler)
    logger.error("nowhere to go")
    handler.flush()
    handler.close()
    assert get_error_stats()["total_errors"] > 0
    clear_error_stats()


def test_a_wrong_setting_of_the_handler_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="max_size"):
        BufferedFileHandler(tmp_path / "a.log", max_sise="1KB")


def test_the_monitor_counts_the_records_of_its_stretch(tmp_path: Path) -> None:
    file = {"type": "file", "path": str(tmp_path / "a.log")}
    with HydraLogger({"layers": {"APP": {"destinations": [file]}}}) as logger:
        logger.info("APP", "before")
        with PerformanceMonitor(logger) as monitor:
            for _ in range(100):
                logger.info("APP", "during")
        logger.info("APP", "after")
        statistics = monitor.get_statistics()
        assert statistics["total_logs"] == 100
        assert statistics["elapsed"] > 0
        assert statistics["throughput"] == pytest.approx(100 / statistics["elapsed"])
        assert statistics["memory_usage"] > 1_000_000
        monitor.reset()
        logger.info("APP", "again")
        assert monitor.get_statistics()["total_logs"] == 1
