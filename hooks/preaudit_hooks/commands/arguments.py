"""The argument parser that all commands share, and options that several of them have."""

from __future__ import annotations

import argparse

from preaudit.core.finding import SEVERITIES

from preaudit_hooks.cli import Usage, nearest
from preaudit_hooks.output import FORMATS


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line with the nearest name, and never abbreviate."""

    def __init__(self, command, description, examples=""):
        """Make the parser of a command; the examples close its help."""
        super().__init__(
            prog=f"preaudit {command}",
            description=description,
            epilog=examples and "examples:\n" + examples,
            formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, max_help_position=30, width=100),
            allow_abbrev=False,
            add_help=False,
        )

    def error(self, message):
        """Raise Usage with the message and the nearest option."""
        prefix = "unrecognized arguments: "
        if message.startswith(prefix):
            word = message[len(prefix) :].split()[0]
            known = [option for action in self._actions for option in action.option_strings]
            if word.startswith("-"):
                message = f"there is no option {word}{nearest(word.partition('=')[0], known)}"
            else:
                message = f"unexpected argument {word}"
        raise Usage(f"{self.prog.removeprefix('preaudit ')}: {message}")


def words(text):
    """Answer the words of a comma-separated option; argparse shows the error if there is none."""
    found = [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]
    if not found:
        raise argparse.ArgumentTypeError("write at least one code, prefix, rule name, area, severity or preset")
    return found


def positive(text):
    """Answer a whole number from 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 4096:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 4096")
    return number


def severity(text):
    """Answer one of the four severities."""
    if text not in SEVERITIES:
        names = ", ".join(SEVERITIES)
        raise argparse.ArgumentTypeError(
            f"there is no severity {text!r}{nearest(text, SEVERITIES)}; write one of {names}"
        )
    return text


def output(text):
    """Answer (format, file or '') of `F[:FILE]`."""
    name, _, path = text.partition(":")
    if name not in FORMATS:
        names = ", ".join(FORMATS)
        raise argparse.ArgumentTypeError(f"there is no format {name!r}{nearest(name, FORMATS)}; write one of {names}")
    return name, path


def add_selection(parser):
    """Add the options that say which codes run."""
    group = parser.add_argument_group("what is looked for")
    group.add_argument(
        "--select",
        type=words,
        action="extend",
        metavar="A,B",
        help="only these: codes, prefixes (AUD3), rule names, areas, severities, or the presets default, audit, all",
    )
    group.add_argument("--extend-select", type=words, action="extend", metavar="A,B", help="these too")
    group.add_argument("--ignore", type=words, action="extend", metavar="A,B", help="not these")
    return group


def add_project(parser):
    """Add the options that say how the project is read."""
    group = parser.add_argument_group("how it runs")
    group.add_argument("--isolated", action="store_true", help="read no configuration file and no baseline")
    group.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    group.add_argument("--jobs", type=positive, metavar="N", help="processes to use (default: by the work at hand)")
    return group


def add_common(group):
    """Add the options that every command has."""
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto",
        help="colours (auto: on a terminal; NO_COLOR and FORCE_COLOR are honoured)",
    )  # fmt: skip
    group.add_argument("-h", "--help", action="help", help="show this help")
