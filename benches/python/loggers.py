"""The loggers that are measured: how each is made for a file, and how it is called.

Each writes every record to the file before the call returns, unless it says "buffered", with the
time, the level and the message. A call is a line of source, so that the measured loop holds the
call itself and nothing around it; TEXT stands for an f-string of 100 bytes with the loop's number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# "message ", 8 digits, a blank and 83 signs.
TEXT = 'f"message {i:08d} ' + "x" * 83 + '"'
THREE_FIELDS = 'user=i, path="/login", order={"id": 7, "items": 2}'
THREE_IN_EXTRA = 'extra={"user": i, "path": "/login", "order": {"id": 7, "items": 2}}'

Made = tuple[Any, Callable[[], object]]


@dataclass(frozen=True)
class Case:
    """A logger, as the table names it."""

    label: str
    make: Callable[[str], Made]
    """Takes the file's path; gives the logger, and what ends it."""
    call: str
    """One record, of `log` and `i`."""
    below: str = ""
    """A call below the level."""
    slow: int = 1
    """It logs this many times fewer lines."""
    what: tuple[str, ...] = ("cpu",)
    """What is measured of it."""


def file(path: str) -> Made:
    """Open a text file."""
    out = open(path, "a", encoding="utf-8")  # noqa: SIM115
    return out, out.close


def stdlib(json: bool) -> Callable[[str], Made]:
    """`logging` with a FileHandler."""

    def make(path: str) -> Made:
        import json as json_
        import logging

        class Json(logging.Formatter):
            def format(self, record: logging.LogRecord) -> str:
                return json_.dumps(
                    {
                        "timestamp": self.formatTime(record),
                        "level": record.levelname,
                        "logger": record.name,
                        "message": record.getMessage(),
                    }
                )

        handler = logging.FileHandler(path)
        plain = logging.Formatter("%(asctime)s %(name)s %(levelname)s - %(message)s")
        handler.setFormatter(Json() if json else plain)
        log = logging.getLogger("APP")
        log.propagate = False
        log.setLevel("INFO")
        log.addHandler(handler)
        return log, handler.close

    return make


def picologging(path: str) -> Made:
    """picologging with a FileHandler."""
    import picologging

    handler = picologging.FileHandler(path)
    plain = picologging.Formatter("%(asctime)s %(name)s %(levelname)s - %(message)s")
    handler.setFormatter(plain)
    log = picologging.getLogger("APP")
    log.propagate = False
    log.setLevel(picologging.INFO)
    log.addHandler(handler)
    return log, handler.close


def structlog(json: bool) -> Callable[[str], Made]:
    """structlog as its pages on speed advise: a filtering logger, cached, written without logging."""

    def make(path: str) -> Made:
        import logging

        import orjson
        import structlog

        out: Any = open(path, "ab" if json else "a")  # noqa: SIM115
        factory: Any = structlog.BytesLoggerFactory if json else structlog.WriteLoggerFactory
        structlog.configure(
            cache_logger_on_first_use=True,
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(serializer=orjson.dumps)
                if json
                else structlog.processors.KeyValueRenderer(),
            ],
            logger_factory=factory(file=out),
        )
        return structlog.get_logger().bind(), out.close

    return make


def loguru(path: str) -> Made:
    """Loguru with a file."""
    from loguru import logger

    logger.remove()
    sink = logger.add(path, format="{time} {level} - {message}", level="INFO")
    return logger, lambda: logger.remove(sink)


def hydra(
    layout: str, buffer_size: str | None = None, redact: bool | None = None
) -> Callable[[str], Made]:
    """Our logger with one file, otherwise as it is by default."""

    def make(path: str) -> Made:
        from hydra_logger import HydraLogger

        destination = {"type": "file", "path": path, "format": layout, "max_size": "unlimited"}
        config = {"layers": {"APP": {"destinations": [destination]}}}
        logger = HydraLogger(config, buffer_size=buffer_size, redact_sensitive=redact)
        return logger, logger.close

    return make


