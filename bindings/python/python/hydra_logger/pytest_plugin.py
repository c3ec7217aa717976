"""What pytest finds when the package is installed: the fixture ``hydra_records``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from hydra_logger.testing import CapturedRecords


@pytest.fixture
def hydra_records() -> CapturedRecords:
    """The records of a logger for this test, which is ``hydra_records.logger``."""
    # Only where it is asked for: every run of pytest loads this module.
    from hydra_logger.testing import capture

    return capture()
