"""Every way for a Python process to end, against each durability: the table in the documentation.

Each end and each column is a process of its own. It says through a pipe, which an end leaves as it
is, how many records each of its writers has logged; what is then in the file is held against that
and against the table's cell.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hydra_logger import AsyncHydraLogger
from programs import finish, messages, start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the table is Linux's")

PAGE = Path(__file__).parents[3] / "docs/process-ends.md"

# A buffer that nothing fills, and that no time empties.
BUFFERED = "buffer_size=400_000, flush_interval='1h'"
# The asynchronous ones have that buffer too: it makes them harder to empty.
COLUMNS = {
    "write-through": ("HydraLogger", ""),
    "`buffer_size`": ("HydraLogger", BUFFERED),
    "async, `memory`": ("AsyncHydraLogger", BUFFERED),
    "async, `process`": (
        "AsyncHydraLogger",
        BUFFERED + ", arguments={'durability': 'process', 'state_dir': sys.argv[2]}",
    ),
    "async, `power`": (
        "AsyncHydraLogger",
        BUFFERED + ", arguments={'durability': 'power', 'state_dir': sys.argv[2]}",
    ),
}

HEAD = """
import asyncio, multiprocessing
from multiprocessing import util

def settings(**given):
    return given

given = settings({settings})
arguments = {{**given.pop("arguments", {{}}), **{more}}}
logger = logger_to(sys.argv[1], **given, arguments=arguments)

def log(writer, begin=0, count=30):
    for number in range(begin, begin + count):
        logger.info("APP", f"{{writer}} {{number}}")
    say(writer, begin + count)

def say(writer, count):
    # In one write: others say theirs at the same moment.
    os.write(1, f"{{writer}} {{count}}\\n".encode())

def in_a_child(method, work):
    log("parent")
    child = multiprocessing.get_context(method).Process(target=work)
    child.start()
    child.join()
    say("ended", child.exitcode)
    log("parent", 30)

def child():
    log("main")

"""

# Under a signal that ends the process it does not come to the next line.
GONE = "\n    time.sleep(60)"


class End(NamedTuple):
    """A program's last lines, and how it is to end; the writer `main` is the one who ends so."""

    program: str
    code: int
    arguments: str = "{}"


def forked(end: str) -> str:
    return f"""
    log("parent")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        log("main")
        {end}
    else:
        os.waitpid(pid, 0)
        log("parent", 30)"""


def signalled(name: str) -> str:
    return f"log('main'); os.kill(os.getpid(), signal.{name})" + GONE


ENDS = {
    "the end of the program": End("log('main')", 0),
    "`sys.exit()`": End("log('main'); sys.exit(3)", 3),
    "an exception that nobody catches": End("log('main'); raise ValueError('a fault')", 1),
    "Ctrl-C (SIGINT)": End(
        # A shell may have started us with the signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler); " + signalled("SIGINT"),
        -2,
    ),
    "`asyncio.run()` ended by an exception": End(
        """
    async def main():
        task = asyncio.create_task(asyncio.sleep(60))
        log("main")
        raise ValueError("a fault")

    asyncio.run(main())""",
        1,
    ),
    "`sys.exit()` in a task": End(
        """
    async def main():
        log("main")
        sys.exit(3)

    asyncio.run(main())""",
        3,
    ),
    "a thread goes on after the main one": End(
        """
    def work():
        threading.main_thread().join()
        log("main", 0)

    threading.Thread(target=work).start()
    log("first")""",
        0,
    ),
    "a daemon thread logs to the last moment": End(
        """
    def work():
        number = 0
        while True:
            log("main", number, 1)
            number += 1
            if number == 60:
                enough.set()

    enough = threading.Event()
    threading.Thread(target=work, daemon=True).start()
    enough.wait()""",
        0,
    ),
    "a callback of `atexit`, and `__del__` after it": End(
        """
    import atexit

    class Late:
        def __del__(self):
            log("main", 60)

    late = Late()
    late.itself = late
    atexit.register(log, "main", 30)
    log("main")""",
        0,
    ),
    "SIGTERM, with `handle_signals=True`": End(
        signalled("SIGTERM"), -15, "{'handle_signals': True}"
    ),
    "SIGHUP, with `handle_signals=True`": End(signalled("SIGHUP"), -1, "{'handle_signals': True}"),
    "`multiprocessing`, `fork`: the child's end": End("in_a_child('fork', child)", 0),
    "`multiprocessing`, `spawn`: the child's end": End("in_a_child('spawn', child)", 0),
    "`multiprocessing`, `forkserver`: the child's end": End("in_a_child('forkserver', child)", 0),
    "`os.fork()`: the child's return": End(forked("pass"), 0),
    "`os.fork()`: the child's `os._exit()`": End(forked("os._exit(0)"), 0),
    "`os._exit()`": End("log('main'); os._exit(4)", 4),
    "SIGTERM": End(signalled("SIGTERM"), -15),
    "SIGHUP": End(signalled("SIGHUP"), -1),
    "SIGKILL, the out-of-memory killer": End(signalled("SIGKILL"), -9),
    "`os.abort()`": End("log('main'); os.abort()", -6),
    "a fault in memory (SIGSEGV)": End(signalled("SIGSEGV"), -11),
    "`os.execv()`": End("log('main'); os.execv('/bin/true', ['true'])", 0),
}


