"""A test of your own that asks what was logged: a fixture, there once the package is installed.

You will see pytest run this file:

    .                                                                        [100%]
    1 passed in ...
"""

import subprocess
import sys

from hydra_logger import HydraLogger
from hydra_logger.testing import CapturedRecords


def pay(logger: HydraLogger, amount: int) -> None:
    """Do what is tested."""
    logger.log("WARNING" if amount > 1000 else "INFO", "PAYMENTS", "paid", amount=amount)


def test_a_large_payment_is_told(hydra_records: CapturedRecords) -> None:
    """See what the function has logged."""
    pay(hydra_records.logger, amount=5000)
    (record,) = hydra_records.layer("PAYMENTS")
    assert (record.level, record.message, record.fields) == ("WARNING", "paid", {"amount": 5000})


if __name__ == "__main__":
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    sys.exit(subprocess.run([*pytest, __file__]).returncode)
