"""A configuration file, for when nothing less will do (needs a configuration).

You will see on stderr what AUTH writes to the console, then what is in its file:

    2026-11-21 13:05:36.123456+01:00 AUTH WARNING - locked out user=ada
    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"DEBUG","logger":"AUTH","message":"asked for a password","user":"ada"}
    {"timestamp":"2026-11-21T13:05:36.123456Z","level":"WARNING","logger":"AUTH","message":"locked out","user":"ada"}
    1 error in the configuration:
      hydra.yaml:6:33: layers.AUTH.destinations[0].level: found "WARNNING": not a level; ...
"""

from pathlib import Path

from hydra_logger import ConfigurationError, HydraLogger

CONFIGURATION = """
layers:
  AUTH:
    level: DEBUG
    destinations:
      - { type: console, level: WARNING }
      - { type: file, path: logs/auth.jsonl, level: DEBUG, format: json, max_size: 10MB, backup_count: 5 }
"""

Path("hydra.yaml").write_text(CONFIGURATION)
with HydraLogger("hydra.yaml") as logger:
    logger.debug("AUTH", "asked for a password", user="ada")
    logger.warning("AUTH", "locked out", user="ada")
print(Path("logs/auth.jsonl").read_text(), end="")

# What is wrong is said with its place, and with what would be right.
Path("hydra.yaml").write_text(CONFIGURATION.replace("WARNING", "WARNNING"))
try:
    HydraLogger("hydra.yaml")
except ConfigurationError as error:
    print(error)
