"""Fields: what a record is about, kept apart from its words, with their types.

You will see on stderr:

    2026-11-21 13:05:36.123456+01:00 AUTH WARNING - login failed user=ada attempt=3
    2026-11-21 13:05:36.123456+01:00 SHOP INFO - sold order={"id":17,"items":["tea","cup"]} price=9.90
    2026-11-21 13:05:36.123456+01:00 SHOP INFO - 3 of 4 sold
"""

from dataclasses import dataclass
from decimal import Decimal

from hydra_logger import HydraLogger


@dataclass
class Order:
    """An order of the shop."""

    id: int
    items: list[str]


logger = HydraLogger()
logger.warning("AUTH", "login failed", user="ada", attempt=3)

# `extra` takes anything: dictionaries, dataclasses, models, times, your own classes.
logger.info("SHOP", "sold", extra={"order": Order(17, ["tea", "cup"]), "price": Decimal("9.90")})

# Arguments are put in only when the record is written.
logger.info("SHOP", "%d of %d sold", 3, 4)
