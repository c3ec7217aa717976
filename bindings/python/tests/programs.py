"""Programs that a test runs in processes of their own."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

# A program that takes longer hangs, on the slowest machine.
PATIENCE = 60

# What every program has: a logger to one file or pipe, by the path that is its first argument.
HEAD = """\
import os, signal, sys, threading, time
import hydra_logger

HydraLogger = getattr(hydra_logger, os.environ["TEST_LOGGER"])

def logger_to(path, level="TRACE", **settings):
    arguments = settings.pop("arguments", {})
    destination = {"type": "file", "path": path, "format": "json", "max_size": "1GB", **settings}
    layer = {"level": level, "destinations": [destination]}
    return HydraLogger({"layers": {"DEFAULT": layer}}, **arguments)

"""


def written(folder: Path, program: str) -> Path:
    """A program as a file: `spawn` and gunicorn import it by its name."""
    path = folder / "program.py"
    path.write_text(HEAD + textwrap.dedent(program))
    return path


def environment() -> dict[str, str]:
    return {
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ["PATH"],
        "TEST_LOGGER": os.environ.get("TEST_LOGGER", "HydraLogger"),
    }


def start(folder: Path, program: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start a program; its standard streams are pipes."""
    return subprocess.Popen(
        [sys.executable, str(written(folder, program)), *map(str, arguments)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, and what it wrote; one that hangs is killed."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"the program hangs; it said {out!r} and {err!r}") from None
    return process.returncode, out, err


def run(folder: Path, program: str, *arguments: object) -> str:
    """What a program that must succeed prints."""
    code, out, err = finish(start(folder, program, *arguments))
    assert (code, err) == (0, "")
    return out


def records(*paths: Path) -> list[dict[str, Any]]:
    """Every record of these files, each line of which must be whole JSON."""
    found = []
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        assert text == "" or text.endswith("\n")
        found += [json.loads(line) for line in text.split("\n")[:-1]]
    return found


def messages(*paths: Path) -> list[str]:
    return [record["message"] for record in records(*paths)]
