import threading
from pathlib import Path
from typing import Any

import pytest
from hydra_logger import ConfigurationError, HydraLogger, magic_configs
from hydra_logger.config import LogDestination, LoggingConfig, LogLayer
from hydra_logger.magic_configs import MagicConfigRegistry, register_magic_config

pytestmark = pytest.mark.both_loggers

BUILT_IN = (
    "production",
    "development",
    "testing",
    "microservice",
    "web_app",
    "api_service",
    "background_worker",
    "high_performance",
    "minimal_features",
    "bare_metal",
    "async_production",
    "throughput_optimized",
    "latency_critical",
    "ultra_high_performance",
)


def file_config(path: Path) -> dict[str, Any]:
    return {"layers": {"APP": {"destinations": [{"type": "file", "path": str(path)}]}}}


def test_a_registered_function_makes_a_constructor_of_its_name(tmp_path: Path) -> None:
    @HydraLogger.register_magic("my_app", description="My application")
    def my_app() -> dict[str, Any]:
        return file_config(tmp_path / "a.log")

    assert my_app() == file_config(tmp_path / "a.log")
    for make in (
        HydraLogger.for_my_app,  # type: ignore[attr-defined]
        lambda: HydraLogger.for_custom("my_app"),
        lambda: HydraLogger.for_magic("my_app"),
    ):
        with make() as logger:
            logger.info("APP", "hello")
    assert (tmp_path / "a.log").read_text().count("hello") == 3
    assert HydraLogger.has_magic_config("my_app")
    assert HydraLogger.list_magic_configs()["my_app"] == "My application"


def test_a_function_may_return_a_model_of_which_only_what_was_set_counts(tmp_path: Path) -> None:
    @register_magic_config("of_a_model")
    def of_a_model() -> LoggingConfig:
        file = LogDestination(type="file", path=str(tmp_path / "a.log"))
        return LoggingConfig(layers={"APP": LogLayer(destinations=[file])})

    config = MagicConfigRegistry.get_config("of_a_model")
    assert config.layers["APP"].destinations[0].path == str(tmp_path / "a.log")


def test_there_is_one_registry_and_a_configuration_can_extend_what_is_in_it() -> None:
    @MagicConfigRegistry.register("shared", "For all")
    def shared() -> dict[str, Any]:
        return {"extends": "testing", "default_level": "ERROR"}

    assert HydraLogger.list_magic_configs() == MagicConfigRegistry.list_configs()
    with HydraLogger({"extends": "shared"}) as logger:
        assert logger.config["default_level"] == "ERROR"


@pytest.mark.parametrize(
    "name", ["", "My_App", "my-app", "1app", "class ", "custom", "magic", "production"]
)
def test_a_name_that_cannot_be_a_constructor_is_refused_and_nothing_changes(name: str) -> None:
    before = HydraLogger.list_magic_configs()
    with pytest.raises(ConfigurationError):

        @HydraLogger.register_magic(name)
        def _wrong() -> dict[str, Any]:
            return {}

    assert HydraLogger.list_magic_configs() == before
    with HydraLogger.for_custom("testing"):
        pass


@pytest.mark.parametrize("returned", [None, 7, "production", {"default_level": "LOUD"}])
def test_what_a_function_returns_is_checked_at_once(returned: Any) -> None:
    with pytest.raises(ConfigurationError):
        HydraLogger.register_magic("wrong_result")(lambda: returned)
    assert not HydraLogger.has_magic_config("wrong_result")
    assert not hasattr(HydraLogger, "for_wrong_result")


def test_an_unknown_preset_is_told_with_the_nearest_name() -> None:
    for ask in (HydraLogger.for_custom, HydraLogger.for_magic, MagicConfigRegistry.get_config):
        with pytest.raises(ConfigurationError, match="did you mean production"):
            ask("prodcution")
    assert not HydraLogger.has_magic_config("prodcution")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_preset_has_its_function_and_its_constructor(name: str) -> None:
    config = getattr(magic_configs, f"{name}_config")()
    assert isinstance(config, LoggingConfig)
    assert config == MagicConfigRegistry.get_config(name)
    assert "DEFAULT" in config.layers
    assert callable(getattr(HydraLogger, f"for_{name}"))
    assert MagicConfigRegistry.list_configs()[name]


def test_ultra_fast_is_bare_metal() -> None:
    assert magic_configs.ultra_fast_config() == magic_configs.bare_metal_config()
    assert HydraLogger.has_magic_config("ultra_fast")


def test_registering_again_replaces() -> None:
    for level in ("ERROR", "DEBUG"):
        HydraLogger.register_magic("twice")(
            lambda level=level: {"extends": "testing", "default_level": level}
        )
        assert MagicConfigRegistry.get_config("twice").default_level == level


def test_many_threads_register_and_read_at_once() -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(50):
                name = f"thread_{number}_{turn}"
                HydraLogger.register_magic(name)(lambda: {"extends": "testing"})
                assert MagicConfigRegistry.has_config(name)
                assert hasattr(HydraLogger, f"for_{name}")
                assert name in HydraLogger.list_magic_configs()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
