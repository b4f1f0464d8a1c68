"""A commit for each item of a batch

## What it does
Reports a commit in the body of a loop over the items of a batch.

## Why it matters
When item 57 fails, the 56 before it are stored and the rest is not: the caller sees an error, runs the batch again,
and does the first 56 twice. It is slow as well, a round trip and a disk flush an item.
tests/oracles/test_session_claims.py shows it.

## Bad
```python
from sqlalchemy.orm import Session


def expire(engine, orders):
    with Session(engine) as session:
        for order in orders:
            order.status = "expired"
            session.commit()  # AUD002
```

## Good
```python
from sqlalchemy.orm import Session


def expire(engine, orders):
    with Session(engine) as session, session.begin():
        for order in orders:
            order.status = "expired"
```

## Fixed
Commit once after the loop. Where each item really stands for itself, say what becomes of a failing one: `try` around the
item, roll back in the handler, and go on. Large batches: commit every so many items, and make the job able to resume.

## Options
None.

## Limits
Silent: a commit under a counter, modulo or length; loops over groups (`chunked`, `range(0, n, size)`); retry loops, where
the commit is followed by leaving the loop; endless loops and loops over a queue, where a turn is a job; a session made in
the loop; loops that run DDL; a commit after an inner loop; a loop under `if __name__ == "__main__":`. So is a loop that says
that each item is a job of its own: a broad handler goes on with the next one, a handler rolls this one back and goes on,
the turn calls something over the network, or hands the stored item on (`notify`, `send`, `delay`). A commit in a function
that the loop calls is not seen.

## Origin
Audit A, HIGH-5.
"""

import ast

from preaudit.core import commits
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD002",
    name="commit-in-loop",
    severity="high",
    message="{call}() commits item by item, so a failure leaves part of the batch stored; commit after the loop over {items}",
    since="0.1.0",
    scope="types",
    words=("commit",),
    audits=("A HIGH-5",),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the commits in loops over items."""
    for call, verdict in commits.of_code(ctx, commits.IN_LOOP):
        items = ast.unparse(verdict.loop.iter)
        items = items if len(items) <= 50 else "the items"
        related = [("", verdict.loop, "the loop")]
        yield RULE.at(call, call=f"{ast.unparse(call.func.value)}.commit", items=items, related=related)
