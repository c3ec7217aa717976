"""Memory and open files stay as they are over a million records, in every preset.

Each preset runs in a process of its own, two at a time, and says how much it holds after each of
ten equal parts. Now and then Python takes a megabyte more to have free, and on a busy machine
buffers and queues come to their size late; a leak shows in all parts, even one of a fifth of a byte
a record.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import HydraLogger

PRESETS = [name for name in HydraLogger.list_magic_configs() if not name.startswith("my_")]

PROGRAM = """
import json, os, sys
from hydra_logger import HydraLogger

preset, layer = sys.argv[1:]
logger = HydraLogger.for_custom(preset)
bound = logger.bind(service="orders")
failure = None
try:
    int("seven")
except ValueError as error:
    failure = error


def log(numbers):
    warning = logger.warning
    for _ in numbers:
        warning(layer, "one of a million")
    for number in numbers[::20]:
        warning(layer, f"record {number}", number=number)
    # The rarer ways of a call, a thousandth of them all.
    for number in numbers[::1000]:
        logger.error(layer, "failed", exc_info=failure)
        logger.info(layer, "%s of %s", number, "many", extra={"nested": {"list": [1, {"a": 2.5}]}})
        bound.info(layer, "bound", when=None)
        with logger.contextualize(request_id=str(number)):
            logger.debug(layer, "in a scope", number=number)


def state():
    # Anonymous memory alone: which pages of the program's file are resident is the kernel's choice.
    with open("/proc/self/status") as file:
        [kib] = [int(line.split()[1]) for line in file if line.startswith("RssAnon")]
    files = len(os.listdir("/proc/self/fd"))
    return {"kib": kib, "files": files, "blocks": sys.getallocatedblocks()}


states = []
for start in range(0, 1_000_000, 100_000):
    log(range(start, start + 100_000))
    states.append(state())
logger.close()
logged = logger.get_performance_metrics()["total_logs"]
with open("found.json", "w") as file:
    json.dump({"states": states, "logged": logged}, file)
"""


def run(preset: str, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-c", PROGRAM, preset, "APP"],
        cwd=folder,
        env={},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    found: dict[str, Any] = json.loads((folder / "found.json").read_text())
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """Every preset's run, which may not have ended yet."""
    folder = tmp_path_factory.mktemp("presets")
    with ThreadPoolExecutor(2) as pool:
        yield {preset: pool.submit(run, preset, folder / preset) for preset in PRESETS}


@pytest.mark.parametrize("preset", PRESETS)
def test_memory_and_open_files_are_flat(
    preset: str, runs: dict[str, Future[dict[str, Any]]]
) -> None:
    found = runs[preset].result()
    states = found["states"][2:]  # when buffers, files and caches have come to their size
    assert found["logged"] >= 1_000_000
    assert len({state["files"] for state in states}) == 1, states
    for what, a_part, in_all in (("kib", 16, 4096), ("blocks", 100, 1000)):
        held = [state[what] for state in states]
        growth = [after - before for before, after in pairwise(held)]
        # In a quarter of the parts nothing else happens.
        assert statistics.quantiles(growth)[0] < a_part, states
        assert held[-1] - held[0] < in_all, states
