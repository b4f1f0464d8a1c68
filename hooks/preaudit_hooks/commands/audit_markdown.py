"""The audit report in Markdown, in the form in which people write audits by hand."""

from __future__ import annotations

import re

from preaudit_hooks.commands.audit import ORDER
from preaudit_hooks.output.context import printable
from preaudit_hooks.output.terminal import plural

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escaped(text):
    """Answer text that Markdown shows as it is, also in a table."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def code(text):
    """Answer text as inline code, also in a table."""
    text = printable(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def place(finding, audit):
    """Answer `path:line` as inline code."""
    return code(f"{audit.context.shown(finding.path)}:{finding.line}")


def page(audit, most=0):
    """Answer the report; `most` limits the places shown of one code, 0 for all."""
    said = f"{audit.date}, preaudit {audit.context.version}. {escaped(audit.headline())}."
    lines = [f"# {escaped(audit.title)}", "", said, ""]
    lines += summary(audit)
    lines += trend(audit)
    lines += findings(audit, most)
    lines += tracker(audit, most)
    lines += rest(audit)
    return "\n".join(lines).rstrip() + "\n"


def summary(audit):
    """Answer the lines of the summary: by severity, and by area."""
    lines = ["## Summary", "", "| Severity | Findings |" + (" New | Fixed |" if audit.since else "")]
    lines.append("|---|---:|" + ("---:|---:|" if audit.since else ""))
    counts, fixed = audit.counts(), audit.counts(audit.fixed)
    fresh = audit.counts([finding for finding in audit.findings if audit.state(finding) == "new"])
    for severity in ORDER:
        row = f"| {severity} | {counts[severity]} |"
        lines.append(row + (f" {fresh[severity]} | {fixed[severity]} |" if audit.since else ""))
    total = f"| **all** | **{sum(counts.values())}** |"
    lines.append(total + (f" **{sum(fresh.values())}** | **{sum(fixed.values())}** |" if audit.since else ""))
    areas = audit.by_area()
    if areas:
        lines += ["", "| Area | Findings | Codes |", "|---|---:|---|"]
        for area, codes in areas:
            number = sum(len(found) for _, _, found in codes)
            lines.append(f"| {area} | {number} | {', '.join(name for _, name, _ in codes)} |")
    return [*lines, ""]


def trend(audit):
    """Answer the lines of the trend."""
    if not audit.points:
        return []
    from time import gmtime, strftime

    lines = ["## Trend", "", "| Date | Revision | " + " | ".join(ORDER) + " | all |"]
    lines.append("|---|---|" + "---:|" * (len(ORDER) + 1))
    for commit, seconds, counts in audit.points:
        row = [strftime("%Y-%m-%d", gmtime(seconds)), commit[:10] or "now", *(str(counts[name]) for name in ORDER)]
        lines.append(f"| {' | '.join(row)} | {sum(counts.values())} |")
    return [*lines, ""]


def findings(audit, most):
    """Answer the lines of the findings: by area, then by code, each with impact, fix and places."""
    lines = ["## Findings", ""]
    if not audit.findings:
        return [*lines, "None.", ""]
    for area, codes in audit.by_area():
        lines += [f"### {area.capitalize()}", ""]
        for info, name, found in codes:
            title = f"{name} {found[0].name} ({found[0].severity}, {plural(len(found), 'place')})"
            lines += [f"#### {title}", ""]
            impact, fix, example = audit.sections(info)
            if impact:
                lines += [f"**Impact.** {impact}", ""]
            if fix:
                lines += [f"**Fix.** {fix}", ""]
            if example:
                lines += [example, ""]
            lines += ["| Place | Finding | State |", "|---|---|---|"]
            shown = found[:most] if most else found
            for finding in shown:
                message = escaped(finding.message)
                for related in finding.related:
                    where = code(f"{audit.context.shown(related.path or finding.path)}:{related.line}")
                    message += f"<br>{where}: {escaped(related.message)}"
                lines.append(f"| {place(finding, audit)} | {message} | {audit.state(finding)} |")
            if len(shown) < len(found):
                lines.append(f"| | and {len(found) - len(shown)} more | |")
            lines.append("")
    return lines


def tracker(audit, most):
    """Answer the lines of the tracker: what is fixed and what is new since the revision."""
    if not audit.since:
        return []
    lines = [f"## Tracker since {code(audit.since)}", ""]
    fresh = [finding for finding in audit.findings if audit.state(finding) == "new"]
    still = len(audit.findings) - len(fresh)
    lines += [f"{len(audit.fixed)} fixed, {still} open, {len(fresh)} new.", ""]
    for title, found, mark in (("Fixed", audit.fixed, "x"), ("New", fresh, " ")):
        if not found:
            continue
        lines += [f"### {title}", ""]
        shown = found[: most * 5] if most else found
        for finding in shown:
            lines.append(f"- [{mark}] {finding.code} {place(finding, audit)} {escaped(finding.message)}")
        if len(shown) < len(found):
            lines.append(f"- and {len(found) - len(shown)} more")
        lines.append("")
    return lines


def rest(audit):
    """Answer the lines about what was suppressed, and what could not be read."""
    lines = []
    if audit.suppressed:
        lines += ["## Suppressed", "", "| Place | Code | Reason |", "|---|---|---|"]
        for finding in audit.suppressed:
            reason = "" if finding.suppressed == "-" else escaped(finding.suppressed)
            lines.append(f"| {place(finding, audit)} | {finding.code} | {reason} |")
        lines.append("")
    if audit.errors:
        lines += ["## Not checked", ""]
        lines += [f"- {code(audit.context.shown(path))}: {escaped(message)}" for path, message in audit.errors]
        lines.append("")
    return lines
