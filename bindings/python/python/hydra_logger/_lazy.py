"""Names of a package that are imported when they are first used."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def lazy(
    package: str, homes: dict[str, str], modules: tuple[str, ...] = ()
) -> "tuple[Callable[[str], object], Callable[[], list[str]], list[str]]":
    """What a package needs for lazy names: its ``__getattr__``, ``__dir__`` and ``__all__``.

    Args:
        package: The package's ``__name__``.
        homes: The module of each name, relative to the package.
        modules: Modules of the package that are names of it too.
    """
    names = sorted({*homes, *modules})
    namespace = vars(sys.modules[package])

    def find(name: str) -> object:
        # Not importlib: that loads `warnings` too, for half a millisecond.
        if name in modules:
            return __import__(f"{package}.{name}", None, None, [name])
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = __import__(package + homes[name], None, None, [name])
        # The next use finds it without us.
        value: object = getattr(home, name)
        namespace[name] = value
        return value

    def known() -> list[str]:
        return sorted({*namespace, *names})

    return find, known, names
