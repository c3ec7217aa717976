"""Gunicorn's own log.

In ``gunicorn.conf.py``::

    from hydra_logger.integrations.gunicorn import Logger


    class logger_class(Logger):
        config = "hydra.yaml"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger as GunicornLogger

from .._core import HydraLogger
from ..stdlib_logging import HydraHandler
from ._http import LoggedErrors, access_fields, access_message, default_logger, level_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, MutableMapping
    from datetime import timedelta

__all__ = ["Logger"]


class Logger(GunicornLogger):  # type: ignore[misc]
    """A ``logger_class`` whose access and error log go through Hydra.

    Requests become records with OpenTelemetry's fields, without the query string; what gunicorn
    says of itself is a record of ``gunicorn.error``. Both go to the layers that `HydraHandler` has
    for these names. Gunicorn's options ``errorlog``, ``accesslog`` and their formats have nothing
    to say here; ``loglevel`` has, and so has ``logconfig``. All workers write the same files.

    ``gunicorn --logger-class hydra_logger.integrations.gunicorn.Logger app:app`` writes to a
    logger without configuration.
    """

    config: HydraLogger[object] | Mapping[str, Any] | str | os.PathLike[str] | None = None
    """A logger, or the configuration of one. Default: a logger without configuration."""

    access_records = True
    """Whether gunicorn logs requests; False where the middleware does."""

    def setup(self, cfg: Any) -> None:
        """Read the settings; gunicorn calls it at the start and at each reload."""
        super().setup(cfg)
        if not hasattr(self, "hydra"):
            self.hydra = self._made()
            self.error_log.addFilter(LoggedErrors())
        # gunicorn puts away what is marked so before it sets up again.
        for log in (self.error_log, self.access_log):
            for theirs in [h for h in log.handlers if getattr(h, "_gunicorn", False)]:
                log.removeHandler(theirs)
            handler = HydraHandler(self.hydra)
            handler._gunicorn = True  # type: ignore[attr-defined]
            log.addHandler(handler)

    def _made(self) -> HydraLogger[object]:
        if self.config is None:
            return default_logger()
        return self.config if isinstance(self.config, HydraLogger) else HydraLogger(self.config)

    def _compute_access_log_enabled(self) -> bool:
        return self.access_records

    def access(
        self, resp: Any, req: Any, environ: MutableMapping[str, Any], request_time: timedelta
    ) -> None:
        """Write the record about a request; gunicorn calls it when the response is sent."""
        if not self.access_records:
            return
        status = int(str(resp.status).split(None, 1)[0])
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
        fields = access_fields(
            method,
            path,
            status,
            client=environ.get("REMOTE_ADDR"),
            size=getattr(resp, "sent", None),
            duration_ms=round(request_time.total_seconds() * 1e3, 3),
        )
        self.access_log.log(level_of(status), access_message(method, path, status), extra=fields)
