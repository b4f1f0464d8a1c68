"""The fingerprint of a finding: code, path, scope and a hash of what the source says there.

It names no line number and no message, so it outlives code that moves and wording that changes. The same one
serves SARIF, GitLab, the baseline, `--diff` and the report; it is computed here only.
"""

from __future__ import annotations

import re
from keyword import iskeyword

from preaudit.core.masking import mask_line
from preaudit.core.patterns import lazy
from preaudit.core.secrets import LONGEST

try:
    from _blake2 import blake2b
except ImportError:  # the interpreter was built without it; hashlib costs more to import
    from hashlib import blake2b

# A string, a comment, a backslash at a line's end, white space, or one other character.
_PYTHON = lazy(
    r"(?P<string>(?:[bBfFrRtTuU]{1,2}(?=['\"]))?"
    r"(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"))"
    r"|(?P<comment>\#[^\n]*)|(?P<space>\\\n|\s+)|(?P<word>\w+)|(?P<other>.)",
    re.DOTALL,
)
_STRING = lazy(r"(\w*)(\"\"\"|'''|[\"'])(.*)\2\Z", re.DOTALL)
_HEADERS = frozenset(
    (
        "def", "class", "async", "with", "for", "while", "if", "elif", "else", "try", "except", "finally", "match",
        "case",
    )
)  # fmt: skip
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_MOST_LINES, _MOST_TOKENS = 400, 300


def digest(*parts):
    """Answer 16 hexadecimal digits for these texts; no two different lists of texts share their input."""
    text = "\0".join(parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def normalised_python(text, logical=False):
    """Answer the tokens of Python text as formatters leave them: no layout, comments or trailing commas.

    Parentheses that only group are left out, and adjoining strings are one, for formatters add and remove both where
    they break a line. Quotes become double where the string holds none. Text that begins with the head of a compound
    statement ends with that head, so that a change in the body does not count; with `logical` it ends with the first
    line break outside brackets. What goes on for long ends after some hundred tokens.
    """
    tokens, opened, header = [], [], None
    for match in _PYTHON.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind in ("comment", "space"):
            if logical and tokens and not opened and token[0] != "\\" and "\n" in token:
                break
            continue
        if header is None:
            header = token in _HEADERS
        if kind == "string":
            _add_string(tokens, token)
            continue
        if token in _OPEN:
            before = tokens[-1] if tokens else ""
            called = before in _CLOSE or (before.isidentifier() and not iskeyword(before))
            opened.append((len(tokens), token == "(" and not called, before == "import"))
        elif token in _CLOSE:
            start, grouping, names = opened.pop() if opened else (len(tokens), False, False)
            last = tokens[-1] if tokens else ""
            single = grouping and not names and last == "," and _is_single(tokens, start)
            if last == "," and not single:
                tokens.pop()
            if grouping and not single and start < len(tokens) - 1:
                del tokens[start]
                continue
        tokens.append(token)
        if (header and token == ":" and not opened) or len(tokens) > _MOST_TOKENS:
            break
    return " ".join(tokens[:_MOST_TOKENS])


def _add_string(tokens, token):
    """Add a string to the tokens, in double quotes and without escapes of quotes, joined to a string before it."""
    prefix, quote, body = _STRING.match(token).groups()
    prefix = prefix.lower().replace("u", "")
    quote = '"' * len(quote)
    if "r" not in prefix:
        body = body.replace('\\"', '"').replace("\\'", "'")
    if "f" in prefix:  # a formatter exchanges the quotes of its expressions, too
        body = body.replace("'", '"')
    before = _STRING.match(tokens[-1]) if tokens and tokens[-1].endswith('"') else None
    if before is not None and len(before.group(2)) == len(quote) == 1:
        old = before.group(1)
        if old == prefix or {old, prefix} == {"", "f"}:
            tokens[-1] = f"{old or prefix}{quote}{before.group(3)}{body}{quote}"
            return
    tokens.append(f"{prefix}{quote}{body}{quote}")


def _is_single(tokens, start):
    """Answer whether the tokens behind an opening parenthesis are one element and its comma: a tuple of one."""
    depth = 0
    for token in tokens[start + 1 : -1]:
        depth += (token in _OPEN) - (token in _CLOSE)
        if token == "," and not depth:
            return False
    return len(tokens) - start > 2


def normalised_line(text):
    """Answer a line of a YAML, .env or shell file without layout and trailing comment."""
    text = re.sub(r"(^|\s)#.*$", "", text)
    return " ".join(text.split())


def excerpt(lines, line, column, end_line, end_column):
    """Answer the text of a place; the lines from there on where it is a point or its end lies before its start."""
    first = lines[line - 1] if 0 < line <= len(lines) else ""
    if (end_line, end_column) <= (line, column):
        return "\n".join(text.rstrip("\r\n") for text in lines[line - 1 : line - 1 + _MOST_LINES]) if line > 0 else ""
    if end_line == line:
        return first[column - 1 : end_column - 1]
    end_line = min(end_line, len(lines), line + _MOST_LINES)
    last = lines[end_line - 1] if end_line else ""
    middle = [text.rstrip("\r\n") for text in lines[line : end_line - 1]]
    return "\n".join([first[column - 1 :].rstrip("\r\n"), *middle, last[: end_column - 1]])


def key_of(path, lines, line, column, end_line=0, end_column=0):
    """Answer the hash of what stands at a place; `lines` with or without line breaks, numbers from 1.

    In Python it is the text of the place itself, so that a call keeps its key when a formatter breaks the line; a
    point stands for its line, with what its brackets hold. Elsewhere it is the line. What could be a secret is
    masked before, and of a `.env` line only the name counts, for the key is committed with the baseline and a
    short secret can be guessed from its hash.
    """
    if path.endswith((".py", ".pyi")) or path.startswith("<") or path in ("-", "stdin"):
        point = (end_line, end_column) <= (line, column)
        text = normalised_python(excerpt(lines, line, column, end_line, end_column), point)
        return digest(mask_line(text) if len(text) <= LONGEST else text)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    name = path.rsplit("/", 1)[-1]
    if name.startswith(".env") or name.endswith(".env"):
        text = re.split(r"[=:]", text, maxsplit=1)[0]
    return digest(normalised_line(mask_line(text)))


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
