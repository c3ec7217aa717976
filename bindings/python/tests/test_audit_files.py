"""Audit files: chained and signed, verified by the program hydra, one chain for each process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra_logger import HydraLogger

pytestmark = pytest.mark.both_loggers


def audited(path: Path, **settings: object) -> HydraLogger:
    """A logger of one audit file."""
    destination = {"type": "file", "path": str(path), "audit": True, "format": "json", **settings}
    return HydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}})


def verify(*paths: Path) -> tuple[int, str]:
    """The exit code of `hydra verify`, and what it says."""
    command = [sys.executable, "-m", "hydra_logger", "verify", *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_what_was_logged_is_proved_and_a_change_is_found(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    logger = audited(log)
    logger.audit("role granted", user="ada")
    logger.security("three failed logins")
    logger.compliance("consent withdrawn")
    logger.close()
    code, told = verify(log)
    assert code == 0, told
    assert "whole: 5 lines, 3 records" in told
    log.write_text(log.read_text().replace("three failed", "three great"))
    code, told = verify(log)
    assert code == 1
    assert "line 3, byte " in told
    assert "great" not in told


def test_a_forked_child_writes_a_chain_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    logger = audited(log)
    logger.audit("before the fork")
    logger.flush()
    child = os.fork()
    if child == 0:
        try:
            logger.audit("in the child")
            logger.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    logger.audit("after the fork")
    logger.close()
    own = tmp_path / f"audit.log.pid{child}"
    code, told = verify(log, own)
    assert code == 0, told
    assert f"{log}: whole: 4 lines, 2 records" in told
    assert f"{own}: whole: 3 lines, 1 record;" in told


def test_a_program_that_never_closes_its_logger_leaves_a_closed_file(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    program = f"""
from hydra_logger import HydraLogger
destination = {{"type": "file", "path": {str(log)!r}, "audit": True}}
logger = HydraLogger({{"layers": {{"DEFAULT": {{"destinations": [destination]}}}}}})
logger.audit("the last words")
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    code, told = verify(log)
    assert code == 0, told
