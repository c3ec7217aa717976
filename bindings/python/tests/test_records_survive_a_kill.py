"""With durability="process", what a program has logged when it is killed is not lost."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hydra_logger import AsyncHydraLogger, ConfigurationError, HydraLogger

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the ring file is Linux's")

PROGRAM = """
import asyncio, sys, threading
from hydra_logger import AsyncHydraLogger

place = sys.argv[1]
config = {
    "layers": {
        "APP": {"destinations": [{"type": "file", "path": "app.log", "max_size": "100KB",
                                  "backup_count": 10000}]}
    }
}

async def main():
    logger = AsyncHydraLogger(config, durability="process", state_dir=place + "/state",
                              ring_checksums=sys.argv[2] == "1")
    n = 0
    while True:
        await logger.info("APP", f"record {n} of ann@example.com", n=n)
        n += 1
        if n % 16 == 0:
            print(n, flush=True)

asyncio.run(main())
"""


def killed(place: Path, after: float, checksums: bool) -> int:
    """Runs the program until it is killed; how many records it said it had logged."""
    arguments = [sys.executable, "-c", PROGRAM, str(place), str(int(checksums))]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=place) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        said = first + child.stdout.read()
    assert child.returncode == -signal.SIGKILL
    return int(said[: said.rindex(b"\n")].split()[-1])


def age(path: Path) -> int:
    """How many rotations ago a file was written."""
    return int(path.name.rsplit(".", 1)[1]) if path.name != "app.log" else 0


@pytest.mark.parametrize("turn", range(12))
def test_a_killed_program_loses_nothing_and_the_next_start_delivers_it(
    tmp_path: Path, turn: int
) -> None:
    said = killed(tmp_path, after=0.007 * turn, checksums=turn % 2 == 1)
    assert list((tmp_path / "state").glob("*.ring"))
    AsyncHydraLogger(durability="process", state_dir=tmp_path / "state").close()
    files = sorted(tmp_path.glob("app.log*"), key=age, reverse=True)
    found = [
        int(n)
        for path in files
        for n in re.findall(r"record (\d+) of \[REDACTED:EMAIL\]", path.read_text())
    ]
    assert found == list(range(len(found)))
    assert len(found) >= said
    assert not any("ann@" in path.read_text() for path in files)
    assert os.listdir(tmp_path / "state") == []


def test_the_words_are_checked_and_a_synchronous_logger_has_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="memory, process"):
        AsyncHydraLogger(durability="for ever")
    with pytest.raises(TypeError, match="durability"):
        HydraLogger(durability="process")  # type: ignore[call-arg]
    config = {"durability": "process", "state_dir": str(tmp_path / "state")}
    logger = AsyncHydraLogger(config)
    logger.info("APP", "the configuration may say it, too")
    assert len(list((tmp_path / "state").glob("*.ring"))) == 1
    logger.close()
    assert list((tmp_path / "state").iterdir()) == []


FORKS = """
import os, sys, time
from hydra_logger import AsyncHydraLogger

place, ends = sys.argv[1:]
config = {"layers": {"APP": {"destinations": [{"type": "file", "path": "app.log"}]}}}
logger = AsyncHydraLogger(config, durability="process", state_dir=place + "/state")
for n in range(200):
    logger.info("APP", f"record parent {n}")
child = os.fork()
who = "parent" if child else "child"
for n in range(200, 400):
    logger.info("APP", f"record {who} {n}")
if ends == "close":
    logger.close()
    if child:
        os.waitpid(child, 0)
    os._exit(0)
# In one write: the other process says its line at the same moment.
os.write(1, b"%d\\n" % (child or os.getpid()))
while True:
    time.sleep(1)
"""


def of(place: Path, who: str) -> list[int]:
    text = (place / "app.log").read_text()
    return [int(n) for n in re.findall(rf"record {who} (\d+)", text)]


def test_a_forked_child_has_a_file_of_its_own(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", FORKS, str(tmp_path), "close"]
    assert subprocess.run(arguments, cwd=tmp_path, check=False).returncode == 0
    assert of(tmp_path, "parent") == list(range(400))
    assert of(tmp_path, "child") == list(range(200, 400))
    assert os.listdir(tmp_path / "state") == []


def is_running(pid: int) -> bool:
    """Whether it may still have its lock: nobody's child any more, it may stay as a zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_dead_parents_file_is_taken_over_though_its_child_lives(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", FORKS, str(tmp_path), "wait"]
    with subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # Both have said that all is logged.
        parent.stdout.readline()
        parent.send_signal(signal.SIGKILL)
    parent.wait()
    try:
        AsyncHydraLogger(durability="process", state_dir=tmp_path / "state").close()
        assert of(tmp_path, "parent") == list(range(400))
        # The child's own is left alone.
        assert [path.name.split("-")[0] for path in (tmp_path / "state").iterdir()] == [str(child)]
    finally:
        os.kill(child, signal.SIGKILL)
    while is_running(child):
        time.sleep(0.001)
    AsyncHydraLogger(durability="process", state_dir=tmp_path / "state").close()
    assert of(tmp_path, "child") == list(range(200, 400))
