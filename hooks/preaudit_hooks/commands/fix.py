"""`preaudit fix`, and what `--fix` does: apply the edits of findings, then look again."""

from __future__ import annotations

import os
import re

from preaudit_hooks.output.context import is_live

ROUNDS = 8  # fixes that touch each other are made in turns
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def run(argv):
    """Run `preaudit fix` with these arguments and answer the exit status."""
    from preaudit_hooks.commands.check import run as check

    return check(argv, "fix")


def encoding_of(path, data):
    """Answer the encoding of a file's bytes: a Python file may declare one."""
    if path.endswith((".py", ".pyi")):
        for line in data.split(b"\n", 2)[:2]:
            match = _CODING.match(line)
            if match:
                return match.group(1).decode("ascii")
    return "utf-8"


def apply(session, findings, result, stdin, paths):
    """Apply the fixes of the findings that count; answer (fixed findings, findings of another look).

    What the baseline accepts, and what --diff's revision had, is not touched. Errors go to `result.errors`. A file
    that changed meanwhile, or lies outside the tree, is left alone with a message.
    """
    from preaudit_hooks.cli import Usage
    from preaudit_hooks.commands.check import narrow

    if stdin is not None:
        raise Usage("check: --fix writes files; it does not go with standard input")
    fixed, refused = [], set()
    for _ in range(ROUNDS):
        wanted = {}
        for finding in findings:
            if finding.fix and is_live(finding) and finding.path not in refused:
                wanted.setdefault(finding.path, []).append(finding)
        made = []
        for path, group in wanted.items():
            before = len(result.errors)
            made += fix_file(session.root, path, group, result.errors)
            if len(result.errors) > before:
                refused.add(path)
        if not made:
            break
        fixed += made
        again = session.run(paths)
        findings = narrow(session, list(again.findings), again.errors, paths)
    return fixed, findings


def fix_file(root, path, group, errors):
    """Apply the fixes of one file; answer the findings whose fix was made."""
    from preaudit.core.edits import EditError, apply_fixes, decode, write

    full = os.path.join(root, path)
    try:
        with open(full, "rb") as stream:
            before = stream.read()
        encoding = encoding_of(path, before)
        text, mark = decode(before, encoding)
        after, made, left = apply_fixes(text, [finding.fix for finding in group])
        if not sound(path, after):
            raise EditError("a fix would leave a file that cannot be parsed; nothing was changed")
        write(full, before, mark + after.encode("utf-8" if mark else encoding), root)
    except (EditError, OSError, UnicodeError, LookupError) as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        errors.append((path, f"not fixed: {text}"))
        return []
    makes = [id(fix) for fix in made]
    for fix, reason in left:
        if "run again" not in reason:
            errors.append((path, f"not fixed: {fix.title}: {reason}"))
    return [finding for finding in group if id(finding.fix) in makes]


def sound(path, text):
    """Answer whether a fixed text still parses, as far as that can be told."""
    if not path.endswith((".py", ".pyi")):
        return True
    import ast

    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
