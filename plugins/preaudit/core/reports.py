"""Findings of any door: faults and broken files, suppression, order. Light: a warm run needs no more than this.

The engine that makes findings, core/runner.py, is imported only where a file has to be checked.
"""

from __future__ import annotations

from preaudit.core.finding import Finding
from preaudit.core.patterns import lazy
from preaudit.core.registry import BROKEN, UNUSED, registry
from preaudit.core.secrets import LIVE

_CONTROL = lazy(r"[^\x20-\x7e]")
_PLACE = lazy(r":(?=\d+:)")


class Broken(Exception):
    """A file that cannot be parsed: the finding AUD000 to report instead of anything else.

    None where the file is to be left alone, like one of another language: a template, a file of others.
    """

    def __init__(self, finding):
        """Hold the finding."""
        super().__init__(finding.message if finding is not None else "left alone")
        self.finding = finding


def one_line(text: str) -> str:
    """Answer a text as one line of printable ASCII without anything that reads like `file:1:2:`, or like a secret."""
    if "://" in text or LIVE.search(text):
        from preaudit.core.masking import masked_keys

        text = masked_keys(text)
    return _PLACE.sub(" ", _CONTROL.sub("?", " ".join(text.split())))


def broken(path: str, message: str, line: int = 1, column: int = 1) -> Finding:
    """Answer the AUD000 finding of a file; `message` is the parser's own words."""
    return Finding(BROKEN, "broken-file", "high", path, max(line, 1), max(column, 1), one_line(message), key="broken")


def fault(path: str, what: str, error: Exception) -> Finding:
    """Answer the AUD000 finding of a fault of our own."""
    words = f"the {what} failed inside ({error.__class__.__name__}: {error}); please report it"
    return broken(path, words[:300])


def dedupe(findings: list) -> list:
    """Answer the findings in order, each place and code once."""
    seen: set = set()
    kept = []
    for finding in sorted(findings, key=lambda f: f.sort_key()):
        key = (finding.code, finding.line, finding.column)
        if key not in seen or finding.code == BROKEN:
            seen.add(key)
            kept.append(finding)
    return kept


def suppress(findings: list, found, settings, path: str, registered=None) -> list:
    """Mark the findings of one file that comments or per-file ignores silence; answer them all."""
    ignored = settings.ignores(path) if findings else ()
    if ignored:
        from preaudit.core.selection import codes_of

        known = registered or registry()
        ignored = frozenset(code for _, words in ignored for word in words for code in codes_of(word, known)[0]) - {
            BROKEN
        }
    for finding in findings:
        one = found.suppresses(finding.code, finding.name, finding.line)
        if one is not None:
            finding.suppressed = _masked(one.reason) if one.reason else "-"
        elif finding.code in ignored:
            finding.suppressed = "per-file-ignores"
    return findings


def _masked(text: str) -> str:
    """Answer what somebody wrote into a comment as it may be shown."""
    from preaudit.core.masking import mask_line

    return mask_line(text)


def unused(found, path: str, lines, ran, registered, settings) -> list:
    """Answer the AUD998 findings of one file's suppressions, to be asked after all its findings were marked."""
    from preaudit.core.fingerprint import key_of
    from preaudit.core.removal import removal

    rows = []
    info = registered.get(UNUSED)
    for one, message in found.unused(ran, registered, settings.require_reason):
        line, column, end_line, end_column = one.place
        key = key_of(path, lines, line, column, end_line, end_column)
        place = (line, column, one_line(_masked(message)), end_line, end_column)
        rows.append(Finding(UNUSED, info.name, info.severity, path, *place, removal(lines, one, message), key=key))
    return suppress(rows, found, settings, path, registered)
