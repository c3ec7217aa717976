"""Values that must not be shown, in every place that a Python program has for them, and every byte
that anybody received."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.both_loggers

PLACES = [
    "literal",
    "argument",
    "keyword",
    "extra",
    "nested",
    "bound",
    "context",
    "exception",
    "cause",
    "notes",
    "frame",
    "stack",
    "bytes",
    "repr",
    "key",
    "layer",
    "stdlib",
    "stdlib_args",
    "stdlib_extra",
    "stdlib_exception",
    "warning",
    "plugin",
    "tracked",
    "collected",
]

PROGRAM = """
import logging, sys, warnings
from pathlib import Path
import hydra_logger
from hydra_logger import HydraLogger, track_error
from hydra_logger.testing import capture

def canary(place):
    return "Zq7hX2canary" + place.replace("_", "") + "9Kd"

class Shown:
    def __init__(self, place):
        self.place = place
    def __repr__(self):
        return f"Shown(password={canary(self.place)!r})"

class Plugin:
    events = []
    def process_event(self, event):
        self.events.append(repr(event))

formats = ["plain-text", "json", "csv", "syslog", "gelf", "logfmt"]
files = [{"type": "file", "path": f"{name}.log", "format": name} for name in formats]
layer = {"level": "TRACE", "destinations": [*files, {"type": "console"}]}
logger = HydraLogger({"layers": {"DEFAULT": layer}})
logger.add_plugin("plugin", Plugin())

def fail(place):
    password = canary(place)
    try:
        raise KeyError(f"no row for token={canary('cause')}")
    except KeyError as cause:
        error = ValueError(f"cannot log in with password={canary('exception')}")
        error.add_note(f"tried with secret={canary('notes')}")
        raise error from cause

def everywhere(logger):
    logger.info("APP", "password=" + canary("literal"))
    logger.info("APP", "user %s has password=%s", "ada", canary("argument"))
    logger.info("APP", "kept keyword", password=canary("keyword"), port=80)
    logger.info("APP", "kept extra", extra={"api_key": canary("extra"), "port": 80})
    logger.info("APP", "kept nested", config={"db": [{"passwd": canary("nested")}]})
    logger.bind(session_token=canary("bound")).info("APP", "kept bound")
    with logger.contextualize(header=f"Bearer {canary('context')}"):
        logger.info("APP", "kept context")
    try:
        fail("frame")
    except ValueError:
        logger.exception("APP", "kept exception")
    logger.info("APP", "kept stack password=" + canary("stack"), stack_info=True)
    logger.info("APP", "kept bytes", body=f"passwd={canary('bytes')}".encode())
    logger.info("APP", "kept repr %r", Shown("repr"), seen=Shown("repr"))
    logger.info("APP", "kept key", data={f"password={canary('key')}": 1})
    logger.info(f"password={canary('layer')}", "kept layer", layer=f"password={canary('layer')}")
    logger.security("APP", "kept event", token=canary("keyword"))
    plugin = {"password": canary("plugin"), "object": Shown("plugin")}
    logger.info("APP", "kept plugin " + repr(Shown("plugin")), extra=plugin)

everywhere(logger)
hydra_logger.install(logger)
standard = logging.getLogger("app.db")
standard.warning("password=" + canary("stdlib"))
standard.warning("kept token=%s", canary("stdlib_args"))
standard.warning("kept standard", extra={"password": canary("stdlib_extra")})
try:
    raise OSError(f"ftp://me:{canary('stdlib_exception')}@host is away")
except OSError:
    standard.exception("kept standard exception")
warnings.warn(f"password={canary('warning')} is weak")
hydra_logger.uninstall()
track_error("database", RuntimeError(f"password={canary('tracked')}"))
records = capture()
everywhere(records.logger)
records.logger.info("APP", "kept collected", password=canary("collected"))
print(repr(records))
print(Plugin.events, logger, repr(logger), logger.get_performance_metrics())
print(HydraLogger.get_error_stats(), logger.config)
logger.close()
for path in sorted(Path().glob("*.log")):
    print(path.read_bytes().decode())
"""


def test_no_byte_of_a_sensitive_value_reaches_anybody(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    seen = done.stdout + done.stderr
    for place in PLACES:
        canary = "Zq7hX2canary" + place.replace("_", "") + "9Kd"
        for part in (canary[:-3], canary[6:]):
            near = [line[:300] for line in seen.splitlines() if part in line]
            assert near == [], place
    # The rest of every record is there: in six files, on the console, and told to the plugin.
    for kept in ("keyword", "extra", "nested", "bound", "context", "exception", "bytes", "layer"):
        assert seen.count(f"kept {kept}") >= 8, kept
