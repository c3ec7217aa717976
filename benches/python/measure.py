"""Measures one logger in one way, in a process of its own, and prints what it found.

    measure.py CASE WHAT N FILE
    measure.py preset:NAME cpu N FILE

What is printed is `key=value`, in nanoseconds: cpu and wall of the whole, the rest as named. The
time runs from the first call to the closed file.
"""

import sys
import threading
from array import array
from dataclasses import replace
from time import perf_counter_ns, process_time_ns

from loggers import CASES, TEXT, Case, preset

LOOP = """
def loop(log, numbers):
    for i in numbers:
        {call}
"""
TIMED_LOOP = """
def loop(log, numbers, took, now):
    for i in numbers:
        start = now()
        {call}
        took[i] = now() - start
"""
AWAITED = """
async def loop(log, numbers):
    for i in numbers:
        {call}
    await log.aclose()
"""
THREADS = 8


def compiled(template, call):
    """The loop around a call, as a function."""
    names = {}
    exec(template.format(call=call), names)
    return names["loop"]


def timed(function, *arguments):
    """CPU time of the process, all threads together, and wall time."""
    cpu, wall = process_time_ns(), perf_counter_ns()
    function(*arguments)
    return process_time_ns() - cpu, perf_counter_ns() - wall


def cpu(case, n, log, close):
    """The time of n calls; of a loop that only makes the text, to be subtracted."""
    loop = compiled(LOOP, case.call)

    def whole():
        loop(log, range(n))
        close()

    took, wall = timed(whole)
    return {
        "cpu": took / n,
        "wall": wall / n,
        "empty": timed(compiled(LOOP, TEXT), log, range(n))[0] / n,
    }


def latency(case, n, log, close):
    """How long single calls take."""
    took = array("q", bytes(8 * n))
    compiled(TIMED_LOOP, case.call)(log, range(n), took, perf_counter_ns)
    close()
    took = sorted(took)
    return {"p50": took[n // 2], "p99": took[n * 99 // 100], "p999": took[n * 999 // 1000]}


def threads(case, n, log, close):
    """The wall time of a record, of one thread and of eight."""
    loop = compiled(LOOP, case.call)
    half = n // 2
    _, one = timed(loop, log, range(half))
    each = half // THREADS
    starts = range(half, half + THREADS * each, each)
    workers = [threading.Thread(target=loop, args=(log, range(s, s + each))) for s in starts]

    def run():
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    _, eight = timed(run)
    close()
    return {"one": one / half, "eight": eight / (THREADS * each)}


def busy(case, n, log, close):
    """The wall time of a record beside a thread that computes in Python."""
    stop = False

    def compute():
        number = 0
        while not stop:
            number += 1

    other = threading.Thread(target=compute)
    loop = compiled(LOOP, case.call)
    loop(log, range(10))
    other.start()
    _, wall = timed(loop, log, range(10, n))
    stop = True
    other.join()
    close()
    return {"busy": wall / (n - 10)}


def below(case, n, log, close):
    """A call below the level, without the loop around it."""
    took, _ = timed(compiled(LOOP, case.below), log, range(n))
    empty, _ = timed(compiled(LOOP, "pass"), log, range(n))
    close()
    return {"below": (took - empty) / n}


def calls(case, n, log, close):
    """Nothing but calls, for somebody else to count."""
    if case.call.startswith("await "):
        import asyncio

        asyncio.run(compiled(AWAITED, case.call)(log, range(n)))
    else:
        compiled(LOOP, case.call)(log, range(n))
        close()
    return {}


def calls_below(case, n, log, close):
    """The same calls, below the level."""
    return calls(replace(case, call=case.call.replace(".info(", ".debug(")), n, log, close)


def main(name, what, n, path):
    """Measure it."""
    kind, _, of = name.partition(":")
    if kind == "preset":
        level = "warning" if of == "testing" else "info"  # which shows nothing below
        case = Case(of, preset(of), f'log.{level}("APP", {TEXT})')
    else:
        case = CASES[name]
    log, close = case.make(path)
    found = globals()[what](case, int(n), log, close)
    with open(path + ".found", "w") as file:
        file.write(" ".join(f"{key}={value}" for key, value in found.items()))


main(*sys.argv[1:])
