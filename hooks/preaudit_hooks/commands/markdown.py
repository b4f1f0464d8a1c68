"""Markdown as rule pages use it, rendered for a terminal: headings, paragraphs, lists, tables, fences, inline code."""

from __future__ import annotations

import re
import textwrap

from preaudit_hooks.output.terminal import Paint

_BULLET = re.compile(r"(\s*)([-*]|\d+\.)\s+")
_INLINE = re.compile(r"`([^`]+)`")


def render(text, width, color):
    """Answer the lines of a page; `width` in columns, code is indented and never wrapped."""
    paint = Paint(color)
    lines, paragraph, fence = [], [], False

    def flush():
        if paragraph:
            lines.extend(_paragraph(paragraph, width, paint))
            paragraph.clear()

    for line in text.strip().split("\n"):
        stripped = line.strip()
        if stripped.startswith("```"):
            flush()
            if not fence and lines and lines[-1].startswith("    "):
                lines.append("")
            fence = not fence
            name = stripped.strip("`").partition(" ")[2].strip()
            if fence and name:
                lines.append(f"    {paint.dim(name)}")
        elif fence:
            lines.append(f"    {_code(line, paint)}".rstrip())
        elif stripped.startswith("#"):
            flush()
            lines.append(paint.code("1;4", stripped.lstrip("#").strip()) if color else _underlined(stripped))
        elif not stripped:
            flush()
            lines.append("")
        elif stripped.startswith("|"):
            flush()
            lines.append(line.rstrip())
        elif _BULLET.match(line):
            flush()
            paragraph.append(line)
        else:
            paragraph.append(line)
    flush()
    return lines


def _underlined(heading):
    title = heading.lstrip("#").strip()
    return f"{title}\n{'-' * len(title)}"


def _code(line, paint):
    """Answer a line of code with its expectation mark set off."""
    mark = re.search(r"# (?:todo )?AUD\d{3}.*$", line)
    if not mark:
        return line
    return line[: mark.start()] + paint.code("31", mark.group())


def _paragraph(parts, width, paint):
    match = _BULLET.match(parts[0])
    first = hanging = ""
    if match:
        first = match.group(1) + match.group(2) + " "
        hanging = " " * len(first)
        parts = [parts[0][match.end() :], *parts[1:]]
    text = " ".join(part.strip() for part in parts)
    wrapped = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    if not paint.on:
        return wrapped
    joined = _INLINE.sub(lambda found: _each_line(found.group(1), paint), "\n".join(wrapped))
    return joined.split("\n")


def _each_line(text, paint):
    return "\n".join(paint.code("36", part) for part in text.split("\n"))
