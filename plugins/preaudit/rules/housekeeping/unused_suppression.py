"""A suppression silences nothing

## What it does
Reports a suppression comment, a per-file ignore or a baseline entry that silences no finding, that has
expired (`until=`), or that names a code or rule that does not exist.

## Why it matters
A suppression that outlives its finding hides the next one at the same place, and a mistyped code never
silenced anything while its author believes that it does.

## Bad
```python
answer = 42  # preaudit: ignore[AUD401] the handler is gone  # AUD998
```

## Good
```python
try:
    answer = 42
except:  # preaudit: ignore[AUD401] the worker must not die
    answer = 0
```

## Fixed
Delete the comment, or correct the code it names.

## Options
`require-reason`: also report a suppression comment that gives no reason.

## Limits
A code that was not selected in this run is not judged, and when only some codes ran the rule is off.
A `# noqa` of another tool's code is never judged.

## Origin
A housekeeping code; no audit reference.
"""

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD998",
    name="unused-suppression",
    severity="low",
    message="{what}",
    since="0.1.0",
    tests=True,
    options=("require-reason",),
)
