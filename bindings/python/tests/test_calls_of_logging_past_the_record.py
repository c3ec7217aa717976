"""After install(), a call makes no LogRecord where nobody would see it, else it makes one.

In programs of their own: pytest puts handlers on the root, which see records.
"""

import pytest
from conftest import run

# `is_past(call)` tells whether a call made no LogRecord; `lines()` are the records in the file.
PREAMBLE = """
import io, json, logging, logging.handlers
import hydra_logger
from hydra_logger import HydraLogger

made = []
make = logging.LogRecord.__init__

def counted(self, *args, **kwargs):
    made.append(self)
    make(self, *args, **kwargs)

logging.LogRecord.__init__ = counted
file = {"type": "file", "path": "a.jsonl", "format": "json"}
layers = {"DEFAULT": {"level": "DEBUG", "destinations": [file]}}
hydra = HydraLogger({"layers": layers})
handler = hydra_logger.install(hydra)
log = logging.getLogger("shop")
db = logging.getLogger("shop.db")
for logger in (log, db, logging):
    for level in (10, 20, 30, 40, 50):
        logger.log(level, "to fill the cache of levels")

def is_past(call):
    made.clear()
    call()
    return not made

def lines():
    hydra.flush()
    with open("a.jsonl") as file:
        records = [json.loads(line) for line in file]
    return [r for r in records if r["message"] != "to fill the cache of levels"]

def logged(call, message, **fields):
    before = len(lines())
    call()
    (record,) = lines()[before:]
    assert record["message"] == message, record
    for name, value in fields.items():
        assert record[name] == value, record
    return record
"""


def program(text: str) -> None:
    run(PREAMBLE + text)


def test_every_level_goes_past_the_record_to_the_layer_of_its_logger() -> None:
    program("""
for name in ("debug", "info", "warning", "error", "critical"):
    for logger, shown in ((log, "shop"), (db, "shop.db"), (logging, "root")):
        method = getattr(logger, name)
        assert is_past(lambda: method("one")), (name, shown)
        logged(lambda: method("two"), "two", level=name.upper(), logger=shown)
assert is_past(lambda: log.log(20, "three"))
logged(lambda: log.log(25, "four"), "four", level="INFO", logger="shop")
""")


PAST = {
    "arguments": ('log.info("%s has %d", "ada", 3)', "ada has 3"),
    "a mapping as the one argument": ('log.info("%(a)s", {"a": 1})', "1"),
    "an empty mapping": ('log.info("%s", {})', "{}"),
    "a message without arguments is left alone": ('log.info("100%")', "100%"),
    "extra": ('log.info("m", extra={"n": 7, "at": [1.5]})', "m"),
    "extra=None": ('log.info("m", extra=None)', "m"),
    "an adapter": ('logging.LoggerAdapter(log, {"n": 7}).info("m")', "m"),
    "an object as argument": ('log.info("%s", ValueError("x"))', "x"),
}


@pytest.mark.parametrize("call", PAST, ids=list(PAST))
def test_a_plain_call_goes_past_the_record_and_reads_the_same(call: str) -> None:
    code, message = PAST[call]
    program(f"""
call = lambda: {code}
call()
assert is_past(call)
logged(call, {message!r})
""")


def test_attributes_of_a_programs_own_and_flags_that_are_numbers_change_nothing() -> None:
    program("""
log.mine = handler.mine = logging.getLogger().mine = 7
log.disabled, log.propagate = 0, 1
vars(log)["name"] = vars(log).pop("name")  # the last of all now
assert is_past(lambda: log.info("m"))
logged(lambda: log.info("m"), "m", logger="shop")
log.propagate = 0
before = len(lines())
logging.lastResort = None
log.info("nowhere")
log.propagate, log.disabled = 1, 1
log.info("nowhere")
assert len(lines()) == before
""")


