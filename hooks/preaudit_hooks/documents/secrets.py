"""What names a secret, what is a literal one, and what may be kept of a value.

Nothing that these readers hand on, into facts, messages or the cache, holds a secret: a value goes
through `shape` or `redact` first.
"""

from __future__ import annotations

import re

from preaudit_hooks.documents.interpolate import names, references

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    "password passwd passphrase pwd secret secrets token apikey credential credentials fernet pass passcode pat".split()
)
_KEY_BEFORE = frozenset("api secret private encryption signing jwt auth master license fernet stripe app".split())
# Words that say the variable is about a secret and holds none.
_ABOUT = frozenset(
    """file path url uri host port ttl expire expires expiry expiration lifetime age algorithm alg name id ids length
    len size min max minimum maximum limit count type header cookie enabled enable disabled disable required rounds
    policy prefix suffix issuer audience minutes seconds hours days minute second hour day regex pattern field param
    mode backend provider version endpoint scope scopes public parallelism hint reset store manager method strategy
    rotation timeout interval validity duration allow allowed check verify validate hasher hashers location bucket
    dir directory mount format encoding env var hash hashed digest""".split()
)
_PLACEHOLDER = re.compile(
    r"""^(?: \W* | (.)\1* | <.*> | \[.*\] | \{.*\} | .*\{\{.*\}\}.* | \$\(.*\) | %\(.*\)s | @\w+@
    | .*(?: change[-_. ]?(?:me|this|it|in|for|before) | change[-_. ][\w.-]*me\b
          | replace[-_. ]?(?:me|this|with|by) | to[-_. ]be[-_. ]
          | (?:^|[-_. ])(?:your|my)[-_. ] | example | placeholder | dummy | insert[-_. ] | todo | fixme
          | (?:^|[-_. ])fake | xxx | sample | redacted | \.\.\. | \*\*\* | not[-_. ]?set
          | enter[-_. ] | put[-_. ] | fill[-_. ]?in | generate ).*
    | none | null | nil | true | false | yes | no | on | off | undefined | unset
    | secret[-_]?(?:here|key[-_]?here) | my\w*(?:password|passwd|pw|secret|token|key)\d*
    | .*(?:password|passwd|secret|token|key|pw)[-_]?here.*
    | (?-i:(?:My|Your|The|Some|This|Choose|Insert|Enter|Put|Change|Replace|Use|Set|Add|A)[A-Z][a-z].*) )$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_THROW_AWAY = re.compile(
    r"^(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|rabbit(?:mq)?|guest|root|admin(?:istrator)?|user"
    r"|test(?:ing|er)?|pass(?:word|wd)?|pwd|secret|dev(?:elopment)?|local(?:host|dev)?|demo|default|minio(?:admin)?|docker|app|ci|db"
    r"|insecure|unsafe|123+4*5*6*7*8*9*0*|[a-z]{1,8}"
    r"|(?:.*[-_])?(?:test|dev|local|password|pass|secret|insecure|ci)(?:[-_].*)?)$",
    re.IGNORECASE,
)
_URL = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.\-]{0,30})://(?:(?P<user>[^\s/?#@]*)@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s/?#:@,]*)"
                  r"(?::(?P<port>\d+|\$\{[^}]*\}|\$\w+))?(?P<rest>[^\s]*)")  # fmt: skip
_ENCRYPTED = re.compile(
    r"^(?:EV\[\d+:|ENC\[|ENC\(|AQICAH|vault:|sops:|\{cipher\}|op://|encrypted:|!vault|arn:aws:|projects/)"
)
_PATH = re.compile(
    r"^(?:\.{0,2}/|~/|file:|%\w|[A-Za-z]:\\)[^\s]*$|[/\\][\w.\-]+\.(?:pem|key|crt|cer|json|txt|pub|p12|jks)$"
)
_LIVE = re.compile(
    r"\b(?:sk|rk)_live_\w{8}|\bsk-(?:proj-|ant-)?\w{16}|\bgh[pousr]_\w{16}|\bgithub_pat_\w{16}|\bglpat-[\w-]{16}"
    r"|\bAKIA[A-Z0-9]{12}|\bxox[abpr]-\d|\bSG\.[\w-]{16}|\bAIza[\w-]{20}|\bya29\.|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bdop_v1_\w{16}|\bnpm_\w{16}|\bpypi-\w{16}|\bhf_\w{16}"
)
_LONGEST = 4_000  # characters of a value that are looked at: no text makes a pattern slow
_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal")
_OPTION = re.compile(
    r"(?i)(--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}(?:=|\s+))(\"[^\"]*\"|'[^']*'|\S+)"
)
_OPTION_ALONE = re.compile(
    r"(?i)--?[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}"
)
_ASSIGNMENT = re.compile(r"\b([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\S+)")


def words(name: str) -> list:
    """Answer the lower-case words of a variable's name: `dbPassword`, `DB_PASSWORD` -> db, password."""
    return [word.lower() for word in _WORD.findall(name)]


def is_secret_name(name: str) -> bool:
    """Answer whether a variable of this name holds a secret itself (not its length, file, lifetime …)."""
    parts = words(name)
    if not parts or parts[-1] in _ABOUT or "public" in parts or "publishable" in parts:
        return False
    if parts[0] in ("max", "min", "num") or parts[-1] == "tokens":
        return False
    for index, part in enumerate(parts):
        if part in _SECRET_WORDS and (part not in ("pass", "pat") or index == len(parts) - 1):
            return not any(word in ("bypass", "tokenizer", "tokenizers") for word in parts)
        if part == "key" and index and parts[index - 1] in _KEY_BEFORE and index == len(parts) - 1:
            return True
    return False


def is_placeholder(value: str) -> bool:
    """Answer whether a value only stands for one that somebody has to fill in."""
    return bool(_PLACEHOLDER.match(value[:_LONGEST].strip()))


def is_throw_away(value: str) -> bool:
    """Answer whether a value is one of those that development and CI databases get."""
    return bool(_THROW_AWAY.match(value[:_LONGEST].strip()))


def is_live_key(value: str) -> bool:
    """Answer whether a value has the form of a key that a known provider hands out."""
    return bool(_LIVE.search(value[:_LONGEST]))


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
    value = value[:_LONGEST].strip().strip("'\"")
    if not value or is_placeholder(value) or _ENCRYPTED.match(value) or _PATH.search(value):
        return ""
    found = references(value)
    for ref in found:
        if ref.operator in (":-", "-") and ref.default and "$" not in ref.default:
            if not is_placeholder(ref.default) and not _ENCRYPTED.match(ref.default):
                return "default"
    if found or re.search(r"\$\{[^}]*\}", value):
        return ""
    return "literal"


def url_password(value: str) -> str:
    """Answer the literal password of a URL in a value, "" if there is none, or it is a reference or placeholder.

    A password that is the user's own name is the throw-away one of a development database, and none either.
    """
    match = _URL.search(value[:_LONGEST]) if "://" in value else None
    if not match or not match["user"] or ":" not in match["user"]:
        return ""
    password = match["user"].partition(":")[2]
    if not password or "$" in password or is_placeholder(password) or "{" in password:
        return ""
    if password == match["user"].partition(":")[0]:
        return ""
    return password


def url_parts(value: str) -> dict:
    """Answer scheme, host and port (int or None) of a URL that is the whole value, {} if it is none."""
    match = _URL.match(value[:_LONGEST].strip())
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
    if len(text) > _LONGEST:
        return "*" * len(text)
    spans = [match.span(1) for match in re.finditer(r"://[^\s/?#@:]*:([^\s/?#@]+)@", text) if "$" not in match[1]]
    spans += [match.span() for match in _LIVE.finditer(text)]
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
