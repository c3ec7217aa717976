"""Prints what tarpaulin counted, crate by crate, and the files with the most lines left.

Fails when a crate is below the floor.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

FLOOR = 95.0

# Code whose counts never come, though tests run all of it but the first two.
NOT_FOLLOWED = {
    "crates/hydra-core/src/sys/portable.rs": "not compiled here: for systems other than Unix",
    "crates/hydra-cli/src/signals.rs": "mod portable: not compiled here either",
    "crates/hydra-core/src/process.rs": "in_child: forked children leave by _exit",
    "crates/hydra-core/src/destination/file/fork.rs": "renew, child: the same",
    "crates/hydra-core/src/destination/file/buffer.rs": "forget: the same",
    "crates/hydra-core/src/destination/file/compress.rs": "forget: the same",
    "crates/hydra-core/src/destination/file/registry.rs": "from the panic hook on: it aborts",
    "crates/hydra-logger/src/site.rs": "new, field_name: the compiler runs them",
}


def ranges(lines: list[int]) -> str:
    """The lines as 3-5, 9."""
    found: list[list[int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


crates: dict[str, list[int]] = defaultdict(lambda: [0, 0])
files: list[tuple[int, int, str, str]] = []
for entry in json.loads(Path(sys.argv[1]).read_text())["files"]:
    path = Path(*entry["path"]).relative_to(Path.cwd())
    covered, lines = entry["covered"], entry["coverable"]
    crate = crates[path.parts[1]]
    crate[0] += covered
    crate[1] += lines
    missed = [trace["line"] for trace in entry["traces"] if trace["stats"].get("Line") == 0]
    files.append((lines - covered, lines, str(path), ranges(missed)))

print("lines not covered, most first:")
for missing, lines, path, missed in sorted(files, reverse=True)[:20]:
    if missing:
        print(f"  {missing:5} of {lines:5}  {path}: {missed}")
print("\nnot followed, and counted as not covered where it is compiled:")
for path, why in NOT_FOLLOWED.items():
    if not Path(path).exists():
        sys.exit(f"{path} is gone: take it out of this script")
    print(f"  {path}: {why}")
below = []
print("\ncrate                 lines  covered")
for name, (covered, lines) in sorted(crates.items()):
    percent = 100 * covered / lines if lines else 100.0
    print(f"{name:20} {lines:6}  {percent:6.2f} %")
    if percent < FLOOR:
        below.append(name)
if below:
    sys.exit(f"below the floor of {FLOOR} %: {', '.join(below)}")
