"""Fields for all that is logged while one request is answered, whoever logs it.

You will see on stderr:

    2026-11-21 13:05:36.123456+01:00 API INFO - accepted request_id=r-17
    2026-11-21 13:05:36.123456+01:00 DB INFO - 3 rows request_id=r-17 table=orders
    2026-11-21 13:05:36.123456+01:00 API INFO - outside of a request
    2026-11-21 13:05:36.123456+01:00 MAIL INFO - sent service=orders to=ada
"""

from hydra_logger import HydraLogger

logger = HydraLogger()


def query() -> None:
    """Know nothing of the request, and log."""
    logger.info("DB", "3 rows", table="orders")


# For this thread or task, and for the tasks that begin inside.
with logger.contextualize(request_id="r-17"):
    logger.info("API", "accepted")
    query()
logger.info("API", "outside of a request")

# For one logger, wherever it is handed to.
orders = logger.bind(service="orders")
orders.info("MAIL", "sent", to="ada")
