"""What names a secret, what is a literal one, and what may be kept of a value.

Nothing that these readers hand on, into facts, messages or the cache, holds a secret: a value goes
through `shape` or `redact` first.
"""

from __future__ import annotations

import re

from preaudit.core.masking import mask_line, masked
from preaudit.core.patterns import lazy
from preaudit.core.secrets import ENCRYPTED, LONGEST, PATH, URL, is_placeholder, is_secret_name, words

from preaudit_hooks.documents.interpolate import names, references

_PEM = lazy(r"(?s)-----BEGIN .*?-----END [^\n]*")
_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal")
_OPTION = lazy(
    r"(?i)(--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}(?:=|\s+))(\"[^\"]*\"|'[^']*'|\S+)"
)
_OPTION_ALONE = lazy(
    r"(?i)--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}"
)
_ASSIGNMENT = lazy(r"\b([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S+)")


def is_reference(value: str) -> bool:
    """Answer whether a value is nothing but references, so that no secret is written down."""
    rest, position = "", 0
    for ref in references(value):
        if ref.operator[-1:] == "-" and ref.default and not is_reference(ref.default):
            return False
        rest += value[position : ref.start]
        position = ref.end
    return not (rest + value[position:]).strip(" :@/-_.")


def literal_secret(value: str) -> str:
    """Answer "" or what is secret in a value: "literal" text, "default" of a reference, "url" with a password."""
    value = value[:LONGEST].strip().strip("'\"")
    if not value or is_placeholder(value) or ENCRYPTED.match(value) or PATH.search(value):
        return ""
    found = references(value)
    for ref in found:
        if ref.operator in (":-", "-") and ref.default and "$" not in ref.default:
            if not is_placeholder(ref.default) and not ENCRYPTED.match(ref.default):
                return "default"
    if found or re.search(r"\$\{[^}]*\}", value):
        return ""
    return "literal"


def url_parts(value: str) -> dict:
    """Answer scheme, host and port (int or None) of a URL that is the whole value, {} if it is none."""
    match = URL.match(value[:LONGEST].strip())
    if not match:
        return {}
    port = match["port"]
    return {
        "scheme": match["scheme"].lower(),
        "host": match["host"].lower(),
        "port": int(port) if port and port.isdigit() and len(port) < 6 else None,
    }


def shape(name: str, value: str) -> dict:
    """Answer what facts may keep of a variable's value: its kind, its references, numbers and URL places.

    Kinds: empty, number, boolean, url, reference, text. Never the text of anything that could be a secret.
    """
    text = value.strip()
    fact: dict = {"kind": "text"}
    if "$" in text:
        fact["refs"] = names(text)
    if not text:
        fact["kind"] = "empty"
    elif is_reference(text):
        fact["kind"] = "reference"
    elif is_secret_name(name):
        pass
    elif re.fullmatch(r"-?\d{1,9}(?:\.\d{1,6})?", text):
        fact.update(kind="number", number=text)
    elif text.lower() in ("true", "false", "yes", "no", "on", "off"):
        fact.update(kind="boolean", text=text.lower())
    elif parts := url_parts(text):
        fact.update(kind="url", **parts)
    elif re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        fact.update(kind="url", scheme="", host=text.partition(":")[0].lower(), port=int(text.partition(":")[2]))
    elif text.lower() in _HOSTS or (words(name)[-1:] == ["host"] and re.fullmatch(r"[\w.-]+", text)):
        fact.update(kind="host", host=text.lower())
    return fact


def redact(text: str) -> str:
    """Answer a command's text with URL credentials and the values of secret options replaced by `***`."""
    text = masked(text)
    text = _OPTION.sub(lambda match: match[1] + ("***" if "$" not in match[2] else match[2]), text)
    text = _ASSIGNMENT.sub(
        lambda match: f"{match[1]}=***" if is_secret_name(match[1]) and "$" not in match[2] else match[0], text
    )
    return re.sub(
        r"(://[^\s/?#@:]*:)([^\s/?#@]*)(@)", lambda m: m[1] + ("***" if "$" not in m[2] else m[2]) + m[3], text
    )


def redact_words(texts) -> list:
    """Answer the words of a command, secrets redacted as `redact` does; as many words as were given."""
    found, secret, program = [], False, ""
    for text in texts:
        found.append("***" if secret and "$" not in text and not text.startswith("-") else redact(text))
        program = program or (text.rpartition("/")[2] if not text.startswith("-") and "=" not in text else "")
        secret = bool(_OPTION_ALONE.fullmatch(text)) or (text == "-a" and program == "redis-cli")
        if text.startswith("-p") and len(text) > 2 and program.startswith(("mysql", "mariadb")) and "$" not in text:
            found[-1] = "-p***"
    return found


def masked_text(document) -> str:
    """Answer the text of a document with everything that could be a secret masked, in lines of the same number.

    Values over several lines of a `.env`, a YAML file or a script are masked as a whole, and so are keys in PEM.
    """
    if document.masked is not None:
        return document.masked
    lines = [mask_line(line.rstrip("\r\n")) for line in document.lines]
    for first, last in _long_values(document):
        for number in range(first - 1, min(last, len(lines))):
            lines[number] = "*"
    document.masked = _PEM.sub("*", "\n".join(lines))
    return document.masked


def _long_values(document):
    """Give (first, last) line of each value of a secret's name that stands in several lines, the first one after the name."""
    for entry in getattr(document, "entries", ()):
        if entry.last > entry.first and is_secret_name(entry.name):
            yield entry.first, entry.last
    for each in getattr(document, "assignments", ()):
        if each.value_place[2] > each.value_place[0] and is_secret_name(each.name):
            yield each.value_place[0], each.value_place[2]
    for root in getattr(document, "roots", ()):
        yield from _long_scalars(root)


def _long_scalars(root):
    from preaudit_hooks.documents.yaml import Mapping, Scalar, walk

    for node in walk(root):
        pairs = node.pairs if isinstance(node, Mapping) else ()
        for key, value in pairs:
            if isinstance(key, Scalar) and isinstance(value, Scalar) and "\n" in value.text:
                if is_secret_name(key.text) or key.text == "value":
                    yield value.place[0] + 1, value.place[2]
