"""The fingerprint of a finding: code, path, scope and a hash of what the source says there.

It names no line number and no message, so it outlives code that moves and wording that changes. The same one
serves SARIF, GitLab, the baseline, `--diff` and the report; it is computed here only.
"""

from __future__ import annotations

import re
from hashlib import blake2b

# A string, a comment, a backslash at a line's end, white space, or one other character.
_PYTHON = re.compile(
    r"(?P<string>(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"))"
    r"|(?P<comment>\#[^\n]*)|(?P<space>\\\n|\s+)|(?P<word>\w+)|(?P<other>.)",
    re.DOTALL,
)
_HEADERS = frozenset(
    (
        "def", "class", "async", "with", "for", "while", "if", "elif", "else", "try", "except", "finally", "match",
        "case",
    )
)  # fmt: skip
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_MOST_LINES = 30


def digest(*parts):
    """Answer 16 hexadecimal digits for these texts; no two different lists of texts share their input."""
    text = "\0".join(parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def normalised_python(text):
    """Answer the tokens of Python text as formatters leave them: no layout, comments or trailing commas.

    Quotes become double where the string holds none. Text that begins with the head of a compound statement ends
    with that head, so that a change in the body does not count.
    """
    tokens, depth, header = [], 0, None
    for match in _PYTHON.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind in ("comment", "space"):
            continue
        if header is None:
            header = token in _HEADERS
        if kind == "string" and token[0] == "'" and '"' not in token:
            width = 3 if token.startswith("'''") else 1
            token = '"' * width + token[width:-width] + '"' * width
        if token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth = max(0, depth - 1)
            if tokens and tokens[-1] == "," and not (token == ")" and _is_single(tokens)):
                tokens.pop()
        tokens.append(token)
        if header and token == ":" and not depth:
            break
    return " ".join(tokens)


def _is_single(tokens):
    """Answer whether the comma at the end of the tokens makes a tuple of one."""
    depth = 0
    for index in range(len(tokens) - 2, -1, -1):
        token = tokens[index]
        if token in _CLOSE:
            depth += 1
        elif token in _OPEN:
            if not depth:
                before = tokens[index - 1] if index else ""
                return not (before[-1:].isalnum() or before[-1:] in ("_", ")", "]"))
            depth -= 1
        elif token == "," and not depth:
            return False
    return False


def normalised_line(text):
    """Answer a line of a YAML, .env or shell file without layout and trailing comment."""
    text = re.sub(r"(^|\s)#.*$", "", text)
    return " ".join(text.split())


def excerpt(lines, line, column, end_line, end_column):
    """Answer the text of a place; the whole line where the place is a point or the end lies before the start."""
    first = lines[line - 1] if 0 < line <= len(lines) else ""
    if (end_line, end_column) <= (line, column):
        return first
    if end_line == line:
        return first[column - 1 : end_column - 1]
    end_line = min(end_line, len(lines), line + _MOST_LINES)
    last = lines[end_line - 1] if end_line else ""
    middle = [text.rstrip("\r\n") for text in lines[line : end_line - 1]]
    return "\n".join([first[column - 1 :].rstrip("\r\n"), *middle, last[: end_column - 1]])


def key_of(path, lines, line, column, end_line=0, end_column=0):
    """Answer the hash of what stands at a place; `lines` with or without line breaks, numbers from 1.

    In Python it is the text of the place itself, so that a call keeps its key when a formatter breaks the line; a
    point stands for its line. Elsewhere it is the line. Of a `.env` line only the name counts, for the key is
    committed with the baseline and a short secret can be guessed from its hash.
    """
    if path.endswith((".py", ".pyi")) or path.startswith("<") or path in ("-", "stdin"):
        return digest(normalised_python(excerpt(lines, line, column, end_line, end_column)))
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    name = path.rsplit("/", 1)[-1]
    if name.startswith(".env") or name.endswith(".env"):
        text = re.split(r"[=:]", text, maxsplit=1)[0]
    return digest(normalised_line(text))


def stem(finding):
    """Answer the fingerprint but for the count: (code, path, scope, key)."""
    return (finding.code, finding.path, finding.scope, finding.key)


def assign(findings):
    """Set the fingerprint of each finding; findings alike in everything are told apart by their order.

    The findings of a file must all be there and in order, for the count to be the same in every run.
    """
    seen = {}
    for finding in findings:
        same = stem(finding)
        count = seen[same] = seen.get(same, 0) + 1
        finding.fingerprint = digest(*same, str(count))
