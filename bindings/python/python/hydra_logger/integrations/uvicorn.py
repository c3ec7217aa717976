"""Uvicorn's own log.

::

    uvicorn.run(app, log_config=log_config(config="hydra.yaml"))

For the command line, put the dictionary into a file: ``uvicorn --log-config log.json app:app``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ._http import access_fields, access_message, level_of

if TYPE_CHECKING:
    from .._core import HydraLogger

__all__ = ["AccessFilter", "log_config"]


def log_config(
    logger: HydraLogger[object] | None = None,
    *,
    level: str = "INFO",
    access: bool = True,
    **handler: Any,
) -> dict[str, Any]:
    """The configuration of uvicorn's log by which it goes through Hydra.

    ``uvicorn.access`` becomes records with OpenTelemetry's fields, without the query string;
    ``uvicorn.error`` is what it was, but the traceback of an exception that the middleware has
    logged is not repeated. Both go to the layers that `HydraHandler` has for these names.

    Args:
        logger: Where records go. With ``workers`` or ``reload`` give a configuration instead, of
            which every process makes a logger. Default: a logger without configuration.
        level: The lowest level of uvicorn's log.
        access: Whether uvicorn logs requests; False where the middleware does.
        **handler: As `HydraHandler` takes them: ``config``, a mapping or a path; ``preset``;
            ``path`` and ``format`` of one file.
    """
    if logger is not None:
        handler["logger"] = logger
    to_hydra = {"handlers": ["hydra"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        # Uvicorn writes its option use_colors into these two.
        "formatters": {"default": {}, "access": {}},
        "filters": {
            "access": {"()": "hydra_logger.integrations.uvicorn.AccessFilter"},
            "error": {"()": "hydra_logger.integrations._http.LoggedErrors"},
        },
        "handlers": {"hydra": {"class": "hydra_logger.HydraHandler", **handler}},
        "loggers": {
            "uvicorn": to_hydra,
            "uvicorn.error": {"level": level, "filters": ["error"]},
            "uvicorn.access": {
                **to_hydra,
                "handlers": ["hydra"] if access else [],
                "filters": ["access"],
            },
        },
    }


class AccessFilter(logging.Filter):
    """Makes a record of ``uvicorn.access`` one with fields; lets everything pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the parts of the request from the arguments of the message."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, target, _version, status = record.args
            path, code = str(target).partition("?")[0], int(str(status))
            address = str(client).rpartition(":")[0] or None
            record.msg, record.args = access_message(str(method), path, code), ()
            record.levelno = level_of(code)
            record.levelname = logging.getLevelName(record.levelno)
            vars(record).update(access_fields(str(method), path, code, client=address))
        return True
