"""Full pipes, Python code in the middle of a record, threads: nothing blocks or is lost."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from programs import finish, messages, run, start

pytestmark = pytest.mark.both_loggers

if TYPE_CHECKING:
    import subprocess

# The pipe is at stderr, where the console of a logger without configuration writes.
READER = """
read, write = os.pipe()
kept = os.dup(2)
os.dup2(write, 2)
os.close(write)
lines = []

def take(count):
    with open(read, "rb") as pipe:
        for _ in range(count):
            lines.append(pipe.readline())

def console(**arguments):
    destination = {"type": "console", "stream": "stderr", "format": "json"}
    return HydraLogger({"layers": {"DEFAULT": {"destinations": [destination]}}}, **arguments)
"""


@pytest.mark.parametrize("arguments", ["", "release_gil=True"])
def test_a_thread_of_the_same_process_can_empty_the_pipe_that_others_fill(
    tmp_path: Path, arguments: str
) -> None:
    out = run(
        tmp_path,
        READER
        + f"""
import json
logger = console({arguments})
reader = threading.Thread(target=take, args=(4 * 2000,))
reader.start()

def fill(number):
    for i in range(2000):
        logger.info("APP", f"{{number}} {{i}} " + "x" * 200)

threads = [threading.Thread(target=fill, args=(n,)) for n in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
reader.join()
found = [json.loads(line)["message"].split()[:2] for line in lines]
for number in range(4):
    assert [int(i) for n, i in found if int(n) == number] == list(range(2000))
print(len(found))
""",
    )
    assert out == "8000\n"


def test_a_line_that_is_longer_than_the_pipe_stays_whole_among_others(tmp_path: Path) -> None:
    out = run(
        tmp_path,
        READER
        + """
import json
logger = console()
reader = threading.Thread(target=take, args=(4 * 20,))
reader.start()

def fill(number):
    for _ in range(20):
        logger.info("APP", str(number) * 100_000)

threads = [threading.Thread(target=fill, args=(n,)) for n in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
reader.join()
found = sorted(json.loads(line)["message"] for line in lines)
print(found == sorted(str(n) * 100_000 for n in range(4) for _ in range(20)))
""",
    )
    assert out == "True\n"


@pytest.mark.parametrize("settings", ["", "buffer_size=4096", "buffer_size=200"])
def test_a_named_pipe_is_filled_and_emptied_by_threads_of_one_process(
    tmp_path: Path, settings: str
) -> None:
    out = run(
        tmp_path,
        f"""
path = sys.argv[1]
os.mkfifo(path)
lines = []

def take():
    with open(path, "rb") as pipe:
        for _ in range(3000):
            lines.append(pipe.readline())

reader = threading.Thread(target=take)
reader.start()
logger = logger_to(path, {settings})
for i in range(3000):
    logger.info("APP", f"{{i}} " + "x" * 100)
logger.close()
reader.join()
import json
print([int(json.loads(line)["message"].split()[0]) for line in lines] == list(range(3000)))
""",
        tmp_path / "pipe",
    )
    assert out == "True\n"


@pytest.mark.parametrize("where", ["console", "fifo", "buffered fifo", "fifo without reader"])
def test_control_c_ends_a_call_that_waits_for_a_reader(tmp_path: Path, where: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = -1 if "without" in where else os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    program = start(
        tmp_path,
        {
            "console": "logger = HydraLogger()",
            "buffered fifo": "logger = logger_to(sys.argv[1], buffer_size=4096)",
        }.get(where, "logger = logger_to(sys.argv[1])")
        + """
print("begins", flush=True)
done = 0
try:
    while True:
        logger.info("APP", "x" * 100)
        done += 1
except KeyboardInterrupt:
    print("interrupted", flush=True)
    os._exit(7)
""",
        pipe,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "begins\n"
    # It waits when it sleeps in the kernel, and has written all that fits.
    wait_until_it_sleeps(program)
    program.send_signal(signal.SIGINT)
    assert program.stdout.readline() == "interrupted\n"
    assert program.wait(60) == 7
    finish(program)
    if reader != -1:
        os.close(reader)


def test_a_signal_whose_handler_returns_loses_no_line(tmp_path: Path) -> None:
    # The interval timer interrupts every wait for the slow reader many times.
    out = run(
        tmp_path,
        READER
        + """
import json
def slowly():
    with open(read, "rb", buffering=0) as pipe:
        rest = b""
        while len(lines) < 400:
            time.sleep(0.001)
            *whole, rest = (rest + pipe.read(20_000)).split(b"\\n")
            lines.extend(whole)

ticks = []
signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
reader = threading.Thread(target=slowly)
reader.start()
logger = console()
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for i in range(400):
    logger.info("APP", f"{i} " + "x" * (20_000 if i % 3 else 100))
signal.setitimer(signal.ITIMER_REAL, 0)
logger.flush()
reader.join()
assert ticks
print([int(json.loads(line)["message"].split()[0]) for line in lines] == list(range(400)))
""",
    )
    assert out == "True\n"


def test_a_str_that_logs_and_one_that_raises_do_not_stop_four_threads(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
logger = logger_to(sys.argv[1])

class Talkative:
    def __str__(self):
        logger.info("APP", "inner")
        return "talkative"

class Broken:
    def __repr__(self):
        raise ValueError("no text")

def work():
    for _ in range(500):
        logger.info("APP", "%s and %s", Talkative(), 1)
        logger.info("APP", "outer", value=Talkative(), other=Broken())

def stir():
    # Takes the GIL again and again.
    while any(thread.is_alive() for thread in threads):
        sum(range(100))

import hydra_logger.core.error_handler
sys.stderr = None
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
stir()
[thread.join() for thread in threads]
logger.close()
""",
        log,
    )
    found = messages(log)
    assert sorted(set(found)) == ["inner", "outer", "talkative and 1"]
    assert found.count("talkative and 1") == 2000
    assert found.count("outer") == 2000


def test_a_handler_of_logging_that_logs_back_and_a_callback_that_logs_do_not_block(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
import logging
from hydra_logger._core import on_error
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
logger = logger_to(sys.argv[1])
broken = logger_to("/dev/full")

class Back(logging.Handler):
    def emit(self, record):
        logger.info("BACK", record.getMessage())

logging.getLogger().addHandler(Back())

def told(error):
    logging.getLogger().warning("error")
    raise ValueError("a callback of ours")

subscription = on_error(told)
sys.unraisablehook = lambda _: None

class Text:
    def __str__(self):
        logging.getLogger().warning("str")
        return "text"

def work():
    for _ in range(200):
        logger.info(Text(), layer="APP")
        broken.info("APP", "lost")

threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
broken.flush()
subscription.close()
logger.close()
""",
        log,
    )
    found = messages(log)
    assert found.count("text") == 800
    assert found.count("str") == 800
    assert found.count("error") == 800


def test_other_threads_run_while_one_waits_and_beside_a_busy_one(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(
        tmp_path,
        """
logger = logger_to(sys.argv[1])
stop = threading.Event()
turns = 0

def busy():
    global turns
    while not stop.is_set():
        turns += 1

thread = threading.Thread(target=busy)
thread.start()
for i in range(5000):
    logger.info("APP", f"{i}")
while not turns:
    time.sleep(0.001)
stop.set()
thread.join()
logger.close()
""",
        log,
    )
    assert messages(log) == [str(i) for i in range(5000)]


def wait_until_it_sleeps(program: "subprocess.Popen[str]") -> None:
    """Until its main thread has slept for many looks in a row."""
    asleep = 0
    while asleep < 50:
        assert program.poll() is None
        state = Path(f"/proc/{program.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        asleep = asleep + 1 if state == "S" else 0
        signal.sigtimedwait([], 0.004)
