"""A secret falls back to a literal

## What it does
Reports a secret, by its name, that is read from the environment with a literal default: `os.getenv("JWT_SECRET",
"dev")`, `os.environ.get("API_KEY") or "..."`, a literal assigned under `if not secret`, a field of a pydantic settings
class with a default, and a URL with a password as the default. The value is never shown.

## Why it matters
The day the variable is missing in production, by a typing error or a new deployment, the service starts all the same and
signs its tokens with a value that everybody with the source knows. Nothing fails, so nobody notices.

## Bad
```python
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.getenv("JWT_SECRET", "dev")  # AUD507
API_KEY = os.environ.get("API_KEY") or "local-key"  # AUD507


class Settings(BaseSettings):
    secret_key: str = "change-me"  # AUD507
```

## Good
```python
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.environ["JWT_SECRET"]
API_KEY = os.environ.get("API_KEY", "")
DATABASE_URL = os.getenv("DATABASE_URL", "postgresql://localhost/shop")


class Settings(BaseSettings):
    secret_key: str
```

## Fixed
Read the variable without a default, so that the start fails where it is missing; a value for development belongs in a
`.env` that git ignores.

## Options
None.

## Limits
What names a secret is told by its words: `TOKEN_URL` and `PASSWORD_FILE` hold none. Silent: an empty default, a path, a
default behind a condition on debug or development, one under `if __name__ == "__main__":`, the secret of a test by its
name, what a fixture of pytest presents to a test server,
what a script in `scripts/` and the like presents to a service whose address falls back to localhost beside it, and a
default that the file compares with what it read to refuse it; a warning in the log alone refuses nothing.
Passwords in URLs that development databases commonly get are silent.

## Origin
Audit E 6, audit A HIGH-8. Rules on hardcoded passwords elsewhere look at assignments, and miss the default.
"""

import ast

from preaudit.core.contexts import in_main
from preaudit.core.development import is_development
from preaudit.core.environ import constant_of, fields_of, is_settings_class, read_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.secrets import ENCRYPTED, PATH, holds_secret, is_placeholder, is_throw_away, url_password, words
from preaudit.core.tree import FUNCTIONS, dotted, enclosing, parents, statement_of

RULE = Rule(
    code="AUD507",
    name="secret-fallback",
    severity="critical",
    scope="file",
    message="{name} falls back to a literal that everybody with the source knows; read it without a default, so that the "
    "start fails without it",
    since="0.1.0",
    audits=("E 6", "A HIGH-8"),
    words=("environ", "getenv", "Settings", "decouple", "environs", "starlette.config", "secret", "SECRET", "config"),
)
_BY_HAND = lazy(r"(?:^|/)(?:scripts?|tools?|hack|examples?|samples?|notebooks?|benchmarks?|load_?tests?)/")
_LOCAL = lazy(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)")
_TELLS = frozenset({"debug", "info", "warning", "warn", "error", "critical", "print"})
NO_VALUE = frozenset(
    {
        "none",
        "null",
        "nil",
        "false",
        "true",
        "0",
        "1",
        "no",
        "off",
        "unset",
        "undefined",
        "disabled",
        "auto",
        "not found",
        "not set",
        "missing",
    }
)


@RULE.on(ast.Call, ast.Subscript)
def check_read(node, ctx):
    """Report a read of the environment with a literal default, as argument or behind `or`."""
    read = read_of(ctx, node)
    if read is None or not read.name:
        return
    default = read.default
    parent = node.parent_
    if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and parent.values[-1] is not node:
        default = parent.values[-1]
    elif isinstance(parent, ast.IfExp) and parent.test is not node and parent.body is node:
        default = parent.orelse
    if default is not None and _is_secret(read.name, constant_of(ctx, default)) and not _is_refused(ctx, node, default):
        yield RULE.at(node, name=read.name)


@RULE.on(ast.If)
def check_missing(node, ctx):
    """Report `if not secret: secret = "literal"` where the secret was read from the environment."""
    name = _missing(node.test)
    if not name or not holds_secret(name.rpartition(".")[2]) or not _comes_from_environment(ctx, node, name):
        return
    for statement in node.body:
        if isinstance(statement, ast.Assign) and any(dotted(target) == name for target in statement.targets):
            if _is_secret(name.rpartition(".")[2], constant_of(ctx, statement.value)):
                if not _is_refused(ctx, statement, statement.value):
                    yield RULE.at(statement, name=name)


