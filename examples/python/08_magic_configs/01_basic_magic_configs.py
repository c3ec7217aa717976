"""Built-in presets: a whole configuration by its name.

You will see the list of them, then what three of them write; files go to `logs`:

    api_service        API, AUTH and RATE_LIMIT layers
    ...
    web_app            WEB, REQUEST and ERROR layers
    2026-11-21 13:05:36.123456+01:00 APP DEBUG - in development
    2026-11-21 13:05:36.123456+00:00 TEST WARNING - the only one shown
    2026-11-21 13:05:36.123456+01:00 APP INFO - in production user_id=7
    2026-11-21 13:05:36.123456+01:00 APP ERROR - also among the errors
    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"INFO","logger":"APP","message":"in production","user_id":7}
    logs: app.log dev.log errors.log
"""

from pathlib import Path

from hydra_logger import HydraLogger

for name, description in sorted(HydraLogger.list_magic_configs().items()):
    print(f"{name:18} {description}")

# Everything, in colour, and in a file without colour.
with HydraLogger.for_development() as logger:
    logger.debug("APP", "in development")

# A quiet console, no file, no colour, UTC.
with HydraLogger.for_testing() as logger:
    logger.info("TEST", "not shown")
    logger.warning("TEST", "the only one shown")

# JSON files with rotation, errors apart, and a console.
with HydraLogger.for_production() as logger:
    logger.info("APP", "in production", user_id=7)
    logger.error("APP", "also among the errors")
print(Path("logs/app.log").read_text().splitlines()[0])
print("logs:", *sorted(file.name for file in Path("logs").glob("*.log")))
