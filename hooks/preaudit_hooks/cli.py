"""The command `preaudit`: finds the subcommand, and imports that one alone.

Exit status: 0 clean, 1 findings, 2 usage, configuration, or a file that could not be read.
"""

from __future__ import annotations

import gc
import os
import sys

COMMANDS = {
    "check": "find what production audits find",
    "fix": "the same, and apply the fixes",
    "explain": "show the page of a code, offline",
    "rules": "list all codes",
    "baseline": "accept today's findings; only new ones fail from then on",
    "report": "write the audit report and the progress tracker",
    "init": "set the project up: pre-commit, flake8, ruff, CI",
    "doctor": "explain what would silence AUD codes in this project",
    "lsp": "run the language server (extra preaudit[lsp])",
}

HELP = """\
usage: preaudit COMMAND [OPTIONS]

Finds at commit time what production audits of Python backends find.

commands:
{commands}

examples:
  preaudit check                     check the project
  preaudit check src/app/orders.py   check one file, with what the project knows about it
  preaudit check --diff main         only what main does not have
  preaudit fix                       apply the fixes
  preaudit explain AUD001            what a code means, and what to write instead

`preaudit COMMAND --help` shows the options of a command; `preaudit --version` the version.
"""


class Usage(Exception):
    """A command line, configuration or environment that cannot be worked with; the text is for the user."""


def overview():
    """Answer the help of the whole program."""
    rows = "\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items())
    return HELP.format(commands=rows)


def nearest(word, known):
    """Answer ` (did you mean X?)` for the known word most like this one, or ''."""
    from difflib import get_close_matches

    match = get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean {match[0]}?" if match else ""


def main(argv=None):
    """Run a command line and answer its exit status."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if not argv or argv[0] in ("-h", "--help"):
        sys.stdout.write(overview())
        return 0 if argv else 2
    name = argv.pop(0)
    if name == "help":
        name = argv[0] if argv else "--help"
        argv = ["--help"]
        if name == "--help":
            return main(argv)
    if name in ("--version", "-V"):
        from preaudit import __version__

        sys.stdout.write(f"preaudit {__version__}\n")
        return 0
    try:
        if name not in COMMANDS:
            if os.path.exists(name):
                raise Usage(f"{name} is no command; write `preaudit check {name}`")
            raise Usage(f"there is no command {name}{nearest(name, COMMANDS)}")
        from importlib import import_module

        if name != "lsp":
            # what a run makes lives until its end: the collector would visit it again and again for nothing
            gc.set_threshold(100_000, 20, 20)
        return import_module(f"preaudit_hooks.commands.{name}").run(argv)
    except Usage as error:
        from preaudit_hooks.output.context import printable

        for line in str(error).split("\n"):
            sys.stderr.write(f"preaudit: error: {printable(line)}\n")
        return 2


def entry():
    """Run the console script; a reader that went away is no error of ours, an interrupt is 130."""
    for stream in (sys.stdout, sys.stderr):
        # A file name can hold what the stream's encoding cannot.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except KeyboardInterrupt:
        status = 130
    except Exception:  # the status of a fault must not read as "findings"
        import traceback

        traceback.print_exc()
        sys.stderr.write("preaudit: error: this is a fault in preaudit; please report it with the lines above\n")
        status = 2
    sys.exit(status)
