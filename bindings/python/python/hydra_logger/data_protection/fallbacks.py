"""Files that are whole or not there, with backups, and a way back when something damaged them.

A write replaces the file at once: whoever reads it, and whenever the writer is killed, it holds the
old contents or the new ones. Writers in threads and processes wait for each other.

>>> handler = FallbackHandler()
>>> handler.safe_write_json({"n": 1}, "state.json")
True
>>> handler.safe_read_json("state.json")
{'n': 1}
"""

import asyncio
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict

from hydra_logger import _core
from hydra_logger.core.exceptions import DataProtectionError

__all__ = [
    "AtomicWriter",
    "BackupManager",
    "CorruptionDetector",
    "Damage",
    "DataLossProtection",
    "DataRecovery",
    "FallbackHandler",
    "Integrity",
    "Recovered",
]

_Path: TypeAlias = str | PathLike[str]
Layout: TypeAlias = Literal["json", "json_lines", "csv"]
"""One JSON value; one a line; rows of comma-separated cells."""


class Damage(TypedDict):
    """Where a file breaks."""

    line: int
    offset: int
    reason: str


class Integrity(TypedDict):
    """What :meth:`CorruptionDetector.check` found."""

    whole: bool
    records: int
    damage: Damage | None


class Recovered(TypedDict):
    """What :meth:`DataRecovery.recover` found."""

    contents: bytes
    lost: list[Damage]
    from_backup: bool


class AtomicWriter:
    """Replaces the contents of files at once.

    Args:
        keep_backups: How many old versions stay beside each file, as ``NAME.bak.1`` and so on.
    """

    def __init__(self, keep_backups: int = 0) -> None:
        self._keep = keep_backups

    def write(self, path: _Path, contents: str | bytes) -> None:
        """Write a file; folders on the way to it are made.

        Raises:
            DataProtectionError: What the system refuses; then the file is what it was.

        >>> AtomicWriter().write("greeting.txt", "hello")
        """
        contents = contents.encode() if isinstance(contents, str) else contents
        _core.write_file(fspath(path), contents, self._keep)


class BackupManager:
    """Keeps the last versions of a file beside it; the highest number is the newest.

    Args:
        keep: How many.
    """

    def __init__(self, keep: int = 5) -> None:
        self._keep = keep

    def backup(self, path: _Path) -> Path | None:
        """Keep what the file holds now. Returns where; None if there is no such file."""
        kept = _core.backup_file(fspath(path), self._keep)
        return None if kept is None else Path(kept)

    def list(self, path: _Path) -> list[Path]:
        """The backups, the newest first."""
        return [Path(backup) for backup in _core.list_backups(fspath(path))]

    def restore(self, path: _Path) -> bool:
        """Put the newest backup in the file's place. Returns whether there was one."""
        return _core.restore_backup(fspath(path))


class CorruptionDetector:
    """Says whether a file is whole, and where it breaks."""

    @staticmethod
    def check(path: _Path, layout: Layout = "json") -> Integrity:
        r"""Read a file through.

        Raises:
            OSError: The file cannot be read.

        >>> AtomicWriter().write("events.jsonl", '{"n": 1}\n{"n":')
        >>> CorruptionDetector.check("events.jsonl", "json_lines")["damage"]["line"]
        2
        """
        return _core.check_file(fspath(path), layout)


class DataRecovery:
    """Gives back what is whole."""

    @staticmethod
    def recover(path: _Path, layout: Layout = "json") -> Recovered:
        """The file; all its whole lines or rows; or, of JSON, its newest whole backup.

        Raises:
            DataProtectionError: The file cannot be read, or is damaged without a whole backup.
        """
        return _core.recover_file(fspath(path), layout)


