"""Notebooks: lines of consoles go to the cell that logged them, in colour.

A kernel replaces ``sys.stdout`` and ``sys.stderr``; what is written to the system's streams instead
reaches a notebook late, behind what is printed, or not at all.
"""

import sys

from . import _core


def in_notebook() -> bool:
    """Whether this program is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def attach() -> None:
    """Have consoles write to the cells, if this is a notebook. Called wherever a logger is made."""
    if in_notebook():
        _core.show_consoles_with(_show)


def _show(stream: str, line: str) -> None:
    # Looked up for each line: a cell may redirect them.
    getattr(sys, stream).write(line)
