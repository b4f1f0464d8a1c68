"""What an audit report says, whatever its form: counts, findings by area, the tracker, the trend."""

from __future__ import annotations

import os
import time

from preaudit.core.baseline import Baseline, stem_of
from preaudit.core.finding import SEVERITIES
from preaudit.core.registry import AREAS

from preaudit_hooks.output.context import as_object, printable
from preaudit_hooks.output.terminal import plural

ORDER = sorted(SEVERITIES, key=SEVERITIES.get, reverse=True)
NEW, OPEN, FIXED = "new", "open", "fixed"


class Audit:
    """One report.

    `findings`: those not suppressed; `suppressed`: the others; `states`: id of a finding -> new or open, filled by
    `track`; `fixed`: findings that the older revision had; `points`: [(commit, seconds, {severity: count})].
    """

    def __init__(self, session, result, context):
        """Hold the findings of a whole run."""
        self.context, self.registry = context, session.registry
        self.findings = [finding for finding in result.findings if not finding.suppressed]
        self.suppressed = [finding for finding in result.findings if finding.suppressed]
        self.files, self.errors = result.files, list(result.errors)
        self.project = printable(os.path.basename(session.root) or session.root)
        self.title = f"Audit report: {self.project}"
        self.date = time.strftime("%Y-%m-%d")
        self.since = self.commit = ""
        self.states: dict = {}
        self.fixed: list = []
        self.points: list = []
        self._accept(session)

    def _accept(self, session):
        """Mark what the baseline has accepted; the report shows it all the same."""
        from preaudit_hooks.commands.accepted import Accepted

        if not getattr(session.options, "isolated", False):
            Accepted(session).mark(self.findings)

    def counts(self, findings=None):
        """Answer {severity: count}, the worst first, of all findings or of these."""
        counts = dict.fromkeys(ORDER, 0)
        for finding in self.findings if findings is None else findings:
            counts[finding.severity] += 1
        return counts

    def headline(self):
        """Answer the report in one sentence."""
        counts = [f"{count} {severity}" for severity, count in self.counts().items() if count]
        text = f"{plural(len(self.findings), 'finding')} in {plural(self.files, 'file')}"
        text += f" ({', '.join(counts)})" if counts else ""
        if self.since:
            fresh = sum(1 for state in self.states.values() if state == NEW)
            still = len(self.findings) - fresh
            text += f"; since {printable(self.since)}: {len(self.fixed)} fixed, {still} open, {fresh} new"
        return text

    def area_of(self, code):
        """Answer the area of a code."""
        info = self.registry.get(code)
        return info.area if info else AREAS[0]

    def by_area(self):
        """Answer [(area, [(RuleInfo or None, code, findings)])]: the worst codes first within each area."""
        groups: dict = {}
        for finding in self.findings:
            groups.setdefault(self.area_of(finding.code), {}).setdefault(finding.code, []).append(finding)
        answer = []
        for area in sorted(groups, key=AREAS.index):
            codes = sorted(groups[area].items(), key=lambda item: (-worst(item[1]), item[0]))
            answer.append((area, [(self.registry.get(code), code, found) for code, found in codes]))
        return answer

    def state(self, finding):
        """Answer what the tracker says of a finding: new, open, '' without one; 'accepted' if in the baseline."""
        return self.states.get(id(finding), "") or ("accepted" if finding.baselined else "")

    def track(self, since, commit, old, renames):
        """Compare with the findings of an older revision: fixed, open, new. `renames`: {new path: old path}."""
        self.since, self.commit = since, commit
        old = [finding for finding in old if not finding.suppressed]
        left = dict(Baseline.of(old).entries)
        for finding in self.findings:
            code, path, scope, key = stem_of(finding)
            stem = (code, renames.get(path, path), scope, key)
            known = left.get(stem, 0) > 0
            if known:
                left[stem] -= 1
            self.states[id(finding)] = OPEN if known else NEW
        for finding in reversed(old):
            stem = stem_of(finding)
            if left.get(stem):
                left[stem] -= 1
                self.fixed.insert(0, finding)

    def add_point(self, commit, seconds, findings):
        """Add a point to the trend; without a commit it is the present."""
        counts = self.counts([finding for finding in findings if not finding.suppressed])
        self.points.append((commit, seconds or int(time.time()), counts))

    def sections(self, info):
        """Answer (impact, fix, example) of a rule: Markdown from its page, '' where it has none."""
        page = headings(info.documentation()) if info else {}
        return page.get("Why it matters", ""), page.get("Fixed", ""), page.get("Good", "")

    def as_object(self):
        """Answer the report as plain objects for JSON."""
        rows = []
        for finding in self.findings:
            row = as_object(finding, self.context)
            row["area"] = self.area_of(finding.code)
            row["state"] = self.states.get(id(finding), "")
            rows.append(row)
        tracker = None
        if self.since:
            tracker = {
                "since": printable(self.since),
                "commit": self.commit,
                "fixed": [as_object(finding, self.context) for finding in self.fixed],
                "open": sum(1 for state in self.states.values() if state == OPEN),
                "new": sum(1 for state in self.states.values() if state == NEW),
            }
        return {
            "project": self.project,
            "date": self.date,
            "version": self.context.version,
            "files": self.files,
            "summary": self.counts(),
            "areas": {area: sum(len(found) for _, _, found in codes) for area, codes in self.by_area()},
            "findings": rows,
            "suppressed": len(self.suppressed),
            "errors": [{"path": self.context.shown(path), "message": message} for path, message in self.errors],
            "tracker": tracker,
            "history": [
                {"commit": commit, "time": seconds, "summary": counts} for commit, seconds, counts in self.points
            ],
        }


def worst(findings):
    """Answer the rank of the worst severity among these findings."""
    return max(SEVERITIES[finding.severity] for finding in findings)


def headings(page):
    """Answer {heading: text} of a rule's page."""
    found: dict = {}
    current = ""
    for line in page.strip().split("\n"):
        if line.startswith("## "):
            current = line[3:].strip()
        else:
            found.setdefault(current, []).append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}