@RULE.on(ast.ExceptHandler)
def check_handler(node, ctx):
    """Report `except KeyError: secret = "literal"` around the read of the secret."""
    reads = {
        dotted(target)
        for statement in node.parent_.body
        if isinstance(statement, ast.Assign) and read_of(ctx, statement.value) is not None
        for target in statement.targets
    } - {""}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            name = dotted(statement.targets[0])
            if name in reads and _is_secret(name.rpartition(".")[2], constant_of(ctx, statement.value)):
                if not _is_refused(ctx, statement, statement.value):
                    yield RULE.at(statement, name=name)


@RULE.on(ast.ClassDef)
def check_settings(node, ctx):
    """Report the literal defaults of secrets in a settings class."""
    if not is_settings_class(ctx, node):
        return
    for name, statement, default in fields_of(node):
        if read_of(ctx, default) is None and _is_secret(name, constant_of(ctx, default)):
            if not _is_refused(ctx, statement, default):
                yield RULE.at(statement, name=name)


def _is_secret(name: str, value) -> bool:
    """Answer whether a default is a literal secret: a value for a secret's name, or a URL with a password."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str) or value.strip().lower() in NO_VALUE or not value.strip():
        return False
    password = url_password(value)
    if password:
        return not is_throw_away(password)
    if "test" in words(name):
        return False
    if "://" in value or not holds_secret(name) or PATH.search(value) or ENCRYPTED.match(value):
        return False
    if is_placeholder(value) and name.lower().endswith("api_key"):
        return False  # the key of another service that nobody has: it opens nothing
    return value.upper() != name.upper()


def _is_refused(ctx, node, default) -> bool:
    """Answer whether the default is for development alone, or the file looks for it to refuse it."""
    if is_development(ctx, node) or in_main(node) or _is_for_the_local(ctx, node) or _is_fixture(ctx, node):
        return True
    value, spelled = constant_of(ctx, default), dotted(default)
    for compare in ctx.nodes(ast.Compare):
        if _only_tells(compare):
            continue
        for one in ast.walk(compare):
            if one is not default and (
                (isinstance(one, ast.Constant) and one.value == value)
                or (spelled and isinstance(one, ast.Name) and one.id == spelled)
            ):
                return True
    return False


def _is_fixture(ctx, node) -> bool:
    """Answer whether a read stands in a fixture of pytest: the value is what a test server was started with."""
    function = enclosing(node, *FUNCTIONS)
    return function is not None and any(
        ctx.qualname(one.func if isinstance(one, ast.Call) else one) == "pytest.fixture"
        for one in function.decorator_list
    )


def _only_tells(compare) -> bool:
    """Answer whether a comparison is the test of an `if` that only writes to the log and goes on with the default."""
    parent = compare.parent_
    return isinstance(parent, ast.If) and parent.test is compare and not parent.orelse and all(
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        and getattr(statement.value.func, "attr", dotted(statement.value.func)) in _TELLS
        for statement in parent.body
    )  # fmt: skip


def _is_for_the_local(ctx, node) -> bool:
    """Answer whether a script for the developer's hand presents the secret to an address that falls back to its own host."""
    if not _BY_HAND.search(ctx.path):
        return False
    function = ctx.function_of(node)
    for one in ctx.nodes(ast.Constant):
        if isinstance(one.value, str) and _LOCAL.match(one.value) and ctx.function_of(one) is function:
            if any(read_of(ctx, outer) is not None or isinstance(outer, ast.BoolOp) for outer in parents(one)):
                return True
    return False


def _missing(test) -> str:
    """Answer `x` of `not x` and `x is None`, also as the first of an `or`; '' for other conditions."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return _missing(test.values[0])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return dotted(test.operand)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Is, ast.Eq)):
        other = test.comparators[0]
        if isinstance(other, ast.Constant) and other.value in (None, ""):
            return dotted(test.left)
    return ""


def _comes_from_environment(ctx, node, name) -> bool:
    """Answer whether the name is given a read of the environment in the same function, before the condition."""
    function = ctx.function_of(node)
    return any(
        assign.lineno < node.lineno
        and ctx.function_of(assign) is function
        and any(dotted(target) == name for target in assign.targets)
        and any(read_of(ctx, one) is not None for one in ast.walk(statement_of(assign).value))
        for assign in ctx.nodes(ast.Assign)
    )