def cells() -> Iterator[tuple[str, dict[str, str]]]:
    """The table's rows: the end, and what is said of each column."""
    rows = re.findall(r"^\|(.*)\|$", PAGE.read_text(), re.M)
    head, rule, *rows = [[cell.strip() for cell in row.split("|")] for row in rows]
    assert set(rule) == {"---"}
    for end, *outcomes in rows:
        yield end, dict(zip(head[1:], outcomes, strict=True))


TABLE = dict(cells())


def test_the_table_has_every_end_and_every_column() -> None:
    assert list(TABLE) == list(ENDS)
    assert all(list(row) == list(COLUMNS) for row in TABLE.values())


def numbers(log: Path) -> dict[str, list[int]]:
    """What is in the file, each writer's in its order."""
    found: dict[str, list[int]] = {}
    for message in messages(log) if log.exists() else []:
        writer, number = message.split()
        found.setdefault(writer, []).append(int(number))
    return found


def check(log: Path, said: str, *, is_lost: bool = False, once: bool = True) -> bool:
    """Whether what was said is all there, in its order; where each is to come once, it does."""
    found = numbers(log)
    for writer, those in found.items():
        firsts = those if once else list(dict.fromkeys(those))
        assert firsts == list(range(len(firsts))), writer
    logged = dict(line.split() for line in said.splitlines())
    assert logged.pop("ended", "0") == "0"
    assert "main" in logged
    if is_lost:
        assert "main" not in found
        del logged["main"]
    return all(len(set(found.get(writer, ()))) >= int(count) for writer, count in logged.items())


@pytest.mark.parametrize("end", ENDS)
def test_what_an_end_costs_is_in_the_table(
    tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = {
        column: begin(tmp_path / str(number), end, column, monkeypatch)
        for number, column in enumerate(COLUMNS)
    }
    ended = {column: finish(process) for column, process in processes.items()}
    for number, (column, result) in enumerate(ended.items()):
        there = holds_its_promise(tmp_path / str(number), end, column, result)
        if TABLE[end][column] == "next start":
            # A table that promised too little would not be true either. But a process that the
            # machine holds up before its end has delivered everything.
            for again in range(20):
                if not there:
                    break
                folder = tmp_path / f"{number} again {again}"
                result = finish(begin(folder, end, column, monkeypatch))
                there = holds_its_promise(folder, end, column, result)
            assert not there, column


def begin(
    folder: Path, end: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> subprocess.Popen[str]:
    """Start a process that ends so."""
    folder.mkdir()
    logger, settings = COLUMNS[column]
    monkeypatch.setenv("TEST_LOGGER", logger)
    head = HEAD.format(settings=settings, more=ENDS[end].arguments)
    program = f"{head}\nif __name__ == '__main__':\n    {ENDS[end].program}\n"
    return start(folder, program, folder / "log.jsonl", folder / "state")


def holds_its_promise(folder: Path, end: str, column: str, result: tuple[int, str, str]) -> bool:
    """Hold what is there at the end, and after the next start, against the table; whether
    everything was there at the end."""
    code, said, error = result
    assert code == ENDS[end].code, error
    log, state = folder / "log.jsonl", folder / "state"
    outcome = TABLE[end][column]
    is_lost = outcome == "lost"
    once = outcome != "next start, at least once"
    is_there = check(log, said, is_lost=is_lost, once=once)
    if once and outcome != "next start":
        assert outcome in ("all", "lost")
        assert is_there, column
    deliver_what_is_left(log, state, column)
    assert check(log, said, is_lost=is_lost, once=once), column
    assert {path.name for path in state.iterdir()} <= {"adopt.lock"}
    return is_there


def deliver_what_is_left(log: Path, state: Path, column: str) -> None:
    """Start a program anew that logs nothing."""
    durability = "power" if "power" in column else "process"
    destination = {"type": "file", "path": str(log), "format": "json"}
    config = {"layers": {"DEFAULT": {"destinations": [destination]}}}
    AsyncHydraLogger(config, durability=durability, state_dir=state).close()
