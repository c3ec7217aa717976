"""Records kept for a test's own assertions.

With pytest, the fixture ``hydra_records`` is there once the package is installed:

>>> def test_a_large_payment_is_told(hydra_records):
...     pay(hydra_records.logger, amount=5000)
...     (record,) = hydra_records.layer("PAYMENTS")
...     assert (record.level, record.fields["amount"]) == ("WARNING", 5000)

Without it, `capture` gives the same:

>>> records = capture()
>>> records.logger.info("AUTH", "logged in", user_id=7)
>>> records[0].message, records[0].fields
('logged in', {'user_id': 7})
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from . import _core

if TYPE_CHECKING:
    from datetime import datetime

    from ._core import HydraLogger

__all__ = ["CapturedRecord", "CapturedRecords", "capture"]


@dataclass(frozen=True)
class CapturedRecord:
    """One record, with everything it holds."""

    time: datetime
    """When it was made, in UTC."""
    level: str
    """Its level, such as ``"INFO"``."""
    layer: str
    """The layer that was called, configured or not."""
    message: str
    """The message, its arguments filled in."""
    fields: dict[str, Any]
    """Every field as formats see it: the scope's first, then the call's."""
    location: tuple[str, int] | None
    """File and line of the call, where the configuration asks for them."""


class CapturedRecords(Sequence[CapturedRecord]):
    """The records of a logger that writes nothing anywhere, in the order in which they came.

    Every level of every layer is kept. Any thread may log, and any may ask.
    """

    def __init__(self) -> None:
        self._logger, self._captured = _core.capture()

    @property
    def logger(self) -> HydraLogger:
        """The logger to give to the code that is tested."""
        return self._logger

    def take(self) -> list[CapturedRecord]:
        """All records so far, which are then forgotten."""
        return [CapturedRecord(**record) for record in self._captured.records(forget=True)]

    def layer(self, name: str) -> list[CapturedRecord]:
        """The records of one layer."""
        return [record for record in self if record.layer == name]

    def contains(self, text: str) -> bool:
        """Whether a message holds this text."""
        return any(text in record.message for record in self)

    def __len__(self) -> int:
        return len(self._captured)

    @overload
    def __getitem__(self, index: int) -> CapturedRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[CapturedRecord]: ...
    def __getitem__(self, index: int | slice) -> CapturedRecord | list[CapturedRecord]:
        return [CapturedRecord(**record) for record in self._captured.records()][index]

    def __iter__(self) -> Iterator[CapturedRecord]:
        return iter(self[:])

    def __repr__(self) -> str:
        lines = (f"{r.layer} {r.level} - {r.message} {r.fields or ''}".rstrip() for r in self)
        return f"<{len(self)} records>" + "".join(f"\n  {line}" for line in lines)


def capture() -> CapturedRecords:
    """Makes a logger that keeps its records instead of writing them.

    Returns:
        The records, and in their `logger` the logger.
    """
    return CapturedRecords()
