"""`preaudit lsp`: the language server on standard input and output."""

from __future__ import annotations

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import arguments

EXAMPLES = """\
  preaudit lsp            what an editor starts; it speaks on standard input and output

It shows findings in Python, compose, .env, app-spec and the other files that `preaudit check` reads, as you type, and
offers the fixes. Needs the extra: pip install "preaudit[lsp]"
"""


def parser():
    """Answer the parser of `lsp`."""
    made = arguments.Parser("lsp", "Run the language server.", EXAMPLES)
    group = made.add_argument_group("how it runs")
    group.add_argument("--stdio", action="store_true", help="accepted for editors that pass it; it is the only way")
    arguments.add_common(group)
    return made


def run(argv):
    """Run the language server until the editor ends it."""
    parser().parse_args(argv)
    try:
        import pygls  # noqa: F401
    except ImportError:
        raise Usage('lsp: pygls is not installed; pip install "preaudit[lsp]"') from None
    from preaudit_hooks.commands.server import make_server

    make_server().start_io()
    return 0
