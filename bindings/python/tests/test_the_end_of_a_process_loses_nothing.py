"""Exit, threads that are cut off, signals: what was logged is in the file."""

import os
import signal
from pathlib import Path

import pytest
from programs import finish, messages, run, start

pytestmark = pytest.mark.both_loggers

BUFFERED = "buffer_size=4096, flush_interval='1h'"


def ends(folder: Path, program: str, code: int) -> list[str]:
    """Run a program to its end, whose exit code is this, and read its log."""
    log = folder / "log.jsonl"
    ended, _, _ = finish(start(folder, program, log))
    assert ended == code
    return messages(log)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise ValueError('a fault of the program')", 1),
        ("del logger", 0),
    ],
)
def test_an_orderly_end_loses_nothing(tmp_path: Path, end: str, code: int) -> None:
    program = f"""
logger = logger_to(sys.argv[1], {BUFFERED})
for i in range(100):
    logger.info("APP", str(i))
{end}
"""
    assert ends(tmp_path, program, code) == [str(i) for i in range(100)]


def test_what_is_logged_while_the_interpreter_ends_is_there(tmp_path: Path) -> None:
    program = f"""
import atexit
logger = logger_to(sys.argv[1], {BUFFERED})

class Late:
    def __del__(self):
        logger.info("APP", "del")

late = Late()
late.itself = late
atexit.register(logger.info, "APP", "atexit")
import hydra_logger._process
atexit.unregister(hydra_logger._process.at_exit)
atexit.register(logger.info, "APP", "last")
atexit.register(hydra_logger._process.at_exit)
logger.info("APP", "main")
"""
    assert ends(tmp_path, program, 0) == ["main", "last", "atexit", "del"]


def test_an_exit_in_a_thread_ends_the_thread_and_loses_nothing(tmp_path: Path) -> None:
    program = f"""
logger = logger_to(sys.argv[1], {BUFFERED})

def work():
    logger.info("APP", "thread")
    sys.exit(4)

thread = threading.Thread(target=work)
thread.start()
thread.join()
logger.info("APP", "main")
"""
    assert ends(tmp_path, program, 0) == ["thread", "main"]


@pytest.mark.sync_only
@pytest.mark.parametrize("settings", ["", BUFFERED])
def test_daemon_threads_that_log_to_the_end_lose_no_line_of_which_the_call_returned(
    tmp_path: Path, settings: str
) -> None:
    log = tmp_path / "log.jsonl"
    for _ in range(5):
        log.unlink(missing_ok=True)
        out = run(
            tmp_path,
            f"""
logger = logger_to(sys.argv[1], {settings})
counts = [0] * 4

def work(number):
    while True:
        logger.info("APP", f"{{number}} {{counts[number]}}")
        counts[number] += 1

for number in range(4):
    threading.Thread(target=work, args=(number,), daemon=True).start()
while min(counts) < 200:
    time.sleep(0.001)
print(*counts)
""",
            log,
        )
        found = messages(log)
        for number, count in enumerate(map(int, out.split())):
            mine = [int(line.split()[1]) for line in found if line.startswith(f"{number} ")]
            # In order, without a gap, and at least as many as had returned.
            assert mine == list(range(len(mine)))
            assert len(mine) >= count


def test_a_program_ends_although_nobody_reads_its_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log = tmp_path / "log.jsonl"
    code, _, _ = finish(
        start(
            tmp_path,
            f"""
logger = logger_to(sys.argv[1], buffer_size=400_000, flush_interval="1h")
other = logger_to(sys.argv[2], {BUFFERED})
other.info("APP", "kept")
for i in range(1000):
    logger.info("APP", "x" * 150)
""",
            pipe,
            log,
        )
    )
    os.close(reader)
    assert code == 0
    assert messages(log) == ["kept"]


def stopped(folder: Path, program: str, number: signal.Signals) -> tuple[int, list[str]]:
    """Send a signal to a program when it has logged; its exit code and its lines."""
    log = folder / "log.jsonl"
    # Short sleeps: a signal just before one is answered after it.
    waits = "print('logged', flush=True)\nwhile True:\n    time.sleep(0.02)\n"
    process = start(folder, program + waits, log)
    assert process.stdout is not None
    assert process.stdout.readline() == "logged\n"
    process.send_signal(number)
    code, _, _ = finish(process)
    return code, messages(log)


@pytest.mark.sync_only
def test_sigterm_loses_nothing_of_what_is_written_through(tmp_path: Path) -> None:
    program = """
logger = logger_to(sys.argv[1])
for i in range(100):
    logger.info("APP", str(i))
"""
    code, found = stopped(tmp_path, program, signal.SIGTERM)
    assert code == -signal.SIGTERM
    assert found == [str(i) for i in range(100)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_where_signals_are_handled_they_lose_nothing_and_still_end_the_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    program = f"""
logger = logger_to(sys.argv[1], {BUFFERED}, arguments={{"handle_signals": True}})
for i in range(100):
    logger.info("APP", str(i))
"""
    code, found = stopped(tmp_path, program, number)
    assert code == -number
    assert found == [str(i) for i in range(100)]


def test_a_handler_that_was_there_before_runs_after_the_flush(tmp_path: Path) -> None:
    program = f"""
def mine(number, frame):
    logger.info("APP", "mine")
    sys.exit(9)

signal.signal(signal.SIGTERM, mine)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
logger = logger_to(sys.argv[1], {BUFFERED}, arguments={{"handle_signals": True}})
logger_to(sys.argv[1], arguments={{"handle_signals": True}})
assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
logger.info("APP", "first")
"""
    code, found = stopped(tmp_path, program, signal.SIGTERM)
    assert code == 9
    assert found == ["first", "mine"]


def test_signals_cannot_be_handled_from_another_thread_and_the_error_says_so(
    tmp_path: Path,
) -> None:
    out = run(
        tmp_path,
        """
from hydra_logger import ConfigurationError

def make():
    try:
        HydraLogger(handle_signals=True)
    except ConfigurationError as error:
        print(error)

thread = threading.Thread(target=make)
thread.start()
thread.join()
""",
    )
    assert "main thread" in out
    assert "handle_signals" in out


def test_nothing_is_done_to_signals_unless_it_is_asked_for(tmp_path: Path) -> None:
    out = run(
        tmp_path,
        """
HydraLogger()
print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "signal" in sys.modules)
""",
    )
    assert out.startswith("True")


def test_a_logger_that_goes_away_while_its_pipe_is_full_does_not_stop_the_reader(
    tmp_path: Path,
) -> None:
    out = run(
        tmp_path,
        """
path = sys.argv[1]
os.mkfifo(path)
lines = []

def take():
    with open(path, "rb") as pipe:
        started.wait()
        for _ in range(1000):
            lines.append(pipe.readline())

started = threading.Event()
reader = threading.Thread(target=take)
reader.start()
logger = logger_to(path, buffer_size=400_000, flush_interval="1h")
for i in range(1000):
    logger.info("APP", "x" * 150)
started.set()
del logger
reader.join()
print(len(lines))
""",
        tmp_path / "pipe",
    )
    assert out == "1000\n"
