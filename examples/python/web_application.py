"""A web application: an id for each request, and one record about it (with FastAPI).

You will see on stderr what two requests leave, both records of a request with its id:

    2026-11-21 13:05:36.123456+01:00 SHOP INFO - looked up request_id=r-17 ... item=tea
    2026-11-21 13:05:36.123456+01:00 REQUEST INFO - GET /items/tea 200 request_id=r-17 ... duration_ms=...
    2026-11-21 13:05:36.123456+01:00 REQUEST WARNING - GET /nowhere 404 request_id=... duration_ms=...
"""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from hydra_logger import HydraLogger
from hydra_logger.integrations.asgi import HydraMiddleware

logger = HydraLogger()
app = FastAPI()
app.add_middleware(HydraMiddleware, logger=logger)


@app.get("/items/{item}")
def look_up(item: str) -> dict[str, str]:
    """Answer a request."""
    logger.info("SHOP", "looked up", item=item)
    return {"item": item}


client = TestClient(app)
client.get("/items/tea", headers={"X-Request-ID": "r-17"})
client.get("/nowhere")
