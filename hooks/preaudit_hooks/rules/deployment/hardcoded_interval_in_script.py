"""A shell script fixes an interval that no environment can change

## What it does
Reports `CHECK_INTERVAL=60` and the like in a shell script: a variable in capitals whose name speaks of an interval,
timeout, delay or period, and whose value is a number, so that the caller's environment is overwritten.

## Why it matters
Whoever runs the script elsewhere (a slower machine, a test, an incident in which every second counts) must edit it,
and the edited copy drifts away from the one in the repository.

## Bad
```sh monitor.sh
#!/bin/sh
CHECK_INTERVAL=60  # AUD905
export TIMEOUT='5s'  # AUD905
while true; do
  curl --max-time "$TIMEOUT" http://localhost/health
  sleep "$CHECK_INTERVAL"
done
```

## Good
```sh monitor.sh
#!/bin/sh
CHECK_INTERVAL="${CHECK_INTERVAL:-60}"
while true; do
  sleep "$CHECK_INTERVAL"
done
```

## Fixed
The value becomes the default of the variable.
```sh monitor.sh
#!/bin/sh
CHECK_INTERVAL="${CHECK_INTERVAL:-60}"
export TIMEOUT="${TIMEOUT:-5s}"
while true; do
  curl --max-time "$TIMEOUT" http://localhost/health
  sleep "$CHECK_INTERVAL"
done
```

## Options
None.

## Limits
Variables in lower case are the script's own. A variable that the script looks at before it
sets it is a default, and one that it exports and never reads is the configuration of the program that it
starts. A variable that the script also sets from an argument or from another
variable can be changed already; one that several branches set is a choice. A file of nothing but assignments is the
configuration itself. A comment that tells the rule which the value keeps ("no more than two requests a second") is a reason.

## Origin
Audit A MEDIUM-1: a health monitor with its interval, its timeout and its threshold in the script.
"""

import re

from preaudit.core.edits import apply
from preaudit.core.finding import Edit, Fix
from preaudit.core.rule import Rule
from preaudit.core.secrets import words

from preaudit_hooks.documents.names import SHELL_FILES, is_for_tests, shown
from preaudit_hooks.documents.removal import Refused, spend

RULE = Rule(
    code="AUD905",
    name="hardcoded-interval-in-script",
    severity="low",
    scope="document",
    message='{name} overwrites what the environment says; write {name}="${{{name}:-{value}}}"',
    since="0.1.0",
    audits=("A MEDIUM-1",),
    fixable=True,
    files=SHELL_FILES,
)
_WORDS = frozenset(
    ("interval", "timeout", "delay", "period", "sleep", "wait", "frequency", "cooldown", "backoff", "poll")
)
_VALUE = re.compile(r"\d+(?:\.\d+)?(?:ms|[smhd])?")


@RULE.on_document("shell")
def check(document, ctx):
    """Report each interval that is a literal and the only value of its variable."""
    if (
        document.path.endswith(".envrc")
        or is_for_tests(document.path)
        or (ctx is not None and ctx.settings.is_test(document.path))
    ):
        return
    if not document.commands or not any(command.words for command in _acting(document)):
        return
    counts: dict = {}
    for each in document.assignments:
        counts[each.name] = counts.get(each.name, 0) + 1
    changed = _changed_otherwise(document)
    for each in document.assignments:
        if each.name != each.name.upper() or not each.alone or each.declared == "local" or counts[each.name] > 1:
            continue
        read = document.reads.get(each.name)
        if read is None and each.declared == "export":
            continue  # the configuration of the program that the script starts
        if read is not None and tuple(read[:2]) < tuple(each.place[:2]):
            continue  # `[ -z "$TIMEOUT" ]` and the like looked whether the caller had set it
        if not _WORDS & set(words(each.name)) or not _VALUE.fullmatch(each.value) or each.name in changed:
            continue
        if _is_ruled(document, each.place[0]):
            continue
        text = f'"${{{each.name}:-{each.value}}}"'
        edit = Edit(*each.value_place, text)
        try:
            spend(document)
        except Refused:
            break
        after = type(document)(document.path, apply(document.text, [edit]))
        same = [(one.name, one.place[0]) for one in after.assignments] == [
            (one.name, one.place[0]) for one in document.assignments
        ]
        fix = Fix(f"Take {each.name} from the environment", (edit,)) if same else None
        yield RULE.at(each.place, fix=fix, scope=each.name, name=shown(each.name), value=each.value)


def _is_ruled(document, line) -> bool:
    """Answer whether the comment beside or above a line tells a rule that the value keeps, so that nobody should change it."""
    said = " ".join(comment.text for comment in document.comments_near(line)).lower()
    return bool(said) and bool(
        re.search(r"\b(?:no more than|not more than|at most|no less than|must(?: not)? be|policy)\b", said)
    )


def _acting(document):
    """Answer the commands that do something beside setting variables."""
    quiet = ("export", "readonly", "set", "declare", "typeset", "local", "shopt", "true", ":")
    return [command for command in document.commands if command.program not in quiet]


def _changed_otherwise(document):
    """Answer the names that `read`, `getopts`, `printf -v` or an arithmetic command may set."""
    found = set()
    for command in document.commands:
        if command.program in ("read", "getopts", "mapfile", "readarray", "let"):
            found.update(word.text.partition("=")[0] for word in command.arguments)
        elif command.program == "printf" and command.option("-v"):
            found.add(command.option("-v").text)
    return found