def test_a_number_that_is_another_object_each_time_is_the_same_level() -> None:
    program("""
def call():
    log.log(int("35" + "7"), "m")

assert int("357") is not int("357")
call()
assert is_past(call)
logged(call, "m", level="CRITICAL")
""")


def test_an_instance_that_has_lost_an_attribute_takes_the_ordinary_way() -> None:
    program("""
logging.getLogger().mine = 7
del handler.formatter
logging.raiseExceptions = False
assert not is_past(lambda: log.info("m"))
""")


def test_extra_keeps_its_types() -> None:
    program("""
extra = {"n": 7, "f": 1.5, "on": True, "none": None, "deep": {"a": [1, "b"]}}
call = lambda: log.info("m", extra=extra)
assert is_past(call)
logged(call, "m", **extra)
""")


def test_a_null_handler_of_a_library_changes_nothing() -> None:
    program("""
log.addHandler(logging.NullHandler())
assert is_past(lambda: db.info("m"))
""")


SEEN = {
    "a filter of the logger": "log.addFilter(lambda record: True)",
    "a filter of the handler": "handler.addFilter(lambda record: True)",
    "a formatter of the handler": 'handler.setFormatter(logging.Formatter("%(message)s"))',
    "a second handler on the root": (
        "logging.getLogger().addHandler(logging.StreamHandler(io.StringIO()))"
    ),
    "a handler of the logger": "log.addHandler(logging.StreamHandler(io.StringIO()))",
    "a record factory": ("logging.setLogRecordFactory(lambda *a, **k: logging.LogRecord(*a, **k))"),
    "Logger.makeRecord replaced": (
        "plain = logging.Logger.makeRecord\n"
        "logging.Logger.makeRecord = lambda *a, **k: plain(*a, **k)"
    ),
    "Logger.callHandlers replaced": (
        "plain = logging.Logger.callHandlers\n"
        "logging.Logger.callHandlers = lambda *a, **k: plain(*a, **k)"
    ),
    "Logger.info replaced": (
        "plain = logging.Logger.info\nlogging.Logger.info = lambda *a, **k: plain(*a, **k)"
    ),
    "handle replaced on the logger": "log.handle = lambda r: logging.Logger.handle(log, r)",
    "emit replaced on the handler": (
        "handler.emit = lambda r: hydra_logger.HydraHandler.emit(handler, r)"
    ),
    "a class of the program's own": ("class Mine(type(log)):\n    pass\nlog.__class__ = Mine"),
    "lines that name the place of the call": (
        'hydra.update_config({"layers": layers, "source": True})'
    ),
}


@pytest.mark.parametrize("seen", SEEN, ids=list(SEEN))
def test_who_could_see_a_record_has_one(seen: str) -> None:
    program(f"""
assert is_past(lambda: log.info("m"))
{SEEN[seen]}
assert not is_past(lambda: log.info("m"))
logged(lambda: log.info("%s", "once"), "once", logger="shop")
""")


def test_propagate_false_and_a_handler_further_up_are_respected() -> None:
    program("""
log.propagate = False
before = len(lines())
logging.lastResort = None
log.info("nowhere")
db.info("nowhere")
assert len(lines()) == before
log.addHandler(handler)
assert is_past(lambda: db.info("here"))
assert [r["message"] for r in lines()[before:]] == ["here"]
""")


def test_keywords_other_than_extra_take_the_ordinary_way() -> None:
    program("""
try:
    1 / 0
except ZeroDivisionError:
    call = lambda: log.info("m", exc_info=True)
    assert not is_past(call)
    assert "ZeroDivisionError" in logged(call, "m")["exception"]
    assert "ZeroDivisionError" in logged(lambda: log.exception("m"), "m")["exception"]
assert "stack" in logged(lambda: log.info("m", stack_info=True), "m")
assert not is_past(lambda: log.info("m", stacklevel=2))
logged(lambda: log.info(msg="named"), "named")
""")


