"""Forks and processes of `multiprocessing`: no line is lost, torn, or there twice."""

from collections import Counter
from pathlib import Path

import pytest
from conftest import run as run_alone
from programs import messages, run

pytestmark = pytest.mark.both_loggers

BUFFERS = ["", "buffer_size=4096, flush_interval='1h'"]


@pytest.mark.parametrize("settings", BUFFERS)
def test_forks_under_four_logging_threads_lose_and_double_nothing(
    tmp_path: Path, settings: str
) -> None:
    log = tmp_path / "log.jsonl"
    out = run(
        tmp_path,
        f"""
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
logger = logger_to(sys.argv[1], {settings})
stop = threading.Event()
counts = [0] * 4

def work(number):
    while not stop.is_set():
        logger.info("APP", f"parent {{number}} {{counts[number]}}")
        counts[number] += 1

threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[thread.start() for thread in threads]
for child in range(40):
    pid = os.fork()
    if pid == 0:
        for i in range(20):
            logger.info("APP", f"child {{child}} {{i}}")
        logger.flush()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
stop.set()
[thread.join() for thread in threads]
logger.close()
print(*counts)
""",
        log,
    )
    counts = [int(count) for count in out.split()]
    expected = [f"parent {n} {i}" for n in range(4) for i in range(counts[n])]
    expected += [f"child {child} {i}" for child in range(40) for i in range(20)]
    assert Counter(messages(log)) == Counter(expected)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("settings", BUFFERS)
def test_what_a_child_of_multiprocessing_logs_is_there_when_it_has_ended(
    tmp_path: Path, method: str, settings: str
) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        f"""
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
logger = logger_to(sys.argv[-1], {settings})

def work(number):
    for i in range(50):
        logger.info("APP", f"{{number}} {{i}}")

if __name__ == "__main__":
    logger.info("APP", "begin")
    context = multiprocessing.get_context("{method}")
    processes = [context.Process(target=work, args=(n,)) for n in range(4)]
    [process.start() for process in processes]
    [process.join() for process in processes]
    assert [process.exitcode for process in processes] == [0] * 4
    logger.info("APP", "end")
""",
        log,
    )
    expected = ["begin", "end", *(f"{n} {i}" for n in range(4) for i in range(50))]
    assert Counter(messages(log)) == Counter(expected)


def test_a_logger_that_is_made_in_the_child_of_a_multiprocessing_fork_loses_nothing(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
import multiprocessing

def work():
    logger_to(sys.argv[1], buffer_size=4096, flush_interval="1h").info("APP", "one")
    global kept
    kept = logger_to(sys.argv[1], buffer_size=4096, flush_interval="1h")
    kept.info("APP", "two")

process = multiprocessing.get_context("fork").Process(target=work)
process.start()
process.join()
assert process.exitcode == 0
""",
        log,
    )
    assert Counter(messages(log)) == Counter(["one", "two"])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_pool_that_is_closed_and_joined_loses_nothing(tmp_path: Path, method: str) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        f"""
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
logger = logger_to(sys.argv[-1], buffer_size=4096, flush_interval="1h")

def work(number):
    logger.info("APP", str(number))

if __name__ == "__main__":
    pool = multiprocessing.get_context("{method}").Pool(3)
    pool.map(work, range(500))
    pool.close()
    pool.join()
""",
        log,
    )
    assert Counter(messages(log)) == Counter(str(i) for i in range(500))


def test_a_pool_that_is_terminated_loses_nothing_where_signals_are_handled(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
import multiprocessing
logger = logger_to(
    sys.argv[1], buffer_size=4096, flush_interval="1h", arguments={"handle_signals": True}
)

def work(number):
    logger.info("APP", str(number))

with multiprocessing.get_context("fork").Pool(3) as pool:
    pool.map(work, range(500))
""",
        log,
    )
    assert Counter(messages(log)) == Counter(str(i) for i in range(500))


def test_processes_that_rotate_one_file_lose_and_double_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
logger = logger_to(sys.argv[1], max_size=20_000, backup_count=1000)
children = []
for child in range(4):
    pid = os.fork()
    if pid == 0:
        for i in range(3000):
            logger.info("APP", f"{child} {i}")
        logger.flush()
        os._exit(0)
    children.append(pid)
assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
""",
        log,
    )
    rotated = list(tmp_path.glob("log.jsonl*"))
    # A megabyte, in files that no writer takes further than 64 KiB beyond their limit.
    assert len(rotated) >= 4
    assert all(path.stat().st_size <= 20_000 + 4 * 65_536 for path in rotated)
    expected = [f"{child} {i}" for child in range(4) for i in range(3000)]
    assert Counter(messages(*rotated)) == Counter(expected)


@pytest.mark.parametrize("first", ["", "import hydra_logger"])
def test_any_interpreter_but_the_main_one_is_refused(first: str) -> None:
    ended = run_alone(
        first
        + """
try:
    import _interpreters
    other = _interpreters.create("legacy")
except ImportError:
    import _xxsubinterpreters as _interpreters
    other = _interpreters.create(isolated=False)
_interpreters.run_string(other, '''
import os
try:
    import hydra_logger
except ImportError as error:
    os.write(1, str(error).encode())
''')
_interpreters.destroy(other)
"""
    )
    assert "main interpreter" in ended.stdout
