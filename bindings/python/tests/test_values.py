"""What fields may be: anything. One record is one valid line whatever it holds."""

import dataclasses
import datetime
import decimal
import enum
import pathlib
import types
import uuid
from collections import OrderedDict, deque, namedtuple
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pydantic
import pytest
from conftest import JsonLog
from hydra_logger import _core

pytestmark = pytest.mark.both_loggers


@dataclasses.dataclass
class Point:
    x: int
    y: "Point | None" = None


class User(pydantic.BaseModel):
    name: str
    password: pydantic.SecretStr


class Color(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


class View(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        return 7

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


Pair = namedtuple("Pair", ["left", "right"])
UTC = datetime.UTC

VALUES: list[tuple[Any, Any]] = [
    ("text", "text"),
    ("größer 💧", "größer 💧"),
    ("lone \udcff surrogate", "lone \\udcff surrogate"),
    ("a\nb\x1b[0m\x00", "a\nb\x1b[0m\x00"),
    (Text("text"), "text"),
    (7, 7),
    (-(2**63), -(2**63)),
    (2**64, 2**64),
    (2**127 - 1, 2**127 - 1),
    (2**200, str(2**200)),
    (1.5, 1.5),
    (float("nan"), None),
    (float("inf"), None),
    (True, True),
    (None, None),
    (b"bytes \xff", "bytes \\xff"),
    (bytearray(b"ab"), "ab"),
    (memoryview(b"ab"), "ab"),
    (datetime.datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02T03:04:05.000006+00:00"),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (datetime.time(3, 4), "03:04:00"),
    (datetime.timedelta(seconds=1.5), 1.5),
    (datetime.timedelta(seconds=-1.5), -1.5),
    (decimal.Decimal("1.10"), "1.10"),
    (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    (pathlib.PurePosixPath("/a/b"), "/a/b"),
    (Color.RED, "red"),
    (Number.ONE, 1),
    ([1, "a", None], [1, "a", None]),
    ((1, 2), [1, 2]),
    ({7}, [7]),
    (frozenset({7}), [7]),
    (deque([1, 2]), [1, 2]),
    (Pair(1, [2]), {"left": 1, "right": [2]}),
    ({"a": {"b": [1]}}, {"a": {"b": [1]}}),
    (OrderedDict(a=1), {"a": 1}),
    (types.MappingProxyType({"a": 1}), {"a": 1}),
    (View(), {"a": 7}),
    ({1: "int", None: "none", (1, 2): "tuple"}, {"1": "int", "None": "none", "(1, 2)": "tuple"}),
    (Point(1, Point(2)), {"x": 1, "y": {"x": 2, "y": None}}),
    (
        User(name="ada", password=pydantic.SecretStr("x")),
        {"name": "ada", "password": "[REDACTED:PASSWORD]"},
    ),
    (np.int64(7), 7),
    (np.float32(0.5), 0.5),
    (np.bool_(True), True),
    (np.str_("text"), "text"),
    (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    (np.datetime64("2026-01-02"), "2026-01-02"),
    (ValueError("bad"), "ValueError: bad"),
    (KeyError(), "KeyError"),
    (int, "<class 'int'>"),
    (Point, f"<class '{Point.__module__}.Point'>"),
    (..., "Ellipsis"),
    (1 + 2j, "(1+2j)"),
]


@pytest.mark.parametrize(("value", "seen"), VALUES)
def test_a_value_is_shown_with_its_type_wherever_it_stands(
    value: Any, seen: Any, log: JsonLog
) -> None:
    log.logger.info("keyword", field=value)
    log.logger.info("extra", extra={"field": value})
    log.logger.info("nested", field={"list": [value]})
    first, second, third = log.records()
    assert first["field"] == seen
    assert type(first["field"]) is type(seen)
    assert second["field"] == seen
    assert third["field"] == {"list": [seen]}


def test_an_array_that_is_large_is_shortened(log: JsonLog) -> None:
    log.logger.info("array", field=np.zeros(10_000))
    assert log.last()["field"] == str(np.zeros(10_000))


def test_an_int_of_ten_thousand_digits_is_shown(log: JsonLog) -> None:
    log.logger.info("int", field=10**10_000)
    assert int(log.last()["field"], 16) == 10**10_000


def test_an_exception_is_shown_with_its_causes(log: JsonLog) -> None:
    def handle(suppress: bool) -> Exception:
        try:
            try:
                raise OSError("disk full")
            except OSError as cause:
                if suppress:
                    raise ValueError("cannot save") from None
                raise ValueError("cannot save") from cause
        except ValueError as error:
            return error

    log.logger.info("with", error=handle(suppress=False))
    assert log.last()["error"] == "ValueError: cannot save: OSError: disk full"
    log.logger.info("without", error=handle(suppress=True))
    assert log.last()["error"] == "ValueError: cannot save"
    circle = ValueError("a")
    circle.__cause__ = KeyError("b")
    circle.__cause__.__cause__ = circle
    log.logger.info("circle", error=circle)
    assert log.last()["error"] == "ValueError: a: KeyError: 'b'"


class Raises:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


@dataclasses.dataclass
class Broken:
    good: int

    @property
    def __dataclass_fields__(self) -> Any:  # type: ignore[override]
        raise RuntimeError("no fields")


class BrokenMapping(View):
    def __iter__(self) -> Iterator[str]:
        yield "a"
        raise RuntimeError("no more")


def test_what_raises_is_shown_as_such_and_counted(log: JsonLog) -> None:
    _core.clear_error_stats()
    log.logger.info("%s", Raises(), field=Raises(), extra={"map": BrokenMapping(), "good": 1})
    record = log.last()
    assert record["message"] == "<unprintable Raises: RuntimeError>"
    assert record["field"] == "<unprintable Raises: RuntimeError>"
    assert record["map"] == "<unprintable BrokenMapping: RuntimeError>"
    assert record["good"] == 1
    assert _core.error_stats()["by_kind"] == {"format": 3}
    log.logger.info(Raises())
    assert log.last()["message"] == "<unprintable Raises: RuntimeError>"
    log.logger.info("key", extra={Raises(): 1})
    assert log.last()["<unprintable Raises: RuntimeError>"] == 1


def test_what_raises_is_raised_where_it_was_asked_for(make_log: Callable[..., JsonLog]) -> None:
    log = make_log(raise_errors=True)
    for call in (
        lambda: log.logger.info("%s", Raises()),
        lambda: log.logger.info("x", field=Raises()),
        lambda: log.logger.info("x", extra={"a": [BrokenMapping()]}),
        lambda: log.logger.info("%d", "text"),
    ):
        with pytest.raises((RuntimeError, TypeError)):
            call()
    assert log.records() == []


def test_an_interrupt_in_the_middle_is_the_programs(log: JsonLog) -> None:
    class Interrupted:
        def __str__(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.logger.info("x", field=Interrupted())
    log.logger.info("goes on")
    assert log.last()["message"] == "goes on"


def test_a_text_that_logs_finds_a_logger_that_works(log: JsonLog) -> None:
    class Talks:
        def __str__(self) -> str:
            log.logger.info("inner %s", "text", field={"a": [1]})
            return "talked"

    log.logger.info("%s", Talks(), field=Talks(), extra={"list": [Talks()]})
    records = log.records()
    assert [record["message"] for record in records] == ["inner text"] * 3 + ["talked"]
    assert records[-1]["field"] == "talked"
    assert records[-1]["list"] == ["talked"]


def test_cycles_and_depth_have_an_end(log: JsonLog) -> None:
    cycle: dict[str, Any] = {"a": 1}
    cycle["self"] = cycle
    shared = [1]
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    log.logger.info("x", cycle=cycle, twice=[shared, shared], deep=deep)
    record = log.last()
    assert record["cycle"] == {"a": 1, "self": "<cycle>"}
    assert record["twice"] == [[1], [1]]
    assert "..." in str(record["deep"])


def test_what_is_its_own_value_has_an_end(log: JsonLog) -> None:
    class Own(enum.Enum):
        A = 1

        @property
        def value(self) -> "Own":
            return self

    class Date(datetime.date):
        def isoformat(self) -> "Date":  # type: ignore[override]
            return self

    array = np.empty(1, dtype=object)
    array[0] = array
    zero = np.array(None, dtype=object)
    zero[()] = zero
    log.logger.info("x", own=Own.A, date=Date(2026, 1, 1), array=array, zero=zero)
    log.logger.info("x", wide=np.longdouble("1.5"), complex=np.clongdouble(1 + 2j))
    first, second = log.records()
    assert (first["own"], first["date"]) == ("<cycle>", "<cycle>")
    assert "array" in first
    assert "zero" in first
    assert (second["wide"], second["complex"]) == ("1.5", "(1+2j)")


def test_a_structure_that_doubles_at_each_level_has_an_end(log: JsonLog) -> None:
    wide: list[Any] = ["x"]
    for _ in range(40):
        wide = [wide, wide]
    log.logger.info("wide", field=wide)
    assert "..." in str(log.last()["field"])


def test_ten_thousand_keys_are_shown(log: JsonLog) -> None:
    extra = {f"key_{number}": number for number in range(10_000)}
    log.logger.info("wide", extra=extra, nested=extra)
    record = log.last()
    assert record["nested"] == extra
    assert record["key_9999"] == 9999


def test_keywords_whose_names_are_made_for_the_call_are_fields_like_all_others(
    log: JsonLog,
) -> None:
    for number in range(5000):
        log.logger.info("made", **{f"made_{number}": number}, user="ada")
    for number, record in enumerate(log.records()):
        assert (record[f"made_{number}"], record["user"]) == (number, "ada")
    # Equal names that are other objects than those of the program's text.
    names = ["".join(name) for name in ("layer", "user", "extra")]
    log.logger.info("made", **dict(zip(names, ("API", "bob", {"port": 80}), strict=True)))
    record = log.last()
    assert (record["logger"], record["user"], record["port"]) == ("API", "bob", 80)


def test_a_name_is_a_fields_where_the_method_does_not_take_it(log: JsonLog) -> None:
    log.logger.info("x", layer="API", level=1, message_=2)
    assert log.last()["logger"] == "API"
    log.logger.layer("DB").info("x", layer="API", level=1)
    record = log.last()
    assert (record["logger"], record["layer"], record["level_"]) == ("DB", "API", 1)
    log.logger.log("x", layer="API", level="WARNING")
    record = log.last()
    assert (record["logger"], record["level"]) == ("API", "WARNING")
    assert "layer" not in record


def test_a_dictionary_is_shown_the_same_whatever_is_in_it(log: JsonLog) -> None:
    class Text(str):
        pass

    class Number(int):
        pass

    plain = {"text": "a", "int": -7, "float": 2.5, "on": True, "off": False, "none": None, "ä": "é"}
    log.logger.info("plain", field=plain, extra=plain)
    record = log.last()
    assert record["field"] == plain
    assert {name: record[name] for name in plain} == plain
    mixed = {**plain, "large": 2**80, "least": -(2**63), "most": 2**63 - 1, "deep": {"a": plain}}
    log.logger.info("mixed", field=mixed)
    assert log.last()["field"] == mixed
    log.logger.info("other", field={Text("name"): Text("text"), "n": Number(3), 4: "four"})
    assert log.last()["field"] == {"name": "text", "n": 3, "4": "four"}
    log.logger.info("surrogate", field={"a": 1, "ke\udcffy": "te\udcffxt"})
    assert log.last()["field"] == {"a": 1, "ke\\udcffy": "te\\udcffxt"}


def test_a_container_that_changes_while_it_is_shown_does_no_harm(log: JsonLog) -> None:
    growing: dict[str, Any] = {}

    class Grows:
        def __str__(self) -> str:
            growing[str(len(growing))] = 1
            return "grown"

    growing["a"] = Grows()
    numbers: list[Any] = []

    class Shrinks:
        def __str__(self) -> str:
            numbers.clear()
            return "shrunk"

    numbers.extend([Shrinks(), 1, 2, 3])
    log.logger.info("x", growing=growing, numbers=numbers, extra=growing)
    record = log.last()
    assert record["growing"] == {"a": "grown"}
    assert record["numbers"] == ["shrunk"]
    assert record["1"] == 1


def test_extra_may_be_anything_and_a_keyword_wins(log: JsonLog) -> None:
    log.logger.info("x", user="keyword", extra={"user": "extra", "port": 7})
    record = log.last()
    assert (record["user"], record["port"]) == ("keyword", 7)
    log.logger.info("model", extra=Point(1))
    assert log.last()["x"] == 1
    log.logger.info("list", extra=[1, 2])
    assert log.last()["extra"] == [1, 2]
    log.logger.info("none", extra=None)
    assert "extra" not in log.last()


def test_no_field_can_forge_what_a_line_says(log: JsonLog) -> None:
    log.logger.info("real", level="CRITICAL", timestamp="now", extra={"message": "forged"})
    record = log.last()
    assert (record["message"], record["level"]) == ("real", "INFO")
    assert (record["level_"], record["message_"]) == ("CRITICAL", "forged")


def test_a_layer_and_a_key_may_hold_surrogates(log: JsonLog) -> None:
    log.logger.info("x", layer="lay\udcffer", extra={"ke\udcffy": 1})
    record = log.last()
    assert record["logger"] == "lay\\udcffer"
    assert record["ke\\udcffy"] == 1
    log.logger.info("message \ud800", **{"ke\udcffy": 2})
    assert log.last()["ke\\udcffy"] == 2


def test_the_handled_exception_is_shown_by_exc_info_and_by_exception(log: JsonLog) -> None:
    try:
        raise ValueError("bad")
    except ValueError as error:
        log.logger.exception("APP", "failed")
        log.logger.info("x", exc_info=True)
        log.logger.info("x", exc_info=(type(error), error, error.__traceback__))
        log.logger.exception("x", exc_info=False)
        kept = error
    log.logger.info("x", exc_info=kept)
    log.logger.info("x", exc_info=True)
    records = log.records()
    for record in (*records[:3], records[4]):
        assert record["exception"].startswith("Traceback (most recent call last):\n")
        assert record["exception"].endswith("ValueError: bad")
    assert records[0]["level"] == "ERROR"
    assert records[0]["logger"] == "APP"
    assert "exception" not in records[3]
    assert "exception" not in records[5]


def test_the_stack_is_shown_up_to_the_call(log: JsonLog) -> None:
    def helper() -> None:
        log.logger.info("x", stack_info=True)
        log.logger.info("x", stack_info=True, stacklevel=2)

    helper()
    first, second = (record["stack"] for record in log.records())
    assert first.rstrip().endswith('log.logger.info("x", stack_info=True)')
    assert second.rstrip().endswith("helper()")


def test_lines_name_the_place_of_the_call_where_they_are_to(log: JsonLog) -> None:
    log.logger.update_config({**log.logger.config, "source": True})

    def helper() -> int:
        log.logger.info("here")
        log.logger.info("there", stacklevel=2)
        return helper.__code__.co_firstlineno

    line = helper() + 1
    first, second = log.records()
    assert (first["file"], first["line"]) == (__file__, line)
    assert second["line"] > line
    log.logger.update_config({**log.logger.config, "source": False})
    log.logger.info("nowhere")
    assert "file" not in log.last()


def test_a_message_is_cut_where_it_is_too_long(log: JsonLog) -> None:
    limits = {"max_message_size": 100, "redact_sensitive": False}
    log.logger.update_config({**log.logger.config, **limits})
    log.logger.info("é" * 100, field={"a": "x" * 200})
    record = log.last()
    assert record["message"] == "é" * 50 + "...[100 bytes truncated]"
    assert record["field"]["a"].endswith("[100 bytes truncated]")
