"""Prints what tarpaulin counted, crate by crate, and the files with the most lines left.

Fails when a crate is below the floor.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

FLOOR = 95.0

crates: dict[str, list[int]] = defaultdict(lambda: [0, 0])
files: list[tuple[int, int, str]] = []
for entry in json.loads(Path(sys.argv[1]).read_text())["files"]:
    path = Path(*entry["path"]).relative_to(Path.cwd())
    covered, lines = entry["covered"], entry["coverable"]
    crate = crates[path.parts[1]]
    crate[0] += covered
    crate[1] += lines
    files.append((lines - covered, lines, str(path)))

print("lines not covered, most first:")
for missing, lines, path in sorted(files, reverse=True)[:20]:
    if missing:
        print(f"  {missing:5} of {lines:5}  {path}")
below = []
print("\ncrate                 lines  covered")
for name, (covered, lines) in sorted(crates.items()):
    percent = 100 * covered / lines if lines else 100.0
    print(f"{name:20} {lines:6}  {percent:6.2f} %")
    if percent < FLOOR:
        below.append(name)
if below:
    sys.exit(f"below the floor of {FLOOR} %: {', '.join(below)}")
