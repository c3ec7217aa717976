import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import hydra_logger
import pytest

MODULES = [
    module.name
    for module in pkgutil.walk_packages(hydra_logger.__path__, "hydra_logger.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", ["hydra_logger", *MODULES])
def test_the_examples_of_a_module_show_what_they_say(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_LOG_CONSOLE_FORMAT", "")
    module = import_module(name)
    public = {"HydraLogger": hydra_logger.HydraLogger}
    public["HydraLoggerError"] = hydra_logger.HydraLoggerError
    failed, _ = doctest.testmod(
        module, extraglobs=public, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0
