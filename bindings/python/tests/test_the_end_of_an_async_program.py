"""However a program with an asynchronous logger ends in order, what it logged is delivered."""

import os
import signal
import time
from pathlib import Path

import pytest
from programs import finish, messages, run, start

HEAD = """
import asyncio
from hydra_logger import AsyncHydraLogger
HydraLogger = AsyncHydraLogger
logger = logger_to(sys.argv[1])
"""

HUNDRED = [str(i) for i in range(100)]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("asyncio.run(main())", 0),
        ("asyncio.run(main()); sys.exit(3)", 3),
        ("asyncio.run(main()); raise ValueError('a fault')", 1),
        ("asyncio.run(main()); del logger", 0),
        ("asyncio.run(fails())", 1),
        ("asyncio.run(exits())", 7),
        ("asyncio.run(begins_to_close())", 0),
        ("asyncio.new_event_loop().run_until_complete(main())", 0),
    ],
)
def test_without_close_nothing_is_lost(tmp_path: Path, end: str, code: int) -> None:
    program = f"""{HEAD}
async def main():
    for i in range(100):
        await logger.info("APP", str(i))

async def fails():
    await main()
    raise KeyError("a fault")

async def exits():
    await main()
    sys.exit(7)

async def begins_to_close():
    await main()
    logger.aclose()

{end}
"""
    log = tmp_path / "log.jsonl"
    ended, _, _ = finish(start(tmp_path, program, log))
    assert ended == code
    assert messages(log) == HUNDRED


def test_what_is_logged_while_the_interpreter_ends_is_delivered_too(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    out = run(
        tmp_path,
        f"""{HEAD}
class Late:
    def __del__(self):
        logger.info("APP", "del")

late = Late()
late.itself = late
logger.info("APP", "main")
# The handlers of others may run after ours.
import atexit, hydra_logger._process
atexit.unregister(hydra_logger._process.at_exit)
atexit.register(logger.info, "APP", "after ours")
atexit.register(hydra_logger._process.at_exit)
""",
        log,
    )
    assert out == ""
    assert messages(log) == ["main", "after ours", "del"]


def test_a_handler_of_a_signal_may_log_amid_calls(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    out = run(
        tmp_path,
        f"""{HEAD}
handled = 0

def handler(number, frame):
    global handled
    logger.info("APP", f"signal {{handled}}")
    handled += 1

signal.signal(signal.SIGUSR1, handler)
done = threading.Event()

def interrupt():
    for _ in range(200):
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.0005)
    done.set()

async def main():
    count = 0
    while not done.is_set():
        await logger.info("APP", f"call {{count}}")
        count += 1
        if count % 100 == 0:
            await asyncio.sleep(0)
    return count

threading.Thread(target=interrupt).start()
count = asyncio.run(main())
print(count, handled)
""",
        log,
    )
    count, handled = map(int, out.split())
    found = messages(log)
    assert handled > 0
    assert [m for m in found if m.startswith("call")] == [f"call {i}" for i in range(count)]
    assert [m for m in found if m.startswith("signal")] == [f"signal {i}" for i in range(handled)]


def test_ctrl_c_ends_a_loop_and_loses_nothing(tmp_path: Path) -> None:
    program = f"""{HEAD}
async def main():
    for i in range(100):
        await logger.info("APP", str(i))
    print("logged", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    log = tmp_path / "log.jsonl"
    process = start(tmp_path, program, log)
    assert process.stdout is not None
    assert process.stdout.readline() == "logged\n"
    process.send_signal(signal.SIGINT)
    code, _, _ = finish(process)
    assert code in (1, -signal.SIGINT)
    assert messages(log) == HUNDRED


def test_a_process_ends_in_time_although_nobody_reads_its_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log = tmp_path / "log.jsonl"
    began = time.monotonic()
    code, _, _ = finish(
        start(
            tmp_path,
            f"""{HEAD}
other = logger_to(sys.argv[2])
for i in range(100):
    other.info("APP", str(i))
    logger.info("APP", "x" * 1500)
""",
            pipe,
            log,
        )
    )
    os.close(reader)
    assert code == 0
    assert time.monotonic() - began < 20
    assert messages(log) == HUNDRED


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_deliver_what_they_log(tmp_path: Path, method: str) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        f"""{HEAD}
import multiprocessing

async def main(number):
    for i in range(50):
        await logger.info("APP", f"{{number}} {{i}}")

def work(number):
    asyncio.run(main(number))

if __name__ == "__main__":
    logger.info("APP", "before")
    context = multiprocessing.get_context("{method}")
    children = [context.Process(target=work, args=(number,)) for number in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    logger.info("APP", "after")
""",
        log,
    )
    found = messages(log)
    assert sorted(found) == sorted(
        ["before", "after", *(f"{number} {i}" for number in range(3) for i in range(50))]
    )


def test_forks_under_threads_that_log_lose_and_double_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    out = run(
        tmp_path,
        f"""{HEAD}
stop = threading.Event()
counts = [0] * 3

def work(number):
    while not stop.is_set():
        logger.info("APP", f"{{number}} {{counts[number]}}")
        counts[number] += 1
        if counts[number] % 50 == 0:
            time.sleep(0.001)

threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for number in range(30):
    child = os.fork()
    if child == 0:
        logger.info("APP", f"child {{number}}")
        logger.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads:
    thread.join()
print(*counts)
""",
        log,
    )
    found = messages(log)
    for number, count in enumerate(map(int, out.split())):
        mine = [line for line in found if line.startswith(f"{number} ")]
        assert mine == [f"{number} {i}" for i in range(count)]
    children = sorted(line for line in found if line.startswith("child"))
    assert children == sorted(f"child {number}" for number in range(30))
