import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import hydra_logger
import pytest
from hydra_logger import DataProtectionError, FallbackHandler, get_error_stats
from hydra_logger.data_protection import (
    AtomicWriter,
    BackupManager,
    CorruptionDetector,
    DataLossProtection,
    DataRecovery,
)


def test_json_is_written_at_once_and_read_back(tmp_path: Path) -> None:
    handler = FallbackHandler()
    path = tmp_path / "made" / "state.json"
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    assert handler.safe_write_json({"é": [1, None], "at": moment}, path) is True
    assert handler.safe_read_json(path) == {"é": [1, None], "at": "2026-11-21 00:00:00+00:00"}
    assert handler.safe_write_json([1], str(path)) is True
    assert handler.safe_read_json(str(path)) == [1]
    assert [backup.name for backup in BackupManager().list(path)] == ["state.json.bak.1"]


def test_json_lines_and_csv_are_written_and_read_back(tmp_path: Path) -> None:
    handler = FallbackHandler()
    lines = tmp_path / "events.jsonl"
    assert handler.safe_write_json_lines(({"n": n} for n in range(3)), lines) is True
    assert [json.loads(line) for line in lines.read_text().splitlines()] == [
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]
    table = tmp_path / "rows.csv"
    rows = [{"a": "1", "b": 'x,"y"\nz'}, {"b": "2", "c": "3"}]
    assert handler.safe_write_csv(rows, table) is True
    assert handler.safe_read_csv(table) == [
        {"a": "1", "b": 'x,"y"\nz', "c": ""},
        {"a": "", "b": "2", "c": "3"},
    ]
    assert handler.safe_write_csv([["a"], ["1"]], table) is True
    assert handler.safe_read_csv(table) == [{"a": "1"}]
    assert handler.safe_write_csv([["a"], {"a": 1}], table) is False


def test_a_damaged_file_is_read_from_its_newest_whole_backup(tmp_path: Path) -> None:
    handler = FallbackHandler(keep_backups=2)
    path = tmp_path / "state.json"
    for n in range(5):
        handler.safe_write_json({"n": n}, path)
    assert len(BackupManager().list(path)) == 2
    path.write_text('{"n":')
    integrity = CorruptionDetector.check(path)
    assert (integrity["whole"], integrity["records"]) == (False, 0)
    assert integrity["damage"] == {
        "line": 1,
        "offset": 5,
        "reason": "it ends before it is complete",
    }
    assert handler.safe_read_json(path) == {"n": 3}
    assert DataRecovery.recover(path)["from_backup"] is True
    assert BackupManager().restore(path) is True
    assert json.loads(path.read_text()) == {"n": 3}
    for backup in BackupManager().list(path):
        backup.unlink()
    path.write_text("no JSON")
    assert handler.safe_read_json(path) is None
    with pytest.raises(DataProtectionError, match="no backup of it is whole"):
        DataRecovery.recover(path)


def test_all_whole_lines_of_a_damaged_file_come_back(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"n":1}\n{"n"\n{"n":3}\n')
    recovered = DataRecovery.recover(path, "json_lines")
    assert recovered["contents"] == b'{"n":1}\n{"n":3}\n'
    assert [damage["line"] for damage in recovered["lost"]] == [2]
    with pytest.raises(ValueError, match='"json", "json_lines" or "csv"'):
        DataRecovery.recover(path, "xml")  # type: ignore[arg-type]


def test_what_fails_is_false_and_tracked(tmp_path: Path) -> None:
    handler = FallbackHandler()
    blocked = tmp_path / "file"
    blocked.write_text("")
    before = get_error_stats()["total_errors"]
    assert handler.safe_write_json({}, blocked / "state.json") is False
    assert handler.safe_read_json(tmp_path / "missing.json") is None
    assert handler.safe_read_csv(tmp_path / "missing.csv") is None
    cycle: list[object] = []
    cycle.append(cycle)
    assert handler.safe_write_json(cycle, tmp_path / "cycle.json") is False
    assert not (tmp_path / "cycle.json").exists()
    assert get_error_stats()["total_errors"] == before + 4
    with pytest.raises(DataProtectionError, match="cannot"):
        AtomicWriter().write(blocked / "x", b"")


def test_threads_and_processes_leave_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    program = (
        "import sys; from hydra_logger import FallbackHandler; h = FallbackHandler()\n"
        "for n in range(20): assert h.safe_write_json({'n': n, 'x': 'y' * 50_000}, sys.argv[1])"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, path]) for _ in range(2)]
    handler = FallbackHandler()
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda n: handler.safe_write_json({"n": n}, path), range(20)))
    assert all(written)
    assert [child.wait() for child in children] == [0, 0]
    assert CorruptionDetector.check(path)["whole"] is True
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_files_are_written_and_read_beside_the_event_loop(tmp_path: Path) -> None:
    async def use() -> None:
        handler = FallbackHandler()
        path = tmp_path / "state.json"
        assert await handler.async_safe_write_json({"n": 1}, path) is True
        assert await handler.async_safe_read_json(path) == {"n": 1}
        assert await handler.async_safe_write_json_lines([1], tmp_path / "lines") is True
        assert await handler.async_safe_write_csv([{"a": 1}], tmp_path / "rows") is True
        assert await handler.async_safe_read_csv(tmp_path / "rows") == [{"a": "1"}]

    asyncio.run(use())


def test_messages_wait_until_they_are_restored_and_cleaned_up(tmp_path: Path) -> None:
    async def use() -> None:
        kept = DataLossProtection(tmp_path / ".hydra_backup")
        assert await kept.restore_messages("mail") == []
        for n in range(3):
            assert await kept.backup_message({"n": n}, "mail") is True
        assert await kept.restore_messages("mail") == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert await kept.restore_messages("other") == []
        assert await kept.cleanup_old_backups() == 0
        assert await kept.cleanup_old_backups(max_age_hours=0) == 3
        blocked = tmp_path / "file"
        blocked.write_text("")
        assert await DataLossProtection(blocked, max_retries=1).backup_message(1) is False

    asyncio.run(use())


def test_the_classes_are_names_of_the_package() -> None:
    for name in ("AtomicWriter", "BackupManager", "CorruptionDetector", "DataRecovery"):
        assert getattr(hydra_logger, name) is getattr(hydra_logger.data_protection, name)
