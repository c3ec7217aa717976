import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hydra_logger import HydraLogger, clear_error_stats, get_error_stats, track_error
from hydra_logger.core import HandlerError, ValidationError, error_context, get_error_tracker
from hydra_logger.core import error_handler as errors

pytestmark = pytest.mark.both_loggers


@pytest.fixture(autouse=True)
def _nothing_tracked_before_and_after() -> Iterator[None]:
    clear_error_stats()
    yield
    errors.close_error_tracker()
    clear_error_stats()


def test_an_error_is_counted_by_its_type_whether_text_or_exception() -> None:
    assert get_error_stats() == {
        "total_errors": 0,
        "error_types": {},
        "last_error_time": None,
        "error_log_file": None,
    }
    track_error("test_error", "Test error message")
    track_error(
        "test_error", ValueError("bad"), {"order": 7}, component="shop", severity="critical"
    )
    stats = get_error_stats()
    assert (stats["total_errors"], stats["error_types"]) == (2, {"test_error": 2})
    assert stats["last_error_time"] is not None
    first, second = get_error_tracker().last_errors()
    assert (first["message"], first["component"]) == ("Test error message", "unknown")
    assert (first["severity"], first["context"]) == ("ERROR", None)
    assert (second["message"], second["component"]) == ("ValueError: bad", "shop")
    assert (second["severity"], second["context"]) == ("CRITICAL", "order=7")


@pytest.mark.parametrize(
    ("track", "kind", "component", "severity"),
    [
        (errors.track_hydra_error, "hydra_logger_error", "core", "ERROR"),
        (errors.track_configuration_error, "configuration_error", "config", "ERROR"),
        (errors.track_validation_error, "validation_error", "validation", "WARNING"),
        (errors.track_plugin_error, "plugin_error", "plugin", "ERROR"),
        (errors.track_async_error, "async_error", "async", "ERROR"),
        (errors.track_performance_error, "performance_error", "performance", "WARNING"),
        (errors.track_runtime_error, "runtime_error", "runtime", "ERROR"),
    ],
)
def test_each_function_has_its_type_component_and_severity(
    track: Callable[[Exception], None], kind: str, component: str, severity: str
) -> None:
    track(RuntimeError("x"))
    (error,) = get_error_tracker().last_errors()
    assert (error["error_type"], error["component"], error["severity"]) == (
        kind,
        component,
        severity,
    )


def test_a_plugins_error_names_the_plugin() -> None:
    errors.track_plugin_error("x", "geo", {"event": 3})
    assert get_error_tracker().last_errors()[0]["context"] == "event=3, plugin_name='geo'"


def test_an_error_that_leaves_a_context_is_tracked_with_it_and_goes_on() -> None:
    with pytest.raises(KeyError), error_context("shop", "charge"):
        raise KeyError("card")
    (error,) = get_error_tracker().last_errors()
    assert (error["error_type"], error["component"]) == ("context_error", "shop")
    assert error["context"] is not None
    assert "operation='charge', duration_ms=" in error["context"]
    assert __file__ in error["context"]


def test_a_context_that_nothing_leaves_tracks_nothing() -> None:
    with error_context("shop", "charge"):
        pass
    assert get_error_stats()["total_errors"] == 0


def test_what_the_logger_itself_meets_is_in_the_same_counts(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    file = {"type": "file", "path": str(tmp_path / "taken" / "a.log")}
    with HydraLogger({"layers": {"APP": {"destinations": [file]}}}) as logger:
        logger.info("APP", "x")
    (error,) = get_error_tracker().last_errors()
    assert str(tmp_path) in error["component"] + error["message"]
    assert get_error_stats()["error_types"] == {error["error_type"]: 1}


def test_errors_go_to_a_file_only_while_one_is_asked_for(tmp_path: Path) -> None:
    tracker = get_error_tracker()
    path = tmp_path / "deep" / "errors.log"
    tracker.track_error("early", "not in the file")
    tracker.log_to(path)
    assert get_error_stats()["error_log_file"] == str(path)
    tracker.track_error("payment", 'card "declined"\n', {"order": 7}, "shop", "warning")
    tracker.close()
    tracker.close()
    tracker.track_error("late", "not in the file")
    assert get_error_stats()["error_log_file"] is None
    (line,) = map(json.loads, path.read_text().splitlines())
    assert line.pop("timestamp")
    assert line == {
        "level": "WARNING",
        "logger": "shop",
        "message": 'card "declined"\n',
        "kind": "payment",
        "context": "order=7",
    }


def test_an_error_log_that_cannot_be_made_is_a_handler_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(HandlerError, match=r"errors\.log"):
        get_error_tracker().log_to(tmp_path / "taken" / "errors.log")


def test_a_severity_that_there_is_not_is_a_validation_error() -> None:
    with pytest.raises(ValidationError, match="severity"):
        track_error("x", "y", severity="awful")


def test_tracking_never_raises_for_what_it_is_given() -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

        def __repr__(self) -> str:
            raise RuntimeError("no text")

    track_error("odd", OddError(), {"value": OddError()})
    track_error("odd", "\ud800 lone")
    assert get_error_stats()["error_types"]["odd"] == 2


def test_many_threads_lose_no_error() -> None:
    def work() -> None:
        for _ in range(1000):
            track_error("threads", "x")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert get_error_stats()["error_types"] == {"threads": 8000}


def test_importing_and_tracking_installs_no_hook_and_makes_no_file(tmp_path: Path) -> None:
    code = (
        "import sys, threading\n"
        "before = sys.excepthook, threading.excepthook\n"
        "from hydra_logger import track_error, HydraLogger\n"
        "track_error('x', 'y'); HydraLogger()\n"
        "assert before == (sys.excepthook, threading.excepthook)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr, list(tmp_path.iterdir())) == ("", "", [])
