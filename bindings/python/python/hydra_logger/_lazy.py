"""Names of a package that are imported when they are first used."""

from importlib import import_module

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

    def find(name: str) -> object:
        if name in modules:
            return import_module(f".{name}", package)
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes[name], package), name)
        # The next use finds it without us.
        setattr(import_module(package), name, value)
        return value

    def known() -> list[str]:
        return sorted({*vars(import_module(package)), *names})

    return find, known, names
