"""The queues of an asynchronous logger that go past a destination in trouble."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar, Literal

    Strategy = Literal["async", "sync", "direct", "memory"]

__all__ = ["MultiFallbackAsyncQueue"]


class MultiFallbackAsyncQueue:
    """The bounded queue before each destination, with an order of strategies.

    It is the engine's: a program names it, and makes none.

    >>> from hydra_logger.async_hydra import AsyncHydraLogger
    >>> logger = AsyncHydraLogger(queue_class=MultiFallbackAsyncQueue)
    >>> logger.get_queue_performance_metrics()["current_strategy"]
    'async'
    >>> closed = logger.close()

    What a destination refuses stays, and is tried again after pauses. Meanwhile

    - ``async``: records go into the queue, and a worker delivers them;
    - ``sync``: the dispatcher waits until each batch is delivered, up to a second;
    - ``direct``: they go to the local disk, into the spool of the state directory, and to the
      destination when it is back, or by the next start of the program;
    - ``memory``: they are kept in the queue, and go to stderr at the end.

    A strategy is left when it failed three times in a row, or took longer than a second, and taken
    up again when two attempts in a row went well. Order is kept. A subclass may name other
    strategies.
    """

    primary_strategy: "ClassVar[Strategy]" = "async"
    """The strategy that is used while all is well."""

    fallback_strategies: "ClassVar[Sequence[Strategy]]" = ("sync", "direct", "memory")
    """Those that take over, in their order."""

    def __new__(cls) -> "MultiFallbackAsyncQueue":
        """Not made by a program: it is passed as ``queue_class``."""
        message = f"{cls.__name__} is passed as queue_class; the engine makes the queues"
        raise TypeError(message)
