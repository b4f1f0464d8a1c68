"""A file could not be checked, or not completely

## What it does
Reports a file that cannot be read or parsed, with the parser's own words and place, and a check that
failed inside. The other files, and the other checks of the same file, go on. The exit status is 2.

Where the project is written for a newer Python than the one that runs preaudit (`requires-python`, setuptools'
`python_requires`, else the target version of ruff, black or mypy, else `.python-version`), the message says so, and
`preaudit doctor` and the end of `preaudit check` do.

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
There is no fix: repair the file, or leave it out with `exclude`. For syntax that is too new, install preaudit under the
project's Python; under pre-commit with `language_version: python3.13` at the hook.

## Options
`exclude`, `extend-exclude`: the files that are not read at all. `vendored`, `generated`: the files of others.

## Limits
Under flake8 a syntax error is flake8's own E999, and only failed checks are reported as AUD000. Silent: templates of
generators, which are no Python of the project: everything in a folder whose name is filled in later
(`{{cookiecutter.name}}/`), and a file that does not parse because of `{{ name }}` or `{% if ... %}`. A template's author
checks it by naming that folder, if it is a project of its own. Silent as well: files of others that do not parse
(`vendored`, `generated`).

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
    options=("exclude", "extend-exclude", "vendored", "generated"),
)
