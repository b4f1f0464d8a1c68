"""A commit outside the transaction helper

## What it does
Reports every direct `session.commit()` that AUD001, AUD002 and AUD003 leave alone: guarded ones too. Off by default; for
teams that allow commits in their transaction helper only.

## Why it matters
A function that commits cannot be called from another one that has not finished: half of the outer work is stored with
it. Where the one helper commits, every function can be composed. tests/oracles/test_session_claims.py shows what a
commit in the middle stores.

## Bad
```python
from sqlalchemy.orm import Session


def rename(engine, item, name):
    session = Session(engine)
    try:
        item.name = name
        session.commit()  # AUD009
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()
```

## Good
```python
from sqlalchemy.orm import Session


def rename(engine, item, name):
    with Session(engine) as session, session.begin():
        item.name = name
```

## Fixed
Use the project's transaction helper; the message names it.

## Options
None.

## Limits
What is a session and what is a helper: see AUD001.

## Origin
Audit C, success criteria.
"""

import ast

from preaudit.core import commits, sessions
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD009",
    name="manual-commit",
    severity="low",
    message="{call}() is a commit by hand; leave it to {advice}",
    since="0.1.0",
    scope="types",
    default=False,
    words=("commit",),
    audits=("C",),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the commits that are guarded, but not by the helper."""
    for call, _ in commits.of_code(ctx, commits.MANUAL):
        helper = sessions.of(ctx).helper(isinstance(call.parent_, ast.Await))
        yield RULE.at(call, call=f"{ast.unparse(call.func.value)}.commit", advice=helper or "`with session.begin():`")
