"""The models are written by hand; the core's JSON Schema says what they must be."""

import json
import re
from typing import Any

import pytest
from hydra_logger import ConfigurationError, _core
from hydra_logger.config import LogDestination, LoggingConfig, LogLayer, Redaction, Theme
from pydantic import BaseModel, ValidationError

SCHEMA: dict[str, Any] = json.loads(_core.schema())
MODELS: dict[str, type[BaseModel]] = {
    "root": LoggingConfig,
    "layer": LogLayer,
    "destination": LogDestination,
    "redaction": Redaction,
    "theme": Theme,
}
NAMES = {model.__name__: name for name, model in MODELS.items()}

# Where the core's default depends on something else, what the field reads when it is not set.
DEPENDS = {
    ("layer", "level"): "INFO",
    ("layer", "destinations"): [],
    ("destination", "level"): "INFO",
    ("destination", "color_mode"): "auto",
    ("root", "layers"): {},
    ("root", "state_dir"): None,
    ("root", "primary_strategy"): None,
    ("root", "fallback_strategies"): [],
    ("layer", "guaranteed_levels"): None,
    ("layer", "durability"): None,
    ("destination", "durability"): None,
    ("redaction", "detectors"): ["default"],
    ("root", "theme"): "default",
}
# Keys that have a second name in the core are one field with two names here.
SECOND_NAMES = {("root", "enable_performance_monitoring"): "enable_performance"}


def core(name: str) -> dict[str, Any]:
    part: dict[str, Any] = SCHEMA if name == "root" else SCHEMA["$defs"][name]
    return part


def shape(schema: dict[str, Any]) -> dict[str, Any]:
    """What a key takes, in one form for both: types, words, bounds, what is inside."""
    found: dict[str, Any] = {"types": set(), "words": set(), "bounds": {}, "inside": set()}
    branches = schema.get("anyOf", [schema])
    # The core adds spellings to words; the words themselves are what counts.
    words = [branch for branch in branches if "enum" in branch]
    for branch in words[:1] or branches:
        gather(branch, found)
    return found


def gather(branch: dict[str, Any], found: dict[str, Any]) -> None:
    if "$ref" in branch:
        name = branch["$ref"].rsplit("/", 1)[1]
        found["types"].add(NAMES.get(name, name))
        return
    if "enum" in branch:
        found["words"] |= {word for word in branch["enum"] if word is not None}
        return
    kinds = branch.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    found["types"] |= {kind for kind in kinds if kind != "null"}
    found["bounds"] |= {key: branch[key] for key in ("minimum", "maximum") if key in branch}
    for key in ("items", "additionalProperties"):
        if isinstance(branch.get(key), dict):
            inner = shape(branch[key])
            found["inside"] |= inner["types"]


def default(part: str, key: str, described: str) -> Any:
    """What the core's description says that the default is."""
    if (part, key) in DEPENDS:
        return DEPENDS[part, key]
    said = re.search(r'Default: ("?)(.+?)\1(?:\.|,|$)', described)
    if said is None:
        return None
    text = said[2]
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"\d+s", text):
        return float(text[:-1])
    if re.fullmatch(r"\d+", text) and not text.startswith("0"):
        return int(text)
    contextual = ("as at", "none", "each format", "the ", "local in")
    return None if text.startswith(contextual) else text


@pytest.mark.parametrize("part", MODELS)
def test_a_model_has_the_keys_of_the_core(part: str) -> None:
    second = {key for where, key in SECOND_NAMES if where == part}
    assert set(MODELS[part].model_fields) == set(core(part)["properties"]) - second


@pytest.mark.parametrize("part", MODELS)
def test_a_model_requires_what_the_core_requires_and_takes_no_other_key(part: str) -> None:
    schema = MODELS[part].model_json_schema()
    assert schema.get("required", []) == core(part).get("required", [])
    assert schema["additionalProperties"] is core(part)["additionalProperties"] is False


