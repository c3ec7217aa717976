"""How the models ask the core: words, bounds, and what is wrong with a part of a configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from .. import _core
from ..core.exceptions import ConfigurationError

__all__ = [
    "color_of_format",
    "count",
    "duration",
    "plain",
    "problems_of",
    "size",
    "switch",
    "text",
    "with_destination",
    "word",
]

Place = tuple[str | int, ...]


def word(kind: str) -> BeforeValidator:
    """Lets every spelling of a word that the core knows stand for the word: WARN, 30, Plain."""

    def canonical(value: object) -> object:
        spelled = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(spelled, str):
            return value
        return _core.canonical_word(kind, spelled) or value

    return BeforeValidator(canonical)


def count(least: int, most: int) -> tuple[Any, ...]:
    """A whole number within bounds; no text, no switch."""
    return (Field(strict=True, ge=least, le=most),)


switch = Field(strict=True)
text = Field(strict=True)
# A size in bytes as a number: what TOML, and a signed offset in a file, can hold.
size = count(1, 2**63 - 1)


def _seconds(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else value


# A duration in seconds as a number: 36500 days at most. A timedelta is one too.
duration = (Field(strict=True, ge=0, le=36_500 * 86_400), BeforeValidator(_seconds))


def plain(value: Any) -> Any:
    """A value as the core takes it: models as the maps of what was set in them, paths as text."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def problems_of(
    model: type[BaseModel],
    data: Any,
    whole: Callable[[dict[str, Any]], dict[str, Any]],
    place: Place,
    apart: tuple[str, ...] = (),
) -> Any:
    """Returns ``data``, its paths as text; raises all that the core finds wrong with it.

    ``whole`` puts the data into a configuration, in which it stands at ``place``; keys ``apart``
    are left out, because they check themselves.
    """
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        return data
    given = {
        key: os.fspath(value) if isinstance(value, os.PathLike) else value
        for key, value in data.items()
        if value is not None or key not in apart  # None is as if the key were not there
    }
    part = {key: plain(value) for key, value in given.items() if key not in apart}
    try:
        _core.validate_config(whole(part))
    except ConfigurationError as error:
        details = [_detail(problem, place) for problem in error.problems]
        raise ValidationError.from_exception_data(
            model.__name__, details or [_no_data(str(error), place)], hide_input=True
        ) from None
    return given


def with_destination(given: dict[str, Any]) -> dict[str, Any]:
    """A configuration that has this destination alone."""
    return {"layers": {"DEFAULT": {"destinations": [given]}}}


def color_of_format(data: Any) -> Any:
    """A destination with the color_mode that its format brings: that of ``plain`` is ``never``."""
    if not isinstance(data, dict) or "format" not in data or data.get("color_mode") is not None:
        return data
    resolved = _core.resolve_config(with_destination(plain(data)))
    color_mode = resolved["layers"]["DEFAULT"]["destinations"][0].get("color_mode")
    return data if color_mode is None else {**data, "color_mode": color_mode}


def _no_data(said: str, place: Place) -> InitErrorDetails:
    """A value that is no data at all, whose place the core names in its message."""
    before = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    path, _, rest = said.partition(": ")
    return InitErrorDetails(
        type=PydanticCustomError("hydra_config", "{said}", {"said": rest}),
        loc=_within(path.removeprefix(before[1:]), ()),
        input=None,
    )


def _detail(problem: Mapping[str, Any], place: Place) -> InitErrorDetails:
    """A fault that the core found, as one of pydantic's."""
    said = str(problem["message"])
    if problem["found"] is not None:
        said = f"found {problem['found']}: {said}"
    if problem["allowed"] is not None:
        said += f"; allowed: {problem['allowed']}"
    if problem["suggestion"] is not None:
        said += f"; did you mean {problem['suggestion']}?"
    return InitErrorDetails(
        type=PydanticCustomError("hydra_config", "{said}", {"said": said}),
        loc=_within(str(problem["path"]), place),
        input=None,
    )


def _within(path: str, place: Place) -> Place:
    """``layers.DEFAULT.destinations[0].path`` as a place below ``place``: ``('path',)``."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    parts = tuple(int(index) if index else name for index, name in steps)
    return parts[len(place) :] if parts[: len(place)] == place else parts
