"""Runs every example in an empty folder of its own, and compares what it prints with its docstring.

    examples.py PYTHON RUST

PYTHON is the interpreter that has the package, RUST the folder of the built Rust examples. In a
docstring, what is indented under "You will see" is the whole output, stderr included: a time stands
for any time, `...` for any text. A Rust example only has to end well.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIME = re.compile(
    r"(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4})[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
)
COLOUR = re.compile(r"\x1b\[[\d;]*m")
# What a developer has set must not change what is compared.
SETTINGS = ("HYDRA_LOG_", "NO_COLOR", "FORCE_COLOR", "PYTHON")


def output(command: list[str | Path]) -> tuple[int, str]:
    """The exit status and everything printed, of a program run in an empty folder."""
    inherited = os.environ.items()
    environment = {name: value for name, value in inherited if not name.startswith(SETTINGS)}
    with tempfile.TemporaryDirectory(prefix="hydra-example-", ignore_cleanup_errors=True) as folder:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
    return done.returncode, done.stdout


def promised(example: Path) -> str:
    """What its docstring says that it prints."""
    text = ast.get_docstring(ast.parse(example.read_text())) or ""
    _, _, shown = text.partition("You will see")
    return "".join(line[4:] + "\n" for line in shown.splitlines() if line.startswith("    "))


def plain(text: str) -> str:
    """Without colour, and with one word for every time."""
    return TIME.sub("TIME", COLOUR.sub("", text))


def fault_of_python(python: str, example: Path) -> str:
    """What is wrong with a Python example; nothing if it is right."""
    shown = plain(promised(example))
    if not shown:
        return "its docstring does not show what you will see"
    status, printed = output([python, example])
    if status != 0:
        return f"exit status {status}:\n{printed}"
    pattern = ".*?".join(map(re.escape, shown.split("...")))
    if re.fullmatch(pattern, plain(printed), re.DOTALL):
        return ""
    both = shown.splitlines(), plain(printed).splitlines()
    lines = unified_diff(*both, "shown", "printed", lineterm="")
    return "it prints something else than it says:\n" + "\n".join(lines)


def fault_of_rust(program: Path) -> str:
    """What is wrong with a Rust example; nothing if it is right."""
    status, printed = output([program])
    return f"exit status {status}:\n{printed}" if status != 0 else ""


def main(python: str, rust: Path) -> None:
    """Run them all, two at a time."""
    of_python = sorted((ROOT / "examples" / "python").rglob("*.py"))
    sources = sorted((ROOT / "crates" / "hydra-logger" / "examples").glob("*.rs"))
    of_rust = [rust / source.stem for source in sources]
    if not of_python or not of_rust:
        sys.exit("there are no examples")
    with ThreadPoolExecutor(2) as pool:
        faults = [
            *pool.map(lambda example: (example, fault_of_python(python, example)), of_python),
            *pool.map(lambda program: (program, fault_of_rust(program)), of_rust),
        ]
    wrong = [(example, fault) for example, fault in faults if fault]
    for example, fault in wrong:
        name = example.relative_to(ROOT) if example.is_relative_to(ROOT) else example.name
        print(f"{name}: {fault}\n", file=sys.stderr)
    print(f"{len(of_python)} Python and {len(of_rust)} Rust examples run, {len(wrong)} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
