"""The part of README.md that shows what auditing the example prints; `make docs` writes it.

The command itself is run on the files that git knows, in a process of its own, as a newcomer would.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
EXAMPLE = "examples/order-service"
BEGIN = "<!-- output of `make audit`, written by `make docs` -->"
END = "<!-- end of output -->"
RUN = "from preaudit_hooks.cli import entry; entry()"
SHOWN = 12


@functools.cache
def output():
    """Answer the lines that `make audit` prints where it is no terminal; RuntimeError if it could not run."""
    roots = os.pathsep.join(str(HOME / root) for root in ("plugins", "hooks"))
    environment = {**os.environ, "PYTHONPATH": roots, "NO_COLOR": "1"}
    environment.pop("PRE_COMMIT", None)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "check", ".", "--output-format", "concise", "--no-cache"],
        cwd=HOME / EXAMPLE, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise RuntimeError(f"preaudit check {EXAMPLE} exited with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def section(lines):
    """Answer the Markdown between the two comments: the first lines, and the rest to unfold."""
    first, rest = lines[:SHOWN], lines[SHOWN:]
    parts = [BEGIN, "", "```text", *first, "```", ""]
    if rest:
        parts += [
            "<details>",
            f"<summary>{len(rest)} more</summary>",
            "",
            "```text",
            *rest,
            "```",
            "",
            "</details>",
            "",
        ]
    return "\n".join([*parts, END])


def readme():
    """Answer the text of README.md with the output as it is today."""
    text = (HOME / "README.md").read_text(encoding="utf-8")
    made = section(output())
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: made, text, flags=re.S)