def test_stacklevel_and_the_place_of_the_call_are_those_of_the_call() -> None:
    program("""
hydra.update_config({"layers": layers, "source": True})
import inspect
def helper(**kwargs):
    log.info("m", **kwargs); logging.info("n", **kwargs)
here = inspect.currentframe().f_lineno + 1
helper(stacklevel=2)
one, two = lines()[-2:]
assert (one["line"], two["line"]) == (here, here), (one, two)
helper()
one, two = lines()[-2:]
assert (one["line"], two["line"]) == (here - 2, here - 2), (one, two)
""")


def test_levels_are_logging_s_own_at_every_moment() -> None:
    program("""
before = len(lines())
log.setLevel(logging.ERROR)
db.info("not this")
logging.getLogger().setLevel(logging.CRITICAL)
logging.error("nor this")
log.error("this")
logging.disable(logging.ERROR)
log.error("nor this")
logging.disable(logging.NOTSET)
log.disabled = True
log.error("nor this")
log.disabled = False
handler.setLevel(logging.CRITICAL)
log.error("nor this")
log.critical("and this")
assert [r["message"] for r in lines()[before:]] == ["this", "and this"]
""")


def test_a_level_of_the_layer_is_respected() -> None:
    program("""
before = len(lines())
hydra.set_level("WARNING", "shop")
db.info("not this"); log.info("nor this"); log.warning("this")
assert [r["message"] for r in lines()[before:]] == ["this"]
""")


def test_arguments_that_do_not_fit_are_told_and_their_text_is_kept() -> None:
    result = run(
        PREAMBLE
        + """
logged(lambda: log.info("%d left", "three"), "%d left three")
logging.raiseExceptions = False
logged(lambda: log.info("%d left", "four"), "%d left four")
"""
    )
    assert result.stderr.count("--- Logging error ---") == 1
    assert "three" in result.stderr


def test_extra_with_a_name_of_the_record_is_refused_as_logging_does() -> None:
    program("""
for name in ("message", "name", "lineno"):
    try:
        log.info("m", extra={name: 1})
    except KeyError as error:
        assert "overwrite" in str(error)
    else:
        raise AssertionError(name)
""")


def test_a_str_that_logs_is_logged_too() -> None:
    program("""
class Talks:
    def __str__(self):
        log.info("inner")
        return "outer"
before = len(lines())
log.info("%s", Talks())
log.info("m", extra={"who": Talks()})
shown = [r["message"] for r in lines()[before:]]
assert shown == ["inner", "outer", "inner", "m"], shown
""")


def test_unusual_messages_and_names_are_logged_whole() -> None:
    program("""
logged(lambda: log.info(ValueError("an object")), "an object")
logged(lambda: log.info("half \\ud800"), "half \\\\ud800")
logged(lambda: logging.getLogger("a\\nb").info("m"), "m")
logged(lambda: log.info(""), "")
""")


def test_assert_logs_sees_what_is_logged() -> None:
    program("""
import unittest
case = unittest.TestCase()
with case.assertLogs("shop", "INFO") as seen:
    log.info("m %s", 1)
assert seen.output == ["INFO:shop:m 1"]
log.info("to fill the cache of levels")
assert is_past(lambda: log.info("m"))
""")


def test_threads_log_at_once_and_no_line_is_lost() -> None:
    program("""
import threading
before = len(lines())
def work(number):
    for count in range(2000):
        log.info("%d", count, extra={"thread_number": number})
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
seen = [(r["thread_number"], int(r["message"])) for r in lines()[before:]]
assert sorted(seen) == [(n, c) for n in range(4) for c in range(2000)]
""")


def test_a_bound_method_that_outlives_install_goes_on() -> None:
    program("""
info, root_info = log.info, logging.info
hydra_logger.uninstall()
assert log.info.__func__ is logging.Logger.info
text = io.StringIO()
logging.basicConfig(stream=text, level=logging.INFO, force=True)
info("one"); root_info("two")
assert text.getvalue() == "INFO:shop:one\\nINFO:root:two\\n"
""")
