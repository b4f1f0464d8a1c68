"""Which calls of print() are somebody's log, and which talk to a person at a terminal."""

from __future__ import annotations

import ast
import re

from preaudit.core import logs
from preaudit.core.contexts import is_command_line
from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, LOOPS, dotted, enclosing, function_of, inside, parents, statement_of

_TERMINAL = frozenset({
    "argparse", "click", "typer", "docopt", "fire", "optparse", "cmd", "getopt", "prompt_toolkit", "questionary", "curses",
    "invoke", "nox", "cyclopts", "cleo", "cliff", "absl", "tqdm", "colorama", "termcolor", "getpass", "rich", "tabulate",
    "traitlets",
})  # fmt: skip
_FOLDERS = frozenset({
    "scripts", "script", "tools", "bin", "commands", "examples", "example", "docs", "benchmarks", "notebooks", "cli", "devtools",
    "devenv", "samples", "demos", "demo", "hack", "ci", ".github", "utilities_scripts", "testing",
})  # fmt: skip
_FILES = lazy(
    r"(?:setup|manage|conftest|noxfile|fabfile|dodo|hatch_build|build|tasks_dev|__main__|cli|shell|console|wsgi_dev"
    r"|gunicorn[\w.-]*|env|locustfile|\w*_cli|cli_\w+|run|main_cli)\.py"
)
_REPORT = 5  # calls of print() at the top level of a module
# A module that calls such a helper of the project talks to a person: echo_red(...), print_error(...).
_HELPER = lazy(r"(?:c?echo|pretty|p?print)(?:_\w+)?")
_REMARK = lazy(r"#.*\blogg(?:er|ing)\b", re.I)
# A function of such a name prints because that is what it is for.
_SPEAKS = lazy(
    r"print|display|banner|prompt|console|__main__|"
    r"(?:^|_)(?:show|echo|usage|help|dump|report|progress|tell|repl)(?:_|s_|$)|reporter|(?:show|report|progress)(?:bar)?$"
)
_VERBOSE = lazy(
    r"(?:^|_)(?:verbose|verbosity|quiet|silent|debug|dev|devel|development|echo|interactive|skip_print)(?:_|$)", re.I
)


def is_terminal_module(ctx) -> bool:
    """Answer whether a file talks to a person: a script, a command, a tool, or what such programs are made of."""
    return ctx.once("terminal module", lambda: _is_terminal(ctx))


def _is_terminal(ctx) -> bool:
    *folders, name = ctx.path.split("/")
    if _FOLDERS.intersection(folders) or _FILES.fullmatch(name) or ctx.is_migration:
        return True
    if _TERMINAL & ctx.names.imports().keys() or ctx.is_script or is_command_line(ctx) or _loops_at_the_top(ctx):
        return True
    if ctx.project.is_console_script(ctx.names.module) or _calls_helper(ctx):
        return True
    if ctx.holds("run_local_server") or ctx.holds("run_console"):
        return True  # an authorization that a person completes in a browser, told what to do at the console
    return "sys.argv" in ctx.text or "input(" in ctx.text and any(
        ctx.qualname(call.func) == "builtins.input" for call in ctx.nodes(ast.Call)
    )  # fmt: skip


def _loops_at_the_top(ctx) -> bool:
    """Answer whether a module outside packages prints and, at its top level, loops or starts programs: it is run."""
    if all(function_of(loop) is not None for loop in ctx.nodes(*LOOPS)) and not _starts_programs(ctx):
        return False
    printed = [
        call for call in ctx.nodes(ast.Call)
        if function_of(call) is None and ctx.qualname(call.func) == "builtins.print"
    ]  # fmt: skip
    if not printed:
        return False
    if len(printed) >= _REPORT and any(isinstance(parent, LOOPS) for call in printed for parent in parents(call)):
        return True  # a report that is printed while the module is loaded is a program, whatever package it lies in
    package = ctx.names.module.rpartition(".")[0]
    found = ctx.project.find(package, ctx.path) if package else None
    return found is None or not found[0].endswith("/__init__.py") or bool(found[1])


def _starts_programs(ctx) -> bool:
    """Answer whether a module starts other programs when it is loaded."""
    if not ctx.holds("subprocess") and not ctx.holds("os.system"):
        return False
    return any(
        function_of(call) is None and ctx.qualname(call.func).startswith(("subprocess.", "os.system"))
        for call in ctx.nodes(ast.Call)
    )


def _calls_helper(ctx) -> bool:
    for call in ctx.nodes(ast.Call):
        name = dotted(call.func).rpartition(".")[2]
        if _HELPER.fullmatch(name) and name not in ("print", "pprint"):
            origin = ctx.qualname(call.func)
            if origin and not origin.startswith(("traceback.", "sys.")):
                return True
    return False


