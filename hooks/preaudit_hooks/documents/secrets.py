"""What names a secret, what is a literal one, and what may be kept of a value.

Nothing that these readers hand on, into facts, messages or the cache, holds a secret: a value goes
through `shape` or `redact` first.
"""

from __future__ import annotations

import re

from preaudit.core.secrets import ENCRYPTED, LIVE, LONGEST, PATH, URL, is_placeholder, is_secret_name, words

from preaudit_hooks.documents.interpolate import names, references

_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal")
_OPTION = re.compile(
    r"(?i)(--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}(?:=|\s+))(\"[^\"]*\"|'[^']*'|\S+)"
)
_OPTION_ALONE = re.compile(
    r"(?i)--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}"
)
_ASSIGNMENT = re.compile(r"\b([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S+)")


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
    text = _OPTION.sub(lambda match: match[1] + ("***" if "$" not in match[2] else match[2]), text)
    text = _ASSIGNMENT.sub(
        lambda match: f"{match[1]}=***" if is_secret_name(match[1]) and "$" not in match[2] else match[0], text
    )
    return re.sub(
        r"(://[^\s/?#@:]*:)([^\s/?#@]*)(@)", lambda m: m[1] + ("***" if "$" not in m[2] else m[2]) + m[3], text
    )


def redact_words(texts) -> list:
    """Answer the words of a command, secrets redacted as `redact` does; as many words as were given."""
    found, secret = [], False
    for text in texts:
        found.append("***" if secret and "$" not in text and not text.startswith("-") else redact(text))
        secret = bool(_OPTION_ALONE.fullmatch(text))
    return found


_PAIR = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]*)["']?\]?\s*(?::\s*\w+\s*(?==))?(?:==|[:=])\s*
    (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\$\{[^}]*\}|[^\s,;(){}\]#"'])+)""",
    re.VERBOSE,
)
_WHOLE = re.compile(
    r"^\s*(?:-\s+|export\s+)?[\"']?(?P<name>[A-Za-z_][\w.-]*)\s*[:=]\s*(?P<value>[^\s\"'].*?)\s*(?:\s#.*)?$"
)
_DEFAULT = re.compile(r"""["'](?P<name>\w+)["']\s*,\s*(?:\w+\s*=\s*)?(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_VALUE_KEY = re.compile(
    r"(?:^\s*(?:-\s+)?|[{,]\s*)[\"']?value[\"']?:\s+(?P<value>\"[^\"]*\"|'[^']*'|(?:\$\{[^}]*\}|[^\s,}])+)"
)
_ALL_REFERENCES = re.compile(r"(?:\$\{[^}]*\}|\$\w+|[\s:@/_.\-])*")
_ENVIRONMENT = re.compile(r"\s*(?:-\s+|export\s+)?[A-Z][A-Z0-9_]*=\S")
_LITERAL_DEFAULT = re.compile(r"\$\{[A-Z_][A-Z0-9_]*:?-([^}$]+)\}")
_CODE = re.compile(
    r"[A-Za-z_][\w.]*[(\[].*|(?:self|cls|settings|config|os|request|args|env)\..*|None|True|False|await|not"
)


def mask_line(text: str) -> str:
    """Answer a line of any file as it may be shown: what could be a secret replaced by as many asterisks.

    Columns stay what they are. Masks the value of a name that says secret, the default handed along with such a
    name, passwords in URLs, keys of known forms, and `value:` of an app spec. References are kept.
    """
    if len(text) > LONGEST:
        return "*" * len(text)
    spans = [match.span(1) for match in re.finditer(r"://[^\s/?#@:]*:([^\s/?#@]+)@", text) if "$" not in match[1]]
    spans += [match.span() for match in LIVE.finditer(text)]
    for pattern in (_PAIR, _DEFAULT, _WHOLE):
        for match in pattern.finditer(text):
            if is_secret_name(match["name"]):
                spans += _to_mask(match)
    for match in _VALUE_KEY.finditer(text):
        spans += _to_mask(match)
    shown = list(text)
    for start, end in spans:
        shown[start:end] = "*" * (end - start)
    return "".join(shown)


def _to_mask(match):
    value, (start, end) = match["value"], match.span("value")
    defaults = [(start + each.start(1), start + each.end(1)) for each in _LITERAL_DEFAULT.finditer(value)]
    if defaults or re.match(r"\w+\s*=\s", value):
        return defaults
    if _ALL_REFERENCES.fullmatch(value.strip("'\"")):
        return []
    # `NAME=value` in capitals and without blanks is an environment, where nothing is a call.
    called = _CODE.match(value) or match.string[end : end + 1] == "("
    if called and not _ENVIRONMENT.match(match.string):
        return []
    quoted = len(value) > 1 and value[0] in "'\"" and value[0] == value[-1]
    return [(start + quoted, end - quoted)]
