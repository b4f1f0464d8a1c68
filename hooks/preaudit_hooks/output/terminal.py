"""What the text formats share: colours, the width of characters, the closing lines."""

from __future__ import annotations

from preaudit_hooks.output.context import RANK, is_live

TAB = "    "
COLORS = {"critical": "1;31", "high": "31", "medium": "33", "low": "36"}


class Paint:
    """Colours text for a terminal, or leaves it alone."""

    __slots__ = ("on",)

    def __init__(self, on):
        """Say whether to colour."""
        self.on = on

    def code(self, number, text):
        """Answer the text within an SGR sequence."""
        return f"\x1b[{number}m{text}\x1b[0m" if self.on and text else text

    def bold(self, text):
        """Answer the text in bold."""
        return self.code("1", text)

    def dim(self, text):
        """Answer the text in a fainter colour."""
        return self.code("2", text)

    def blue(self, text):
        """Answer the text in the colour of the frame."""
        return self.code("34", text)

    def green(self, text):
        """Answer the text in the colour of advice."""
        return self.code("32", text)

    def severity(self, severity, text):
        """Answer the text in the colour of a severity."""
        return self.code(COLORS.get(severity, "1"), text)


def width_of(text):
    """Answer how many terminal cells a printable text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    width = 0
    for character in text:
        if unicodedata.combining(character):
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def plural(number, word):
    """Answer `1 file`, `2 files`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def summary(findings, context):
    """Answer the closing line: how many findings by severity, and what was left out and why."""
    findings = list(findings)
    counted = [finding for finding in findings if is_live(finding)]
    counts = {}
    for finding in counted:
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    parts = [f"{counts[name]:,} {name}" for name in sorted(counts, key=lambda name: -RANK.get(name, 0))]
    where = f" in {plural(context.files, 'file')}" if context.files else ""
    text = f"{plural(len(counted), 'finding')}{where}" + (f" ({', '.join(parts)})" if parts else "")
    fixable = sum(1 for finding in counted if finding.fix)
    suppressed = sum(1 for finding in findings if finding.suppressed)
    baselined = sum(1 for finding in findings if finding.baselined and not finding.suppressed)
    if fixable:
        text += f"; {fixable:,} fixable with --fix"
    if suppressed:
        text += f"; {suppressed:,} suppressed"
    if baselined:
        text += f"; {baselined:,} in the baseline"
    return text


def statistics(findings, context):
    """Answer the counts by code, the most frequent first, as text."""
    counts = {}
    for finding in findings:
        counts.setdefault(finding.code, [0, finding])[0] += 1
    rows = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
    wide = max((len(str(count)) for _, (count, _) in rows), default=1)
    paint = Paint(context.color)
    lines = []
    for code, (count, sample) in rows:
        fixable = " [fixable]" if sample.fix else ""
        lines.append(f"{count:>{wide}}  {paint.severity(sample.severity, code)}  {sample.name}{fixable}\n")
    return "".join(lines)
