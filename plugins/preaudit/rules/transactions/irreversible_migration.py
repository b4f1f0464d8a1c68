"""A migration that cannot be undone

## What it does
Reports an Alembic revision whose `upgrade()` does something and whose `downgrade()` is empty, `pass`, or raises without a
reason in a comment or message. In Django migrations: `RunPython` and `RunSQL` without a reverse.

## Why it matters
A bad release is rolled back at night by somebody who did not write it. Code goes back in a minute; a schema without a
way back keeps the old code from starting, and `alembic downgrade` says that it succeeded.
tests/oracles/test_alembic.py shows that Alembic goes back one revision all the same, and the schema stays.

## Bad
```python migrations/versions/0002_total.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("orders", sa.Column("total", sa.Integer))


def downgrade():  # AUD013
    pass
```

## Good
```python migrations/versions/0002_total.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("orders", sa.Column("total", sa.Integer))


def downgrade():
    op.drop_column("orders", "total")
```

## Fixed
Write the reverse. Where there is none (data was merged), say so: a comment, or an exception with a message.

## Options
`migration-files`: what is a migration by its place. A file that defines `revision` and `upgrade` is one anywhere.

## Limits
Whether the reverse is right is not checked. Literal SQL that only fills in what is NULL, sets a sequence, tells the planner, or
makes an extension that may be there already needs no way back in Alembic, which goes back without; Django does not.

## Origin
Audit E, 19.
"""

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, inside

RULE = Rule(
    code="AUD013",
    name="irreversible-migration",
    severity="medium",
    message="{what}; {advice}",
    since="0.1.0",
    imports=("alembic", "django", "sqlalchemy", "flask_migrate"),
    words=("upgrade", "RunPython", "RunSQL"),
    options=("migration-files",),
    audits=("E 19",),
)

