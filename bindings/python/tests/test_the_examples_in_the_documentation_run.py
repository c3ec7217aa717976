import doctest
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

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
    public["AsyncHydraLogger"] = hydra_logger.AsyncHydraLogger
    public["HydraLoggerError"] = hydra_logger.HydraLoggerError
    failed, _ = doctest.testmod(
        module, extraglobs=public, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0


ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "bindings/python/README.md", *(ROOT / "docs").glob("*.md")]
BLOCKS = [
    (str(document.relative_to(ROOT)), number, block)
    for document in sorted(DOCUMENTS)
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", document.read_text(), re.S))
]


@pytest.mark.parametrize(("document", "number", "block"), BLOCKS)
def test_a_block_of_python_in_a_document_runs(
    document: str, number: int, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(block, f"{document}, block {number}", "exec"), names)
    hydra_logger.uninstall()
    for value in names.values():
        if isinstance(value, hydra_logger.HydraLogger):
            value.close()


def test_there_are_blocks_of_python_in_the_documents() -> None:
    assert {"README.md", "docs/configuration.md", "docs/presets.md"} <= {
        document for document, _, _ in BLOCKS
    }
