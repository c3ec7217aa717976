"""The recipes of docs/python.md, with the real packages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loguru
import pytest
import structlog
from hydra_logger.testing import CapturedRecords

PAGE = Path(__file__).parents[3] / "docs" / "python.md"


def recipe(section: str, records: CapturedRecords) -> dict[str, Any]:
    """Run a section's block, and have it log to a logger of the test's."""
    text = PAGE.read_text().split(f"\n## {section}\n")[1]
    block = re.findall(r"```python\n(.*?)```", text, re.S)[0]
    names: dict[str, Any] = {}
    exec(block, names)
    names["hydra"] = records.logger
    return names


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    loguru.logger.remove()


def shown(records: CapturedRecords) -> list[tuple[str, str, str, dict[str, Any]]]:
    return [(r.level, r.layer, r.message, r.fields) for r in records]


def test_structlog_events_become_records(hydra_records: CapturedRecords) -> None:
    recipe("structlog", hydra_records)
    log = structlog.get_logger().bind(order=7)
    structlog.contextvars.bind_contextvars(request_id="r-1")
    log.info("sold", layer="SHOP", tags=["a"])
    log.warning("%d%% gone", 50)
    log.debug("detail")
    assert shown(hydra_records) == [
        ("INFO", "SHOP", "sold", {"request_id": "r-1", "order": 7, "tags": ["a"]}),
        ("WARNING", "DEFAULT", "50% gone", {"request_id": "r-1", "order": 7}),
        ("DEBUG", "DEFAULT", "detail", {"request_id": "r-1", "order": 7}),
    ]


def test_structlog_exceptions_keep_their_traceback(hydra_records: CapturedRecords) -> None:
    recipe("structlog", hydra_records)
    try:
        raise ValueError("bad card")
    except ValueError:
        structlog.get_logger().exception("declined")
    (record,) = hydra_records
    assert record.level == "ERROR"
    assert "ValueError: bad card" in record.fields["exception"]


def test_loguru_messages_become_records(hydra_records: CapturedRecords) -> None:
    recipe("loguru", hydra_records)
    loguru.logger.bind(order=7).success("{} sold", "a book")
    loguru.logger.trace("detail")
    loguru.logger.critical("INFO")
    assert shown(hydra_records) == [
        ("INFO", __name__, "a book sold", {"order": 7}),
        ("TRACE", __name__, "detail", {}),
        ("CRITICAL", __name__, "INFO", {}),
    ]


def test_loguru_exceptions_keep_their_traceback(hydra_records: CapturedRecords) -> None:
    recipe("loguru", hydra_records)
    try:
        raise ValueError("bad card")
    except ValueError:
        loguru.logger.exception("declined")
    (record,) = hydra_records
    assert record.level == "ERROR"
    assert "ValueError: bad card" in record.fields["exception"]
