"""Handlers of `logging` that do not hold an event loop up."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio
from hydra_logger import ConfigurationError, clear_error_stats, get_error_stats
from hydra_logger.async_hydra.handlers import (
    AsyncCompositeHandler,
    AsyncConsoleHandler,
    BaseAsyncHandler,
    ProfessionalAsyncFileHandler,
)


@pytest.fixture(autouse=True)
def _errors_of_this_test_alone() -> Iterator[None]:
    clear_error_stats()
    yield
    clear_error_stats()


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.Logger("shop")
    yield logger
    for handler in logger.handlers:
        handler.close()


def record(message: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("shop", level, __file__, 1, message, None, None)


class Memory(BaseAsyncHandler):
    """Keeps what it is given, by the way it came."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    async def _emit_async_internal(self, record: logging.LogRecord) -> None:
        await asyncio.sleep(0)
        if record.getMessage() == "fails":
            raise ValueError("no")
        self.kept.append(f"async {record.getMessage()}")

    def _write_record_sync(self, record: logging.LogRecord) -> None:
        self.kept.append(f"sync {record.getMessage()}")


def test_a_handler_of_ones_own_is_awaited_and_falls_back_to_writing() -> None:
    handler = Memory()

    async def main() -> None:
        await handler.emit_async(record("one"))
        await handler.emit_async(record("fails"))
        handler.emit_async(record("forgotten"))
        await handler.aclose()

    asyncio.run(main())
    handler.emit_async(record("no loop"))
    handler.emit(record("plain"))
    assert handler.kept == [
        "async one",
        "sync fails",
        "async forgotten",
        "sync no loop",
        "sync plain",
    ]
    assert get_error_stats()["error_types"] == {"emit_async": 1}


def test_a_handler_that_has_one_way_alone_writes_at_once() -> None:
    class Plain(BaseAsyncHandler):
        def __init__(self) -> None:
            super().__init__()
            self.kept: list[str] = []

        def _write_record_sync(self, record: logging.LogRecord) -> None:
            self.kept.append(record.getMessage())

    handler = Plain()

    async def main() -> None:
        forgotten = handler.emit_async(record("one"))
        assert handler.kept == ["one"]
        await forgotten

    asyncio.run(main())
    trio.run(main_of(handler))
    assert handler.kept == ["one", "trio"]


def main_of(handler: BaseAsyncHandler):  # type: ignore[no-untyped-def]
    async def main() -> None:
        await handler.emit_async(record("trio"))

    return main


def test_what_cannot_be_written_is_shown_and_raises_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = BaseAsyncHandler()

    async def main() -> None:
        await handler.emit_async(record("lost"))

    asyncio.run(main())
    assert "BaseAsyncHandler has no _write_record_sync" in capsys.readouterr().err


