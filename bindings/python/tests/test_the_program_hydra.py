"""``python -m hydra_logger`` and the script ``hydra`` are the program."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "hydra")


@pytest.mark.parametrize("program", [[sys.executable, "-m", "hydra_logger"], [SCRIPT]])
def test_both_faces_are_the_program(program: list[str]) -> None:
    shown = subprocess.run([*program, "schema"], capture_output=True, text=True, check=True)
    assert "properties" in json.loads(shown.stdout)
    wrong = subprocess.run([*program, "shema"], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert "schema" in wrong.stderr


def test_a_pipe_is_logged_with_the_level_that_each_line_shows(tmp_path: Path) -> None:
    log = tmp_path / "app.jsonl"
    destination = {"type": "file", "path": str(log), "format": "json"}
    config = tmp_path / "log.json"
    config.write_text(json.dumps({"layers": {"DEFAULT": {"destinations": [destination]}}}))
    subprocess.run(
        [SCRIPT, "pipe", "--config", str(config)],
        input="ERROR: one\ntwo\n",
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["level"] for record in records] == ["ERROR", "INFO"]


def test_control_c_ends_a_command_at_once(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("")
    followed = subprocess.Popen([SCRIPT, "tail", "-f", str(log)], stdout=subprocess.PIPE, text=True)
    assert followed.stdout is not None
    with log.open("a") as file:
        file.write("2026-01-01 00:00:00 INFO [APP] one\n")
    assert "one" in followed.stdout.readline()
    followed.send_signal(signal.SIGINT)
    followed.stdout.close()
    assert followed.wait(20) in (0, -signal.SIGINT, 130)


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([SCRIPT, "schema"], stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, "")