@pytest.mark.parametrize(
    ("part", "key"), [(part, key) for part, model in MODELS.items() for key in model.model_fields]
)
def test_a_field_takes_what_the_core_takes_and_says_the_same(part: str, key: str) -> None:
    theirs = core(part)["properties"][key]
    ours = MODELS[part].model_json_schema()["properties"][key]
    assert shape(ours) == shape(theirs)
    field = MODELS[part].model_fields[key]
    assert field.description == theirs["description"]
    if not field.is_required():
        reads = field.get_default(call_default_factory=True)
        assert reads == default(part, key, theirs["description"])


@pytest.mark.parametrize(("where", "first"), SECOND_NAMES.items())
def test_a_second_name_sets_the_same_field(where: tuple[str, str], first: str) -> None:
    part, second = where
    described = core(part)["properties"]
    assert described[second] == described[first]
    model = MODELS[part].model_validate({second: False})
    assert getattr(model, first) is getattr(model, second) is False
    assert model.model_dump(exclude_unset=True) == {first: False}


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 3, 7, 20, 35, 511, 512, 1_000_000, 2**63, 0.0, 1.5, -0.5, 4e9,
    "", " ", "x", "INFO", "info", "warn", "30", "loud", "json", "Plain", "jsno", "plain text",
    "auto", "stderr", "split", "never", "daily", "aws", "user", "local7", "5MB", "0MB", "10 s",
    "500ms", "1y", "unlimited", "0640", "0999", "http://a/b", "ftp://a/b", "%Y", "%Q", "{level}",
    "{nope}", "local", "utc", "+02:00", "Mars/Base", "dark", "red", "bright-red", "logs/", "a\0b",
    [], ["production"], [1], {}, {"a": "b"}, {"a": 1}, {"force_flush": True},
    {"force_flash": True}, {"info": "red"}, {"info": "rde"},
]  # fmt: skip

BASES: dict[str, dict[str, Any]] = {
    "stream": {"type": "console"},
    "split_level": {"type": "console"},
    "url": {"type": "async_http"},
    "connection_string": {"type": "async_database"},
    "queue_url": {"type": "async_queue"},
    "service_type": {"type": "async_cloud"},
    **{
        key: {"type": "async_http", "url": "http://a/b"}
        for key in ("credentials", "retry_count", "retry_delay", "timeout", "max_connections")
    },
}


def taken_by_the_core(config: dict[str, Any]) -> bool:
    try:
        _core.validate_config(config)
    except ConfigurationError:
        return False
    return True


def taken_by(model: type[BaseModel], given: dict[str, Any]) -> bool:
    try:
        model.model_validate(given)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("key", LogDestination.model_fields)
def test_a_destination_takes_a_value_exactly_where_the_core_does(key: str) -> None:
    for value in VALUES:
        given = {**BASES.get(key, {"type": "file", "path": "a.log"}), key: value}
        whole = {"layers": {"APP": {"destinations": [given]}}}
        assert taken_by(LogDestination, given) == taken_by_the_core(whole), (key, value)


@pytest.mark.parametrize("key", LogLayer.model_fields)
def test_a_layer_takes_a_value_exactly_where_the_core_does(key: str) -> None:
    for value in VALUES:
        whole = {"layers": {"APP": {key: value}}}
        assert taken_by(LogLayer, {key: value}) == taken_by_the_core(whole), (key, value)


@pytest.mark.parametrize("key", [k for k in LoggingConfig.model_fields if k not in ("include",)])
def test_the_root_takes_a_value_exactly_where_the_core_does(key: str) -> None:
    for value in VALUES:
        if key == "extends" and value not in (None, ["production"], [], 1, {}):
            continue  # whether there is such a preset is not the model's to say
        if key == "layers" and value == {"a": "b"}:
            continue
        assert taken_by(LoggingConfig, {key: value}) == taken_by_the_core({key: value}), (
            key,
            value,
        )
