"""With durability="power" the disk has a record when its call has returned, or is awaited.

That the disk has it when the power goes is shown by the Rust crate's power_may_go_at_any_instant.
"""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from hydra_logger import AsyncHydraLogger, ConfigurationError
from loops import Run


def config(path: Path) -> dict[str, Any]:
    """To one file."""
    destination = {"type": "file", "path": str(path), "format": "plain-text", "max_size": "1GB"}
    return {"layers": {"APP": {"destinations": [destination]}}}


def safe(logger: AsyncHydraLogger) -> int:
    """How many records are in the spool, or delivered."""
    metrics = logger.get_queue_performance_metrics()
    return int(metrics["kept"] + metrics["delivered"])


def test_a_record_is_kept_when_its_awaitable_is_done(tmp_path: Path, run: Run) -> None:
    logger = AsyncHydraLogger(
        config(tmp_path / "app.log"), durability="power", state_dir=tmp_path / "state"
    )

    async def main() -> None:
        for n in range(50):
            await logger.info("APP", f"record {n}")
            assert safe(logger) == n + 1
        # Not awaited, they are kept all the same; and the calls were not held up.
        calls = [logger.info("APP", f"record {n}") for n in range(50, 100)]
        assert type(calls[-1]).__name__ == "Suspended"
        await calls[-1]
        assert safe(logger) == 100
        await logger.aclose()

    run(main)
    lines = (tmp_path / "app.log").read_text().splitlines()
    assert [line.rsplit(" ", 1)[1] for line in lines] == [str(n) for n in range(100)]
    assert logger.durability == "power"


def test_ten_thousand_tasks_share_commits(tmp_path: Path, run: Run) -> None:
    logger = AsyncHydraLogger(
        config(tmp_path / "app.log"), durability="power", state_dir=tmp_path / "state"
    )
    ticks = 0
    logged = 0

    async def log(task: int) -> None:
        nonlocal logged
        await logger.info("APP", f"task {task}")
        logged += 1
        assert safe(logger) >= logged

    async def tick() -> None:
        nonlocal ticks
        while logged < 10_000:
            ticks += 1
            await anyio.sleep(0)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(tick)
            for task in range(10_000):
                group.start_soon(log, task)
        await logger.aclose()

    run(main)
    # The loop went on meanwhile.
    assert ticks > 1
    assert len((tmp_path / "app.log").read_text().splitlines()) == 10_000


def test_without_an_event_loop_a_call_returns_with_its_record_kept(tmp_path: Path) -> None:
    logger = AsyncHydraLogger(
        config(tmp_path / "app.log"), durability="power", state_dir=tmp_path / "state"
    )
    for n in range(20):
        logger.info("APP", f"record {n}")
        assert safe(logger) == n + 1
    logger.close()


def test_a_state_directory_that_cannot_be_made_leaves_the_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    path = tmp_path / "app.log"
    logger = AsyncHydraLogger(config(path), durability="power", state_dir=tmp_path / "state")
    for n in range(1, 20):
        logger.info("APP", "in the file")
        assert len(path.read_text().splitlines()) == n
    assert logger.durability == "power"
    logger.close()


def test_the_durability_is_what_it_really_is(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    assert AsyncHydraLogger().durability == "memory"
    logger = AsyncHydraLogger(durability="process", state_dir=tmp_path / "state")
    assert logger.durability == "memory"


def test_a_layer_or_a_destination_may_have_one_of_its_own(tmp_path: Path) -> None:
    def to(name: str, **more: str) -> dict[str, Any]:
        return {"type": "file", "path": str(tmp_path / name), **more}

    layers = {
        "PAYMENT": {"durability": "power", "destinations": [to("payments.log")]},
        "ORDER": {"destinations": [to("orders.log", durability="process")]},
        "APP": {"destinations": [to("app.log")]},
    }
    logger = AsyncHydraLogger({"layers": layers}, state_dir=tmp_path / "state")
    found = {name: logger.durability_of(name) for name in layers}
    assert found == {"PAYMENT": "power", "ORDER": "process", "APP": "memory"}
    assert logger.durability == "memory"

    async def main() -> None:
        # One awaitable, done already, stands for all calls that have nothing to wait for.
        done = logger.info("APP", "returns at once")
        assert logger.info("ORDER", "as well") is done
        payment = logger.info("PAYMENT", "is awaited")
        assert payment is not done
        await payment
        assert safe(logger) >= 1

    asyncio.run(main())
    layers["APP"]["durability"] = "for ever"
    with pytest.raises(ConfigurationError, match=r"layers\.APP\.durability.*memory, process"):
        AsyncHydraLogger({"layers": layers})
    logger.close()
    assert "is awaited" in (tmp_path / "payments.log").read_text()


def test_a_change_that_the_logger_was_not_made_for_is_an_error(tmp_path: Path) -> None:
    logger = AsyncHydraLogger(config(tmp_path / "app.log"))
    changed = config(tmp_path / "app.log")
    changed["layers"]["APP"]["durability"] = "process"
    with pytest.raises(ConfigurationError, match=r"layers\.APP\.durability.*a new logger"):
        logger.update_config(changed)
    logger.info("APP", "goes on")
    logger.close()
    assert "goes on" in (tmp_path / "app.log").read_text()


PROGRAM = """
import asyncio, os, sys
from hydra_logger import AsyncHydraLogger

place = sys.argv[1]
config = {"layers": {"APP": {"destinations": [{"type": "file", "path": place + "/app.log"}]}}}
logger = AsyncHydraLogger(config, durability="power", state_dir=place + "/state")

async def write(writer):
    n = 0
    while True:
        await logger.info("APP", f"{writer} {n}")
        n += 1
        os.write(1, f"{writer} {n}\\n".encode())

async def main():
    await asyncio.gather(*(write(writer) for writer in range(5)))

asyncio.run(main())
"""


@pytest.mark.parametrize("turn", range(6))
def test_what_a_killed_program_was_told_is_kept_the_next_one_delivers(
    tmp_path: Path, turn: int
) -> None:
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = b""
        while said.count(b"\n") < 50 + 200 * turn:
            part = os.read(child.stdout.fileno(), 4096)
            assert part
            said += part
        child.send_signal(signal.SIGKILL)
        said += child.stdout.read()
    kept = dict(line.split() for line in said[: said.rindex(b"\n")].decode().splitlines())
    path = tmp_path / "app.log"
    AsyncHydraLogger(config(path), durability="power", state_dir=tmp_path / "state").close()
    found: dict[str, int] = {}
    for line in path.read_text().splitlines():
        writer, number = line.split(" - ")[1].split()
        # A line may come again, with those behind it.
        assert int(number) <= found.get(writer, 0), line
        found[writer] = max(found.get(writer, 0), int(number) + 1)
    for writer, count in kept.items():
        assert found[writer] >= int(count)
