"""Per-file ignores that silence nothing: AUD998 findings of a run over the whole project."""

from __future__ import annotations

import os

from preaudit.core.finding import Finding
from preaudit.core.fingerprint import key_of

from preaudit_hooks.output.context import shown_lines


def unused(session, findings):
    """Answer a finding for each word of a per-file ignore that silenced none of these findings of a whole run.

    A word is judged only where all codes that it names ran.
    """
    settings = session.settings
    if not settings.per_file_ignores or not settings.source or "AUD998" not in session.codes:
        return []
    from preaudit.core.selection import codes_of

    used = set()
    for finding in findings:
        if finding.suppressed:
            for pattern, words in settings.ignores(finding.path):
                for word in words:
                    if finding.code in codes_of(word, session.registry)[0]:
                        used.add((pattern, word))
    path = os.path.relpath(settings.source, session.root).replace(os.sep, "/")
    lines = lines_of(settings.source)
    info = session.registry.get("AUD998")
    made = []
    for pattern, words in settings.per_file_ignores.items():
        for word in words:
            codes = codes_of(word, session.registry)[0]
            if (pattern, word) in used or not codes or not codes <= session.codes or "AUD998" in codes:
                continue
            line, column = place_of(lines, pattern)
            what = f"per-file-ignores of {ascii(pattern)} silences no {ascii(word)[1:-1]} anywhere; delete it"
            key = key_of(path, lines, line, column) if lines else ""
            made.append(Finding(info.code, info.name, info.severity, path, line, column, what, scope=word, key=key))
    return made


def lines_of(path):
    """Answer the lines of the configuration file, [] if it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as stream:
            return shown_lines(stream.read())
    except OSError:
        return []


def place_of(lines, pattern):
    """Answer (line, column) of a pattern's entry in the configuration file, (1, 1) where it is not plain."""
    inside = False
    for number, line in enumerate(lines, 1):
        inside = inside or "per-file-ignores" in line
        at = line.find(pattern)
        if inside and at >= 0 and not line.lstrip().startswith("#"):
            return number, max(at, 1)
    return 1, 1