class FallbackHandler:
    """Writes and reads data the safe way. It never raises: what fails is tracked as an error.

    Args:
        keep_backups: How many old versions of each file are kept.
    """

    def __init__(self, keep_backups: int = 5) -> None:
        self._writer = AtomicWriter(keep_backups)

    def safe_write_json(self, data: Any, path: _Path, *, indent: int | None = None) -> bool:
        """Write one JSON value; what JSON does not know is written as its ``str``.

        Returns:
            Whether it was written.
        """
        return self._write(path, lambda: json.dumps(data, indent=indent, default=str) + "\n")

    def safe_write_json_lines(self, data: Iterable[Any], path: _Path) -> bool:
        """Write one JSON value a line. Returns whether they were written, all or none."""
        return self._write(path, lambda: "".join(json.dumps(x, default=str) + "\n" for x in data))

    def safe_write_csv(
        self, data: Iterable[Mapping[str, Any] | Sequence[Any]], path: _Path
    ) -> bool:
        """Write rows: mappings, whose keys become the first row, or sequences as they are.

        Returns:
            Whether they were written, all or none.
        """
        return self._write(path, lambda: _as_csv(list(data)))

    def safe_read_json(self, path: _Path) -> Any:
        """The value of a file, or of its newest whole backup; None if there is neither."""
        recovered = self._recover(path, "json")
        return None if recovered is None else json.loads(recovered["contents"])

    def safe_read_csv(self, path: _Path) -> list[dict[str, str]] | None:
        """The whole rows after the first, by the names in the first; None without a file."""
        recovered = self._recover(path, "csv")
        if recovered is None:
            return None
        text = recovered["contents"].decode("utf-8", "replace")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    async def async_safe_write_json(self, data: Any, path: _Path) -> bool:
        """As :meth:`safe_write_json`, beside the event loop."""
        return await asyncio.to_thread(self.safe_write_json, data, path)

    async def async_safe_write_json_lines(self, data: Iterable[Any], path: _Path) -> bool:
        """As :meth:`safe_write_json_lines`, beside the event loop."""
        return await asyncio.to_thread(self.safe_write_json_lines, data, path)

    async def async_safe_write_csv(
        self, data: Iterable[Mapping[str, Any] | Sequence[Any]], path: _Path
    ) -> bool:
        """As :meth:`safe_write_csv`, beside the event loop."""
        return await asyncio.to_thread(self.safe_write_csv, data, path)

    async def async_safe_read_json(self, path: _Path) -> Any:
        """As :meth:`safe_read_json`, beside the event loop."""
        return await asyncio.to_thread(self.safe_read_json, path)

    async def async_safe_read_csv(self, path: _Path) -> list[dict[str, str]] | None:
        """As :meth:`safe_read_csv`, beside the event loop."""
        return await asyncio.to_thread(self.safe_read_csv, path)

    def _write(self, path: _Path, contents: Any) -> bool:
        try:
            self._writer.write(path, contents())
        except (DataProtectionError, TypeError, ValueError, RecursionError) as error:
            _core.track_error("fallback", str(error), fspath(path))
            return False
        return True

    def _recover(self, path: _Path, layout: Layout) -> Recovered | None:
        try:
            recovered = DataRecovery.recover(path, layout)
        except DataProtectionError as error:
            _core.track_error("fallback", str(error), fspath(path))
            return None
        for damage in recovered["lost"][:1]:
            message = f"line {damage['line']}: {damage['reason']}"
            _core.track_error("fallback", message, fspath(path), severity="WARNING")
        return recovered


def _as_csv(rows: list[Mapping[str, Any] | Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if not any(isinstance(row, Mapping) for row in rows):
        writer.writerows(rows)
        return out.getvalue()
    # A dictionary keeps the order in which the names were met.
    names: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            raise ValueError("rows are mappings or sequences, not both")
        names.update(dict.fromkeys(row))
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)  # type: ignore[union-attr]
    return out.getvalue()


class DataLossProtection:
    """Keeps messages in a folder until somebody takes them.

    Args:
        backup_dir: The folder; it is made when the first message comes.
        max_retries: How often a failed write is tried once more.
    """

    def __init__(self, backup_dir: _Path = ".hydra_backup", max_retries: int = 3) -> None:
        self._folder = fspath(backup_dir)
        self._retries = max_retries

    async def backup_message(self, message: Any, queue_name: str = "default") -> bool:
        """Keep a message. Returns whether it is on the disk; a failure is tracked as an error.

        >>> import asyncio
        >>> kept = DataLossProtection()
        >>> asyncio.run(kept.backup_message({"to": 7}, "mail"))
        True
        >>> asyncio.run(kept.restore_messages("mail"))
        [{'to': 7}]
        """
        try:
            text = json.dumps(message, default=str).encode()
            await asyncio.to_thread(
                _core.keep_message, self._folder, queue_name, text, self._retries
            )
        except (DataProtectionError, TypeError, ValueError, RecursionError) as error:
            _core.track_error("fallback", str(error), self._folder)
            return False
        return True

    async def restore_messages(self, queue_name: str = "default") -> list[Any]:
        """The messages of a queue, the oldest first. They stay until they are cleaned up.

        Raises:
            DataProtectionError: The folder cannot be read.
        """
        texts = await asyncio.to_thread(_core.kept_messages, self._folder, queue_name)
        return [json.loads(text) for text in texts]

    async def cleanup_old_backups(self, max_age_hours: float = 24) -> int:
        """Remove messages of all queues that are so old. Returns how many.

        Raises:
            DataProtectionError: A message cannot be removed.
        """
        return await asyncio.to_thread(_core.remove_messages, self._folder, max_age_hours * 3600)
