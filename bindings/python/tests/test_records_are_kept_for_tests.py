"""hydra_logger.testing and the fixture hydra_records."""

import logging
from datetime import UTC, datetime, timedelta

import hydra_logger
import pytest
from hydra_logger.testing import CapturedRecord, CapturedRecords, capture


def test_a_record_holds_what_was_logged(hydra_records: CapturedRecords) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    hydra_records.logger.warning("AUTH", "login of %s", "ada", attempt=3, tags=["a", {"b": None}])
    (record,) = hydra_records
    assert before < record.time <= datetime.now(UTC)
    assert record == CapturedRecord(
        time=record.time,
        level="WARNING",
        layer="AUTH",
        message="login of ada",
        fields={"attempt": 3, "tags": ["a", {"b": None}]},
        location=None,
    )


def test_values_keep_their_types(hydra_records: CapturedRecords) -> None:
    values = {
        "yes": True,
        "small": -1,
        "large": 2**100,
        "real": 0.5,
        "text": "é",
        "nothing": None,
        "long": timedelta(seconds=1.5),
    }
    hydra_records.logger.info("values", extra=values)
    assert hydra_records[0].fields == values


def test_every_level_of_every_layer_is_kept_and_can_be_asked_for() -> None:
    records = capture()
    records.logger.trace("A", "one")
    records.logger.error("B", "two")
    assert [record.layer for record in records] == ["A", "B"]
    assert [record.message for record in records.layer("B")] == ["two"]
    assert records.contains("tw")
    assert not records.contains("three")
    assert [r.message for r in records[1:]] == ["two"]
    assert "B ERROR - two" in repr(records)
    assert len(records.take()) == 2
    assert len(records) == 0


def test_two_captures_know_nothing_of_each_other(hydra_records: CapturedRecords) -> None:
    other = capture()
    other.logger.info("mine")
    assert len(hydra_records) == 0


def test_what_is_logged_through_logging_is_kept_too(hydra_records: CapturedRecords) -> None:
    hydra_logger.install(hydra_records.logger)
    try:
        logging.getLogger("shop").debug("%d sold", 2, extra={"item": 7})
    finally:
        hydra_logger.uninstall()
    (record,) = hydra_records.layer("shop")
    assert (record.message, record.fields) == ("2 sold", {"item": 7})


def test_the_fixture_is_there_once_the_package_is_installed(pytestconfig: pytest.Config) -> None:
    plugins = pytestconfig.pluginmanager.list_plugin_distinfo()
    assert any(distribution.project_name == "hydra-logger" for _, distribution in plugins)