def awaited(path: str) -> Made:
    """The asynchronous one, whose loop ends it."""
    from hydra_logger import AsyncHydraLogger

    destination = {"type": "file", "path": path, "format": "plain-text", "max_size": "unlimited"}
    logger = AsyncHydraLogger({"layers": {"APP": {"destinations": [destination]}}})
    return logger, logger.close


def installed(path: str) -> Made:
    """`logging`, sent to our logger by `install`."""
    import logging

    import hydra_logger

    logger, close = hydra("plain-text")(path)
    hydra_logger.install(logger)
    return logging.getLogger("APP"), close


def preset(name: str) -> Callable[[str], Made]:
    """One of our presets, which says itself where it writes."""

    def make(_path: str) -> Made:
        from hydra_logger import HydraLogger

        logger = HydraLogger.for_custom(name)
        return logger, logger.close

    return make


ALL = ("cpu", "latency", "threads", "busy", "below")
OURS = f'log.info("APP", {TEXT})'
OURS_BELOW = 'log.debug("APP", "not shown")'
THEIRS = f"log.info({TEXT})"
THEIRS_BELOW = 'log.debug("not shown")'
BUFFER = "16KB"

CASES = {
    "floor": Case(
        "`f.write` + `flush`",
        file,
        f'log.write({TEXT[:-1]}\\n"); log.flush()',
        slow=2,
        what=("cpu", "latency", "threads", "busy"),
    ),
    "stdlib": Case("logging", stdlib(json=False), THEIRS, THEIRS_BELOW, slow=5, what=ALL),
    "stdlib-json": Case("logging, `json.dumps`", stdlib(json=True), THEIRS, slow=5),
    "picologging": Case(
        "picologging",
        picologging,
        THEIRS,
        THEIRS_BELOW,
        slow=5,
        what=("cpu", "latency", "busy", "below"),  # eight threads of it wait for each other
    ),
    "structlog": Case("structlog", structlog(json=False), THEIRS, THEIRS_BELOW, slow=5, what=ALL),
    "structlog-json": Case("structlog, orjson", structlog(json=True), THEIRS, slow=5),
    "loguru": Case("loguru", loguru, THEIRS, THEIRS_BELOW, slow=10, what=ALL),
    "text": Case("**hydra_logger**, text", hydra("plain-text"), OURS, OURS_BELOW, what=ALL),
    "json": Case("**hydra_logger**, JSON", hydra("json"), OURS),
    "json-fields": Case(
        "… three keyword fields", hydra("json"), f'log.info("APP", {TEXT}, {THREE_FIELDS})'
    ),
    "json-extra": Case(
        "… three in `extra=`", hydra("json"), f'log.info("APP", {TEXT}, {THREE_IN_EXTRA})'
    ),
    "installed": Case("… through logging, after `install()`", installed, THEIRS, THEIRS_BELOW),
    "awaited": Case("… text, awaited", awaited, f"await {OURS}", what=()),
    "buffered": Case(
        "**hydra_logger**, text, buffered",
        hydra("plain-text", BUFFER),
        OURS,
        what=("cpu", "latency", "threads", "busy"),
    ),
    "buffered-json": Case("**hydra_logger**, JSON, buffered", hydra("json", BUFFER), OURS),
    "buffered-fields": Case(
        "… three keyword fields", hydra("json", BUFFER), f'log.info("APP", {TEXT}, {THREE_FIELDS})'
    ),
    "buffered-extra": Case(
        "… three in `extra=`", hydra("json", BUFFER), f'log.info("APP", {TEXT}, {THREE_IN_EXTRA})'
    ),
    "open": Case("**hydra_logger**, text, not redacted", hydra("plain-text", None, False), OURS),
    "open-json": Case("… JSON", hydra("json", None, False), OURS),
    "open-fields": Case(
        "… three keyword fields",
        hydra("json", None, False),
        f'log.info("APP", {TEXT}, {THREE_FIELDS})',
    ),
    "open-extra": Case(
        "… three in `extra=`",
        hydra("json", None, False),
        f'log.info("APP", {TEXT}, {THREE_IN_EXTRA})',
    ),
    "open-buffered": Case("… text, buffered", hydra("plain-text", BUFFER, False), OURS),
}
