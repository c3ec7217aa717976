#!/usr/bin/env python3
"""Draws what a program prints on a terminal as an SVG.

    scripts/terminal-picture.py [--columns N] [--until TEXT] [--prompt TEXT] OUT.svg COMMAND...

The command runs on a pseudo-terminal of its own, so that it prints what it prints for people,
colours and all. `--until` leaves out the first line that holds the text and all after it;
`--prompt` is the command line to show above the output. Knows what our programs use: the sixteen
colours, bold, underline and reset; lines wrap at the terminal's edge. Nothing but Python is needed.

The picture of the README, from a directory without logs, so that the demo takes its own sample:

    scripts/terminal-picture.sh
"""

import argparse
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from html import escape

CELL_WIDTH, LINE_HEIGHT, PADDING, BAR = 8.4, 20, 18, 34
BACKGROUND, FRAME, TEXT = "#0d1117", "#30363d", "#d1d7e0"
# black red green yellow blue magenta cyan white, and their bright sisters.
COLORS = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#d1d7e0"]
BRIGHT = ["#8b949e", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#8ddbe0", "#ffffff"]
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SGR = re.compile(r"\x1b\[([0-9;]*)m")
OTHER_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-ln-z]|\x1b[^\[]")


def record(command, columns):
    """The command's output on a terminal of so many columns; its failure is ours."""
    pid, terminal = pty.fork()
    if pid == 0:
        # Wide enough that nothing else decides where lines end.
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        for name in ("NO_COLOR", "FORCE_COLOR"):
            os.environ.pop(name, None)
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
        os.execvp(command[0], command)
    output = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux tells so that the other end is closed
            break
        if not part:
            break
        output += part
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status != 0:
        sys.stderr.buffer.write(output)
        sys.exit(f"{command[0]} ended with status {status}")
    return output.decode("utf-8", "replace").replace("\r\n", "\n")


def apply(style, codes):
    """The style (colour, bold, underline) after an escape sequence."""
    color, bold, underline = style
    for code in (int(code or 0) for code in codes.split(";")):
        if code == 0:
            color, bold, underline = TEXT, False, False
        elif code == 1:
            bold = True
        elif code == 4:
            underline = True
        elif 30 <= code <= 37:
            color = COLORS[code - 30]
        elif 90 <= code <= 97:
            color = BRIGHT[code - 90]
        else:
            sys.exit(f"a style that this script does not know: {code}")
    return color, bold, underline


def rows(text, columns):
    """Rows of (column, text, style), wrapped as a terminal does."""
    style = (TEXT, False, False)
    for line in text.rstrip("\n").split("\n"):
        row, column = [], 0
        # Odd parts are the codes of escape sequences.
        for index, part in enumerate(SGR.split(OTHER_ESCAPE.sub("", line))):
            if index % 2:
                style = apply(style, part)
                continue
            while part:
                if column == columns:
                    yield row
                    row, column = [], 0
                piece, part = part[: columns - column], part[columns - column :]
                row.append((column, piece, style))
                column += len(piece)
        yield row


def text_element(column, line, text, style):
    color, bold, underline = style
    # A run without its blanks: each starts at its own column, so that no font can shift it.
    column += len(text) - len(text.lstrip(" "))
    text = text.strip(" ")
    if not text:
        return ""
    x, y = PADDING + column * CELL_WIDTH, BAR + PADDING + line * LINE_HEIGHT
    more = ' font-weight="700"' if bold else ""
    more += ' text-decoration="underline"' if underline else ""
    return (
        f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * CELL_WIDTH:.1f}" fill="{color}"{more}>'
        f"{escape(text, quote=False)}</text>"
    )


def svg(lines, columns, title):
    width = 2 * PADDING + columns * CELL_WIDTH
    height = BAR + PADDING + len(lines) * LINE_HEIGHT
    buttons = "".join(
        f'<circle cx="{20 + 20 * i}" cy="18" r="6" fill="{color}"/>'
        for i, color in enumerate(["#ff5f57", "#febc2e", "#28c840"])
    )
    texts = [text_element(c, y, t, s) for y, row in enumerate(lines) for c, t, s in row]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
            f' font-family="{FONT}" font-size="14" xml:space="preserve">',
            f"<title>{escape(title)}</title>",
            f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="10"'
            f' fill="{BACKGROUND}" stroke="{FRAME}"/>',
            buttons,
            *filter(None, texts),
            "</svg>\n",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--until")
    parser.add_argument("--prompt")
    parser.add_argument("out")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    text = record(args.command, args.columns)
    if args.until:
        kept = text.split("\n")
        end = next((i for i, line in enumerate(kept) if args.until in line), None)
        if end is None:
            sys.exit(f"no line holds {args.until!r}")
        text = "\n".join(kept[:end])
    prompt = args.prompt or " ".join(args.command)
    text = f"\x1b[92m$\x1b[0m \x1b[1m{prompt}\x1b[0m\n{text}"
    lines = list(rows(text, args.columns))
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(svg(lines, args.columns, f"The output of {prompt}"))


if __name__ == "__main__":
    main()
