"""The project's baseline at work in a run: what it covers, what of it is stale, and how it is written."""

from __future__ import annotations

import os

from preaudit.core.baseline import BaselineError, read
from preaudit.core.finding import Finding

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands.session import note


class Accepted:
    """The baseline file of a session. `baseline` is None where there is no file."""

    __slots__ = ("session", "path", "baseline")

    def __init__(self, session):
        """Read the file; Usage if it cannot be read, leads out of the project, or is named but missing."""
        self.session, self.baseline = session, None
        self.path = os.path.join(session.root, session.settings.baseline)
        if os.path.lexists(self.path) or os.path.dirname(session.settings.baseline):
            from preaudit.core.edits import inside

            if not inside(self.path, session.root):
                raise Usage(f"baseline: {session.settings.baseline} leads out of the project")
        try:
            self.baseline = read(self.path, self.name)
        except BaselineError as error:
            raise Usage(str(error)) from error

    @property
    def name(self):
        """Answer the file's path as the user sees it."""
        return os.path.relpath(self.path, self.session.base).replace(os.sep, "/")

    @property
    def relative(self):
        """Answer the file's path relative to the root."""
        return os.path.relpath(self.path, self.session.root).replace(os.sep, "/")

    def mark(self, findings):
        """Mark the findings that it covers."""
        if self.baseline is not None:
            self.baseline.mark(findings, self.exists)

    def exists(self, path):
        """Answer whether a root-relative path is still there."""
        return os.path.lexists(os.path.join(self.session.root, path))

    def stale(self, findings, errors, scope):
        """Answer {stem: count} of the entries that this run proves stale.

        Only what the run looked at counts: the paths in scope, the codes that ran. A run in which anything could not
        be read, or failed, proves nothing: what it missed may concern any file.
        """
        if self.baseline is None or errors or any(finding.code == "AUD000" for finding in findings):
            return {}
        codes = self.session.codes
        return self.baseline.stale(lambda code, path: scope(path) and code in codes)

    def write(self, baseline):
        """Write the file by way of a temporary one; Usage if that is not possible."""
        temporary = f"{self.path}.{os.getpid()}.tmp"
        try:
            with open(temporary, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(baseline.text())
            os.replace(temporary, self.path)
        except OSError as error:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise Usage(f"{self.name} cannot be written: {error.strerror}") from error
        self.baseline = baseline

    def stale_findings(self, stale):
        """Answer an AUD998 finding for each stale entry, on its line of the baseline file."""
        lines = self.baseline.text().split("\n")
        info = self.session.registry.get("AUD998")
        found = []
        for (code, path, scope, key), count in sorted(stale.items()):
            start = f'{{"code": "{code}", "path": '
            number = next(
                (n for n, line in enumerate(lines, 1) if line.startswith(start) and f'"key": "{key}"' in line), 1
            )
            times = f" {count} times" if count > 1 else ""
            what = f"baseline entry {code} of {path} silences nothing{times}; run preaudit baseline --prune"
            severity = info.severity if info else "low"
            found.append(
                Finding("AUD998", "unused-suppression", severity, self.relative, number, 1, what, scope=scope, key=key)
            )
        return found


def is_ci():
    """Answer whether this runs in continuous integration, where nothing of the user's is rewritten."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def scope_of(session, paths):
    """Answer a function that tells whether a run over these paths can call an entry of a root-relative path stale.

    Only folders count, with all that is below them, gone or there: a single file is what editors and pre-commit
    hand over in the middle of somebody's work.
    """
    folders = []
    for path in paths:
        if os.path.isdir(path):
            relative = session.inside(path)
            folders.append("" if relative == "." else relative.rstrip("/") + "/")
    return lambda path: any(path.startswith(folder) for folder in folders)


def settle(session, findings, errors, paths):
    """Mark what the baseline accepts, and deal with what is stale in it; answer the findings, with those about it.

    Locally a stale entry is dropped and a word said; in CI, where nothing is rewritten, it is an AUD998 finding.
    """
    accepted = Accepted(session)
    if accepted.baseline is None:
        if "baseline" in session.settings.given:
            note(f"there is no baseline {accepted.name}; write it with `preaudit baseline`")
        return findings
    accepted.mark(findings)
    stale = accepted.stale(findings, errors, scope_of(session, paths)) if paths else {}
    if not stale and not accepted.baseline.moves():
        return findings
    if is_ci() or not os.access(accepted.path, os.W_OK):
        return findings + accepted.stale_findings(stale) if "AUD998" in session.codes else findings
    if not any(os.path.isdir(path) for path in paths):
        return findings
    accepted.write(accepted.baseline.without(stale))
    gone = sum(stale.values())
    if gone:
        note(f"{accepted.name}: {gone} fixed {'entry' if gone == 1 else 'entries'} dropped; commit it")
    return findings
