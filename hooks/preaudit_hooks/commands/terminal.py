"""Whether a person looks at a stream, how wide it is, and whether it shows colours."""

from __future__ import annotations

import os
import sys


def wants_color(choice, stream):
    """Answer whether to colour what goes to this stream: option, then NO_COLOR, FORCE_COLOR, terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream):
    """Answer whether a person looks at this stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def terminal_width():
    """Answer the columns of the terminal, between 60 and 160."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (ValueError, OSError, AttributeError):
        try:
            columns = os.get_terminal_size(2).columns
        except OSError:
            columns = 100
    return max(60, min(columns or 100, 160))