def stray_prints(ctx) -> list:
    """Answer the print() calls of an importable module that stand where a log belongs, in source order."""
    if is_terminal_module(ctx):
        return []
    return [node for node in ctx.nodes(ast.Call) if _is_stray(ctx, node)]


def _is_stray(ctx, node: ast.Call) -> bool:
    if ctx.qualname(node.func) not in ("builtins.print", "pprint.pprint"):
        return False
    for keyword in node.keywords:
        if keyword.arg in ("file", "stream"):
            # standard error is chosen by hand where no log can be trusted yet
            return ctx.qualname(keyword.value) == "sys.stdout"
    around = [parent for parent in parents(node) if isinstance(parent, (*FUNCTIONS, ast.ClassDef))]
    if any(_SPEAKS.search(parent.name.lower()) for parent in around):
        return False
    processes = ctx.once("process targets", lambda: _process_targets(ctx))
    if processes and any(parent.name in processes for parent in around):
        return False
    return not _before_exit(ctx, node) and not _explained(ctx, node) and not _switched(node)


def _process_targets(ctx) -> frozenset:
    """Answer the names of the functions that run as a process of their own, where the program's logging is not set up."""
    if not ctx.holds("Process("):
        return frozenset()
    return frozenset(
        dotted(keyword.value).rpartition(".")[2]
        for call in ctx.nodes(ast.Call)
        if dotted(call.func).rpartition(".")[2] == "Process"
        for keyword in call.keywords
        if keyword.arg == "target"
    )


def _switched(node: ast.Call) -> bool:
    """Answer whether a condition switches the print: `if settings.DEBUG:`, `if verbose:`."""
    child = node
    for parent in parents(node):
        if isinstance(parent, ast.If) and child in parent.body:
            if any(_VERBOSE.search(word) for word in _words(parent.test)):
                return True
        child = parent
    return False


def _words(test):
    """Give the names and attributes in a condition."""
    for node in ast.walk(test):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield node.id if isinstance(node, ast.Name) else node.attr


def _before_exit(ctx, node: ast.Call) -> bool:
    """Answer whether the process ends right after the print: the last words of a program are for a person."""
    statement = statement_of(node)
    for block in (getattr(statement.parent_, name, None) for name in ("body", "orelse", "handlers", "finalbody")):
        if isinstance(block, list) and statement in block:
            for following in block[block.index(statement) + 1 :]:
                if isinstance(following, ast.Expr) and isinstance(following.value, ast.Call):
                    name = ctx.qualname(following.value.func)
                    if name in ("sys.exit", "os._exit", "builtins.exit", "builtins.quit"):
                        return True
                    if name in ("builtins.print", "pprint.pprint"):
                        continue
                return isinstance(following, ast.Raise) and "SystemExit" in ast.unparse(following)
    return False


def _explained(ctx, node: ast.Call) -> bool:
    """Answer whether a comment above, in the same function, speaks of logging: then the print is a decision."""
    function = function_of(node)
    first = function.lineno if function is not None else 1
    return any(_REMARK.search(line) for line in ctx.lines[first - 1 : node.lineno])


def logger_in_reach(ctx, node: ast.AST, found: dict) -> str:
    """Answer the first of a file's loggers (see `loggers`) that can be named where a node stands, '' if there is none."""
    owner = enclosing(node, ast.ClassDef)
    outer = ctx.names.scope(ctx.names.root).names
    for function, name in found.items():
        first = name.partition(".")[0]
        if first == "self":
            if owner is not None and function is not None and enclosing(function, ast.ClassDef) is owner:
                return name
        elif first in outer:
            return name
    return ""


def tells_error(node: ast.Call) -> bool:
    """Answer whether a print tells of the error that the `except` around it handles, with nothing drawn for a terminal."""
    handler = enclosing(node, ast.ExceptHandler, *FUNCTIONS)
    if not isinstance(handler, ast.ExceptHandler) or not handler.name:
        return False
    told = {part.id for part in inside(node) if isinstance(part, ast.Name)}
    return handler.name in told and "\\033" not in ast.unparse(node) and "\\x1b" not in ast.unparse(node)


def loggers(ctx) -> dict:
    """Answer {function, or None for module level: the name through which it logs first}, by its logger calls."""
    found: dict = {}
    for call in ctx.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and logs.is_logger_call(call, ctx.names):
            name = dotted(call.func.value)
            if name:
                found.setdefault(function_of(call), name)
    return found
