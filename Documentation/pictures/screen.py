"""Turns a terminal's screen, as `tmux capture-pane -e` prints it, into a page: standard input to standard output."""

import html
import re
import sys

COLOURS = ["#3b4252", "#e5707e", "#9cc98a", "#e6c07b", "#7aa7e8", "#c397d8", "#78c5cc", "#d8dee9"]
BRIGHT = ["#6b7489", "#ff8b98", "#b6e3a4", "#ffdb94", "#97c1ff", "#dcb3f0", "#96e2e9", "#ffffff"]


def style(codes, state):
    for code in codes:
        if code == 0:
            state.clear()
        elif code in (1, 2, 3, 4, 7):
            state[code] = True
        elif code == 22:
            state.pop(1, None)
            state.pop(2, None)
        elif 30 <= code <= 37:
            state["fg"] = COLOURS[code - 30]
        elif 90 <= code <= 97:
            state["fg"] = BRIGHT[code - 90]
        elif code == 39:
            state.pop("fg", None)
        elif code == 27:
            state.pop(7, None)


def css(state):
    fg, bg = state.get("fg", "#d8dee9"), "transparent"
    if state.get(7):
        fg, bg = "#14181f", fg
    rules = [f"color:{fg}", f"background:{bg}"]
    if state.get(1):
        rules.append("font-weight:700")
    if state.get(2):
        rules.append("opacity:.6")
    return ";".join(rules)


def main():
    state, lines = {}, []
    for line in sys.stdin.read().split("\n"):
        out = ""
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            if part.startswith("\x1b["):
                style([int(c or 0) for c in part[2:-1].split(";")], state)
            elif part:
                out += f'<span style="{css(state)}">{html.escape(part)}</span>'
        lines.append(out)
    print(
        '<!doctype html><meta charset="utf-8"><body style="margin:0;background:#14181f"><pre style="margin:0;'
        'padding:14px 18px;font:13.5px/1.32 \'DejaVu Sans Mono\',monospace">' + "\n".join(lines).rstrip() + "</pre>"
    )


main()
