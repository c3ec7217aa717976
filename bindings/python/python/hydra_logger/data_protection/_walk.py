"""A copy of any data, with what is sensitive taken out of it.

The shapes stay: a dictionary becomes a dictionary, a dataclass one of its class, an exception one
of its class. Nothing that was given is changed. Neither depth nor cycles end the walk: it keeps its
own stack, and a container that was met before is its copy.
"""

import dataclasses
from collections import deque
from collections.abc import Generator, Mapping
from copy import copy
from decimal import Decimal
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, TypeAlias

from hydra_logger._core import Redactor

# What a step asks for: the copy of a part, given back by `send`.
_Step: TypeAlias = Generator[tuple[Any, str | None], Any, Any]

_LEAVES = (str, bytes, bytearray, int, float, Decimal, PurePath)


class Walk:
    """One walk over one object.

    Args:
        redactor: What finds.
        objects_by_text: Whether an object whose parts are not known is replaced by its text, where
            that holds something sensitive; else it is returned as it is.
    """

    def __init__(self, redactor: Redactor, *, objects_by_text: bool = False) -> None:
        self._redactor = redactor
        self._objects_by_text = objects_by_text
        # Each copy with its original, which must live as long: its number could be used again.
        self._met: dict[int, tuple[Any, Any]] = {}

    def run(self, data: Any) -> Any:
        """The copy."""
        steps: list[_Step] = [self._copy(data, None)]
        result: Any = None
        while steps:
            try:
                part, name = steps[-1].send(result)
            except StopIteration as stop:
                steps.pop()
                result = stop.value
                continue
            if isinstance(part, _LEAVES) or part is None:
                result = self._leaf(part, name)
            else:
                steps.append(self._copy(part, name))
                result = None
        return result

    def _leaf(self, value: Any, name: str | None) -> Any:
        """A value without parts. `name` is that of a field whose values are hidden."""
        if value is None:
            return None
        if name is not None:
            if isinstance(value, str):
                return self._redactor.hide(name, value) if value else value
            hidden = self._redactor.hide_all(name)
            return hidden.encode() if hidden and isinstance(value, (bytes, bytearray)) else hidden
        if isinstance(value, str):
            return self._redactor.redact(value)
        if isinstance(value, bytes):
            return self._redactor.redact(value)
        if isinstance(value, bytearray):
            return bytearray(self._redactor.redact(bytes(value)))
        if isinstance(value, bool):
            return value
        # A number can be that of a card.
        shown = str(value)
        redacted = self._redactor.redact(shown)
        return value if redacted == shown else redacted

    def _copy(self, data: Any, name: str | None) -> _Step:
        """The steps of copying one object."""
        if isinstance(data, _LEAVES) or data is None:
            return self._leaf(data, name)
        if name is not None:
            return self._redactor.hide_all(name)
        if id(data) in self._met:
            return self._met[id(data)][1]
        if isinstance(data, Mapping):
            return (yield from self._mapping(data))
        if isinstance(data, (list, deque)):
            return (yield from self._list(data))
        if isinstance(data, tuple):
            return (yield from self._tuple(data))
        if isinstance(data, (set, frozenset)):
            return (yield from self._set(data))
        if isinstance(data, BaseException):
            return (yield from self._exception(data))
        if dataclasses.is_dataclass(data) and not isinstance(data, type):
            fields = [field.name for field in dataclasses.fields(data)]
            return (yield from self._attributes(data, fields))
        if hasattr(type(data), "model_fields") and isinstance(
            getattr(data, "__dict__", None), dict
        ):
            return (yield from self._attributes(data, list(data.__dict__)))
        return self._by_text(data) if self._objects_by_text else data

    def _by_text(self, data: Any) -> Any:
        try:
            shown = str(data)
        except Exception:
            return f"<unprintable {type(data).__name__}>"
        redacted = self._redactor.redact(shown)
        return data if redacted == shown else redacted

    def _keep(self, data: Any, new: Any) -> Any:
        self._met[id(data)] = (data, new)
        return new

    def _mapping(self, data: Mapping[Any, Any]) -> _Step:
        entries: dict[Any, Any] = {}
        new: Any = entries
        if isinstance(data, dict) and type(data) is not dict:
            new = copy(data)
            new.clear()
        elif isinstance(data, MappingProxyType):
            new = MappingProxyType(entries)
        target = new if isinstance(new, dict) else entries
        self._keep(data, new)
        named = self._named_value(data)
        for key, value in list(data.items()):
            hidden = self._name_of(key)
            if hidden is None and named is not None and key == "value":
                hidden = named
            copied = yield value, hidden
            shown = key if hidden is not None else (yield key, None)
            target[self._free(target, shown, key)] = copied
        return new

    def _named_value(self, data: Mapping[Any, Any]) -> str | None:
        """The sensitive name in ``{"name": "DB_PASSWORD", "value": ...}``."""
        if "value" not in data:
            return None
        for key in ("name", "key"):
            name = data.get(key)
            if isinstance(name, str):
                return self._name_of(name)
        return None

    def _name_of(self, key: Any) -> str | None:
        """The key as a name, if its values are to be hidden."""
        if isinstance(key, bytes):
            key = key.decode("utf-8", "replace")
        if not isinstance(key, str) or not key.isprintable():
            return None
        return key if self._redactor.sensitive_label(key) is not None else None

    @staticmethod
    def _free(target: dict[Any, Any], shown: Any, key: Any) -> Any:
        """A key under which nothing is lost: two addresses have one marker."""
        if shown is key or shown not in target or not isinstance(shown, str):
            return shown
        number = 2
        while f"{shown}#{number}" in target:
            number += 1
        return f"{shown}#{number}"

    def _list(self, data: Any) -> _Step:
        new = self._keep(data, copy(data))
        new.clear()
        for item in list(data):
            new.append((yield item, None))
        return new

    def _tuple(self, data: tuple[Any, ...]) -> _Step:
        names: list[str | None] = [None] * len(data)
        fields = getattr(data, "_fields", None)
        if fields is not None and len(fields) == len(data):
            names = [self._name_of(field) for field in fields]
        elif len(data) == 2 and self._name_of(data[0]) is not None:
            # A header: ("Authorization", "Bearer ..."). The name itself stays.
            return self._keep(data, (data[0], (yield data[1], self._name_of(data[0]))))
        items = []
        for item, name in zip(data, names, strict=True):
            items.append((yield item, name))
        make = getattr(type(data), "_make", type(data))
        return self._keep(data, make(items))

    def _set(self, data: Any) -> _Step:
        items = set()
        for item in list(data):
            items.add((yield item, None))
        return self._keep(data, type(data)(items))

    def _attributes(self, data: Any, names: list[str]) -> _Step:
        new = self._keep(data, copy(data))
        for name in names:
            value = getattr(data, name, None)
            copied = yield value, self._name_of(name)
            if copied is not value:
                # Frozen classes refuse anything else.
                object.__setattr__(new, name, copied)
        return new

    def _exception(self, error: BaseException) -> _Step:
        self._keep(error, "[CYCLE]")
        args = yield error.args, None
        # Not copy(): it calls the class with its arguments, and classes differ in what they take.
        new = self._keep(error, type(error).__new__(type(error), *args))
        new.args = args
        for name, value in list(vars(error).items()):
            new.__dict__[name] = yield value, self._name_of(name)
        new.__cause__ = yield error.__cause__, None
        new.__context__ = yield error.__context__, None
        new.__suppress_context__ = error.__suppress_context__
        return new
