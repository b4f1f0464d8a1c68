"""A file could not be checked, or not completely

## What it does
Reports a file that cannot be read or parsed, with the parser's own words and place, and a check that
failed inside. The other files, and the other checks of the same file, go on. The exit status is 2.

## Why it matters
A file that silently drops out of a check looks like a clean file. The code is always on, whatever is
selected, and no suppression or baseline silences it.

## Bad
A Python file with an unclosed bracket, a null byte or a wrong encoding; a YAML file that nests
thousands of levels deep; a file without read permission.

## Good
```python
print("a file that parses")
```

## Fixed
There is no fix: repair the file, or leave it out with `exclude`.

## Options
`exclude`, `extend-exclude`: the files that are not read at all.

## Limits
Under flake8 a syntax error is flake8's own E999, and only failed checks are reported as AUD000.

## Origin
A housekeeping code; no audit reference.
"""

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD000",
    name="broken-file",
    severity="high",
    message="{reason}",
    since="0.1.0",
    tests=True,
    options=("exclude", "extend-exclude"),
)
