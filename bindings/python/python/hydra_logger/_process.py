"""When the process ends, forks, or is asked to end by a signal: what rests in buffers is written.

What the interpreter does not tell the compiled module by itself. The module empties inherited
buffers in a forked child and writes what rests when the C library's exit runs; but a child of
``multiprocessing`` never gets there, and a signal ends a process without asking.
"""

import atexit
import os
import sys

from hydra_logger._core import flush_all, retire_all, retire_engines

# How long the end of a process waits for a reader that does not read, in seconds.
PATIENCE = 2.0
# How long what asynchronous loggers have accepted may take to be delivered, in seconds.
DELIVERY = 5.0

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


class _Anchor:
    """What ``multiprocessing`` keeps its hooks by: they go when it does."""


_anchor = _Anchor()


def at_exit() -> None:
    """Deliver and write what rests; from now on every line is written at once."""
    retire_engines(DELIVERY)
    retire_all(PATIENCE)


def tie_to_multiprocessing() -> None:
    """Have the end of a child of ``multiprocessing`` write what rests.

    Such a child ends by ``os._exit`` after its finalizers, and it drops those of before its start:
    ours is made anew after that. Where ``multiprocessing`` is not loaded, this process is no child
    of it.
    """
    util = sys.modules.get("multiprocessing.util")
    if util is None:
        return

    def add(_: object = None) -> None:
        # After those of the program, which may log.
        util.Finalize(None, at_exit, exitpriority=-100)

    util.register_after_fork(_anchor, add)
    add()


def watch() -> None:
    """Begin: once, when the package is imported."""
    atexit.register(at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=tie_to_multiprocessing)
    tie_to_multiprocessing()


_handled = False


def handle_signals() -> None:
    """Have SIGTERM and SIGHUP write what rests, and then do what they did before.

    Without it, a process that such a signal ends loses what rests in buffers (a file without
    ``buffer_size`` has none). A signal that is ignored stays so.

    Raises:
        ValueError: Outside the main thread.
    """
    global _handled
    import signal

    def flush_first(number: int, before: object) -> None:
        def handler(number: int, frame: "FrameType | None") -> None:
            flush_all(PATIENCE)
            if callable(before):
                before(number, frame)
            else:
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)

        signal.signal(number, handler)

    if _handled:
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        before = number and signal.getsignal(number)
        # None: of a handler that is not Python's, nothing is known.
        if number and before not in (signal.SIG_IGN, None):
            flush_first(number, before)
    _handled = True
