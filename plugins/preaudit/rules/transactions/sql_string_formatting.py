"""SQL that is put together from strings

## What it does
Reports SQL handed to a database (`execute`, `executemany`, `exec_driver_sql`, `text`, `from_statement`, `read_sql`, asyncpg's
`fetch*`, Django's `raw`, `extra` and `cursor.execute`) that is built with an f-string, `%`, `.format`, `+` or `join` from a
part that comes from a parameter, a request, an attribute or a call.

## Why it matters
Whoever controls the part controls the statement: `' OR 1=1 --` reads the whole table, `; DROP TABLE` does not only
happen in comics. Even a trusted value breaks it with one apostrophe, and the database plans each text anew.
tests/oracles/test_session_claims.py shows it on SQLite.

## Bad
```python
from sqlalchemy import text


def find(connection, name):
    return connection.execute(text(f"SELECT * FROM users WHERE name = '{name}'"))  # AUD010
```

## Good
```python
from sqlalchemy import text

ORDER = {"name": "name", "newest": "created_at DESC"}


def find(connection, name, order):
    query = f"SELECT * FROM users WHERE name = :name ORDER BY {ORDER[order]}"
    return connection.execute(text(query), {"name": name})
```

## Fixed
Pass values as parameters. For the names of tables and columns, which cannot be parameters, look the wanted name up in a
constant mapping, or quote it (`sql.Identifier`, `quoted_name`).

## Options
None.

## Limits
Silent: literals and constants of the project, numbers, members of an enum, placeholders (`", ".join("?" * n)`,
`f":{name}"`), the values of a constant mapping, names that the function tests against a closed set or for quotes, quoted
identifiers, items of the application's configuration in capitals, `self.table_name` that the class gives or has a default
for, pieces of a query that was built elsewhere (`query.where`), names of tables and columns that SQLAlchemy gives, and what
functions and properties of the project give. Of DDL an attribute, a parameter in a script, and a table's or column's name
that has a default, are taken for the application's own. A file that fills an SQLite database in memory is silent.

Strings are followed within the function, and one call further: a helper of the project that hands its parameter to the
database is a sink, and a function whose result is executed somewhere in the project is reported where it formats. A string
that comes in as a parameter is judged where it is built, and so is the name of a table in a statement whose values are
bound. What a decorator named after escaping is given is escaped. A call of an unknown object counts only if its text begins like
SQL.

## Origin
Audit E, 2. ruff has S608, which looks at words and not at what is called.
"""

import ast
import re

from preaudit.core import contexts, sqlguards, sqlsinks, sqltext
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, function_of
from preaudit.core.values import alternatives

RULE = Rule(
    code="AUD010",
    name="sql-string-formatting",
    severity="critical",
    message="{sink}() is given SQL that is built with {part}; pass values as parameters, look names up in a constant mapping",
    since="0.1.0",
    scope="types",
    words=(
        "execute",
        "text(",
        "fetch",
        "read_sql",
        "raw(",
        "extra(",
        "from_statement",
        "exec",
        "scalar",
        "RawSQL",
        "iterate",
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "select ",
    ),
    audits=("E 2",),
)


# A part that stands where a value does: in quotes, or compared with a column.
_VALUE = lazy(r"'(?:\?|%s|\{\w*\}|%\(\w+\)s)?%?'|[=<>]\s*(?:\?|%s|\{\w*\})|\bLIKE\s+'?%?\?", re.I)
_REQUEST = frozenset(
    "request req args form params query_params path_params headers cookies values json body data payload environ".split()
)
_BOUND = frozenset({"params", "parameters", "values", "vars", "args", "bind_vars"})
_DDL = lazy(r"\s*(?:CREATE|DROP|ALTER|ATTACH|DETACH|PRAGMA|SET|GRANT|REVOKE|VACUUM|REFRESH|COMMENT)\b", re.I)


@RULE.on(ast.Call)
def check(node, ctx):
    """Report SQL with a part from outside."""
    found = sqlsinks.sink(node, ctx)
    if found is None or ctx.is_migration:
        return
    name, argument, known = found
    if 'sqlite3.connect(":memory:")' in ctx.text:
        return  # it holds nothing but what this file has put there
    built = sqltext.analyse(argument, ctx, bound=_binds(node))
    if not built.built or built.part is None:
        return
    if not sqlsinks.looks_like_sql(built.text) and not (known and _is_text(node, ctx) and built.text.strip("? ")):
        return
    if _DDL.match(built.text) and _is_own_name(built.part, ctx):
        return
    yield _report(node, name, built)


@RULE.on(ast.Return)
def check_builder(node, ctx):
    """Report a function that answers SQL with a part from outside, where the project hands its result to a database."""
    if node.value is None or ctx.is_migration or not sqlsinks.may_be_sql(node.value, ctx):
        return
    built = sqltext.analyse(node.value, ctx)
    if not built.built or built.part is None or not sqlsinks.looks_like_sql(built.text):
        return
    if not _VALUE.search(built.text):
        return  # a builder is handed names and pieces of SQL, which are judged where they are made
    function = function_of(node)
    if _DDL.match(built.text) and _is_own_name(built.part, ctx) or not isinstance(function, FUNCTIONS):
        return
    sink = sqlsinks.runs(function, ctx)
    if sink:
        yield _report(node.value, sink, built)


def _report(node, sink, built):
    part = ast.unparse(built.part)
    part = part if len(part) <= 50 else "a value from outside"
    related = [("", built.part, "comes from outside")] if built.part.lineno != node.lineno else []
    return RULE.at(node, sink=sink if len(sink) <= 40 else "execute", part=part, related=related)


def _binds(call):
    """Answer whether a call hands over values beside its SQL."""
    given = [*call.args[1:], *(k.value for k in call.keywords if k.arg in _BOUND)]
    return any(not isinstance(value, ast.Constant) for value in given)


def _is_own_name(part, ctx):
    """Answer whether a part of DDL names what is the application's own: an attribute, or a parameter in a script."""
    if isinstance(part, ast.Attribute) or sqlguards.is_default_name(part):
        return True
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "get":
        # a number of the application's own: `context.get("timeout", 60000)`
        values = alternatives(ctx.exprs.of(part.args[1]), ctx.path, ctx.project) if len(part.args) == 2 else ()
        return bool(values) and all(isinstance(value, (int, float)) for value in values) and not _is_request(part)
    return isinstance(part, ast.Name) and (ctx.is_script or contexts.is_command_line(ctx))


def _is_request(call):
    words = dotted(call.func.value).lower().split(".")
    return not _REQUEST.isdisjoint(words) or words == [""]


def _is_text(node, ctx):
    """Answer whether all that the call takes is SQL, whatever it looks like: `text(f"x = {y}")`."""
    return any(name.endswith(".text") for name in ctx.targets(node))