_QUIET = ("print", "info", "debug", "warning", "get_bind", "inspect", "getLogger", "get_context")
_HARMLESS = lazy(
    r"\s*(?:SELECT\s+(?:pg_catalog\.)?setval\s*\(|CREATE\s+EXTENSION\s+IF\s+NOT\s+EXISTS\b|ANALY[ZS]E\b|VACUUM\b|REINDEX\b"
    r"|SET\s+(?:LOCAL\s+)?\w+\s*(?:=|TO)|--[^\n]*$)",
    re.I,
)
_FILL = lazy(
    r"\s*UPDATE\s+\S+\s+(?:(?:AS\s+)?\w+\s+)?SET\s+\W?(?P<column>\w+)\W?\s*=(?:(?!\bWHERE\b|,\s*\w+\s*=).)*"
    r"(?:\bFROM\b.*)?\bWHERE\b(?P<condition>.*)",
    re.I | re.S,
)
_COMMENT = lazy(r"(?:^|\s)#(?!\s*(?:#|noqa|type:|AUD|pragma|pylint|###))\s*\w")


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the downgrade that does nothing."""
    functions = {s.name: s for s in node.body if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))}
    upgrade, downgrade = functions.get("upgrade"), functions.get("downgrade")
    names = {t.id: s.value for s in node.body if isinstance(s, (ast.Assign, ast.AnnAssign)) for t in _targets(s)}
    if upgrade is None or "revision" not in names or "down_revision" not in names:
        return
    if isinstance(names["down_revision"], (ast.Tuple, ast.List)) or not _does_something(upgrade):
        return
    if downgrade is None:
        yield RULE.at(
            upgrade, what="this revision has no downgrade()", advice="write the reverse, or say why there is none"
        )
        return
    body = [s for s in downgrade.body if not _is_text(s)]
    if body and not _is_refusal(body):
        return
    if _has_reason(downgrade, body, ctx):
        return
    raised = any(isinstance(s, ast.Raise) for s in body)
    what = (
        "downgrade() raises without a reason" if raised else "downgrade() does nothing, so upgrade() cannot be undone"
    )
    yield RULE.at(downgrade, what=what, advice="write the reverse, or say in a comment why there is none")


def _targets(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [t for t in targets if isinstance(t, ast.Name)]


def _is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _does_something(upgrade):
    """Answer whether upgrade() changes anything that a way back would have to undo."""
    for statement in upgrade.body:
        if _is_guard(statement):
            continue
        for node in inside(statement):
            if isinstance(node, ast.Call):
                name = dotted(node.func).rpartition(".")[2]
                if name not in _QUIET and not _is_harmless(node):
                    return True
    return False


def _is_guard(statement):
    """Answer whether a statement only ends the function: `if done_before(op): return`."""
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and all(isinstance(s, ast.Pass) or isinstance(s, ast.Return) and s.value is None for s in statement.body)
    )


def _is_harmless(call):
    """Answer whether a call runs literal SQL only that the old code does not see and a second upgrade can repeat."""
    texts = [a.args[0] if isinstance(a, ast.Call) and len(a.args) == 1 else a for a in call.args[:1]]
    if not texts or not isinstance(texts[0], ast.Constant) or not isinstance(texts[0].value, str):
        return False
    parts = [part for part in texts[0].value.split(";") if part.strip()]
    return all(_HARMLESS.match(part) or _fills_gaps(part) for part in parts)


def _fills_gaps(text):
    """Answer whether an UPDATE writes only where the column is NULL."""
    hit = _FILL.match(text)
    if hit is None:
        return False
    column, condition = hit["column"].lower(), hit["condition"]
    # `or` could let other rows in, unless it is in brackets of its own
    return bool(re.search(rf"\b{column}\W?\s+IS\s+NULL\b", condition, re.I)) and not re.search(
        r"\bOR\b", re.sub(r"\([^()]*\)", "", condition), re.I
    )


def _is_refusal(body):
    """Answer whether a body only passes, returns nothing or raises."""
    for statement in body:
        if isinstance(statement, ast.Pass) or isinstance(statement, ast.Return) and statement.value is None:
            continue
        return isinstance(statement, ast.Raise)
    return True


def _has_reason(downgrade, body, ctx):
    for statement in body:
        if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call) and statement.exc.args:
            return True
    docstring = ast.get_docstring(downgrade) or ""
    if len(docstring.split()) > 1 and re.search(
        r"\b(?:not|nothing|cannot|no|irreversible|impossible|unsupported|never|noop|no-op)\b", docstring, re.I
    ):
        return True
    last = downgrade.body[-1]
    start = downgrade.lineno
    stop = last.end_lineno or last.lineno
    # comments after the last statement belong to the function as long as they are indented
    while stop < len(ctx.lines) and (ctx.lines[stop].startswith((" ", "\t")) or not ctx.lines[stop].strip()):
        stop += 1
    for line in ctx.lines[start - 1 : stop]:
        hit = _COMMENT.search(line)
        if (
            hit
            and "commands auto generated" not in line
            and "end Alembic commands" not in line
            and "please adjust" not in line
        ):
            return True
    return False


@RULE.on(ast.Call)
def django(node, ctx):
    """Report RunPython and RunSQL without a reverse."""
    name = ctx.qualname(node.func)
    if not name.startswith("django.db.migrations") or name.rpartition(".")[2] not in ("RunPython", "RunSQL"):
        return
    kind = name.rpartition(".")[2]
    keyword = "reverse_code" if kind == "RunPython" else "reverse_sql"
    if len(node.args) > 1 or any(k.arg in (keyword, None) for k in node.keywords):
        return
    noop = f"migrations.{kind}.noop"
    if node.args and ctx.qualname(node.args[0]).endswith(f"{kind}.noop"):
        return  # only the state changes, and Django puts that back
    yield RULE.at(
        node,
        what=f"{kind}() has no {keyword}, so this migration cannot be undone",
        advice=f"pass {keyword}= ({noop} if nothing is to do)",
    )