def test_a_file_holds_every_line_as_it_was_formatted(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "app.log"
    handler = ProfessionalAsyncFileHandler(path, max_queue_size=10)
    handler.setFormatter(logging.Formatter("%(levelname)s|%(message)s"))

    async def main() -> None:
        for number in range(1000):
            await handler.emit_async(record(str(number)))
        await handler.aclose()

    asyncio.run(main())
    assert path.read_text().splitlines() == [f"INFO|{number}" for number in range(1000)]
    handler.close()


@pytest.mark.parametrize("loop", ["asyncio", "trio", "none"])
def test_a_file_handler_serves_logging_itself(
    tmp_path: Path, logger: logging.Logger, loop: str
) -> None:
    path = tmp_path / "app.log"
    handler = ProfessionalAsyncFileHandler(path, level=logging.INFO, format="json")
    logger.addHandler(handler)

    async def main() -> None:
        logger.debug("too low")
        logger.info("to %s", "ada")
        logger.error("failed")

    if loop == "asyncio":
        asyncio.run(main())
    elif loop == "trio":
        trio.run(main)
    else:
        with pytest.raises(StopIteration):
            main().send(None)
    handler.flush()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    found = [(line["level"], line["message"]) for line in lines]
    assert found == [("INFO", "to ada"), ("ERROR", "failed")]


def test_one_line_is_written_when_write_record_sync_returns(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    handler = ProfessionalAsyncFileHandler(path)

    async def main() -> None:
        handler._write_record_sync(record("at once"))
        assert path.read_text() == "at once\n"

    asyncio.run(main())
    handler.close()


def test_a_record_that_cannot_be_formatted_is_shown_and_raises_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = ProfessionalAsyncFileHandler(tmp_path / "app.log")
    wrong = record("%d")
    wrong.args = ("x",)
    asyncio.run(end_of(handler, wrong))
    assert "--- Logging error ---" in capsys.readouterr().err
    assert not (tmp_path / "app.log").exists()


async def end_of(handler: BaseAsyncHandler, *records: logging.LogRecord) -> None:
    for given in records:
        await handler.emit_async(given)
    await handler.aclose()


@pytest.mark.parametrize("arguments", [{"max_queue_size": 0}, {"no_such_key": 1}])
def test_wrong_settings_of_a_file_are_refused(tmp_path: Path, arguments: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        ProfessionalAsyncFileHandler(tmp_path / "app.log", **arguments)


def test_a_console_shows_records_as_the_logger_does(capfd: pytest.CaptureFixture[str]) -> None:
    plain = AsyncConsoleHandler("stdout", use_colors=False)
    coloured = AsyncConsoleHandler(use_colors=True)
    formatted = AsyncConsoleHandler()
    formatted.setFormatter(logging.Formatter("<%(message)s>"))

    async def main() -> None:
        for handler in (plain, coloured, formatted):
            await end_of(handler, record("started", logging.WARNING))

    asyncio.run(main())
    out, err = capfd.readouterr()
    assert out.endswith(" shop WARNING - started\n")
    assert "\x1b[33mWARNING\x1b[0m - started\n" in err
    assert "shop WARNING - <started>\n" in err


def test_all_handlers_get_each_record_at_once_whatever_fails(tmp_path: Path) -> None:
    class Broken(BaseAsyncHandler):
        def emit_async(self, record: logging.LogRecord):  # type: ignore[no-untyped-def]
            raise ValueError("emit")

    class Coroutine(logging.Handler):
        async def emit_async(self, record: logging.LogRecord) -> None:
            await asyncio.sleep(0)
            raise ValueError("later")

    class Plain(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            plain.append(record.getMessage())

    plain: list[str] = []
    memory = Memory()
    path = tmp_path / "app.log"
    composite = AsyncCompositeHandler([Broken(), Coroutine(), memory])
    composite.add_handler(ProfessionalAsyncFileHandler(path))
    last = Plain()
    composite.add_handler(last)
    composite.add_handler(last)
    assert len(composite.handlers) == 5

    async def main() -> None:
        await composite.emit_async(record("one"))
        composite.emit_async(record("two"))
        composite.remove_handler(last)
        await end_of(composite, record("three"))

    asyncio.run(main())
    assert plain == ["one", "two"]
    assert memory.kept == ["async one", "async two", "async three"]
    assert path.read_text().splitlines() == ["one", "two", "three"]
    assert get_error_stats()["error_types"] == {"emit_async": 6}


def test_a_composite_of_logging_works_without_a_loop(
    tmp_path: Path, logger: logging.Logger
) -> None:
    path = tmp_path / "app.log"
    quiet = ProfessionalAsyncFileHandler(tmp_path / "errors.log", level=logging.ERROR)
    composite = AsyncCompositeHandler([ProfessionalAsyncFileHandler(path), quiet])
    logger.addHandler(composite)
    logger.info("one")
    logger.error("two")
    composite.emit_async(record("three"))
    composite.close()
    assert path.read_text().splitlines() == ["one", "two", "three"]
    assert (tmp_path / "errors.log").read_text().splitlines() == ["two"]


def test_a_program_that_ends_without_closing_its_handlers_loses_nothing(tmp_path: Path) -> None:
    import subprocess

    path = tmp_path / "app.log"
    program = f"""
import asyncio, logging
from hydra_logger.async_hydra.handlers import ProfessionalAsyncFileHandler
logging.basicConfig(handlers=[ProfessionalAsyncFileHandler({str(path)!r})], level=logging.INFO)

async def main():
    for number in range(1000):
        logging.info("%d", number)

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)
    lines = path.read_text().splitlines()
    assert [line.rpartition(":")[2] for line in lines] == [str(number) for number in range(1000)]
