"""The command lines that hooks and editors write, read without argparse: importing that, and describing all options
to it, takes a tenth of the check of one file.
"""

from __future__ import annotations

# What the parser of `check` (commands/check.py) answers where an option is not given.
DEFAULTS = {
    "paths": (), "select": None, "extend_select": None, "ignore": None, "part": None, "diff": None, "fail_on": None,
    "exit_zero": False, "fix": False, "no_baseline": False, "output_format": None, "statistics": False,
    "stdin_filename": None, "isolated": False, "no_cache": False, "jobs": None, "force_exclude": False, "color": "auto",
}  # fmt: skip
FLAGS = {"--force-exclude": "force_exclude", "--isolated": "isolated", "--no-cache": "no_cache"}
PARTS = ("python", "config", "project")
_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


class Options:
    """The options as attributes, as argparse gives them."""

    def __init__(self, values):
        """Hold these options over the defaults."""
        self.__dict__.update(DEFAULTS, **values)


def read(argv):
    """Answer the Options of a command line of paths and plain options of `check`, None if it has anything else."""
    values: dict = {"paths": []}
    words = iter(argv)
    for word in words:
        if word in FLAGS:
            values[FLAGS[word]] = True
        elif word == "--select":
            codes = next(words, "").split(",")
            if not all(code and _CODE.issuperset(code) for code in codes):
                return None
            values["select"] = [*values.get("select", ()), *codes]
        elif word == "--part":
            values["part"] = next(words, "")
            if values["part"] not in PARTS:
                return None
        elif word.startswith("-") or not word:
            return None
        else:
            values["paths"].append(word)
    return Options(values)
