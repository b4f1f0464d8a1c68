"""What may be kept or shown of a text in which a secret can stand.

Three questions: what a constant in code may be kept as (`kept`), what a text of any kind (`masked`), and how a line
may be shown (`mask_line`). Rules see what they need of a kept secret: whether it is one that a person has to fill in,
a throw-away one, drawn, or of a provider's form. The text itself stays in the file.
"""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.secrets import (
    ENCRYPTED,
    KEY_BEFORE,
    LIVE,
    LONGEST,
    PATH,
    holds_secret,
    is_placeholder,
    is_random,
    is_secret_name,
    is_throw_away,
    words,
)

# One text for each answer of (is_placeholder, is_throw_away, is_random, is_live_key).
STANDS_FOR = {
    (True, True, False, False): "changeme", (True, False, False, False): "change-me",
    (True, False, False, True): "sk_live_xxxxxxxxx", (False, True, False, False): "secret",
    (False, True, True, False): "dev-a1b2c3d4", (False, False, True, False): "masked12value",
    (False, False, True, True): "sk_live_masked00a1b2c3d4", (False, False, False, False): "masked+value",  # noqa: AUD508
    (False, False, False, True): "-----BEGIN PRIVATE KEY-----", (False, True, True, True): "sk_live_masked00-dev",  # noqa: AUD508
    (True, True, False, True): "sk_live_xxxxxxxxx-dev", (False, True, False, True): "ya29. dev-dev",
}  # fmt: skip
_NO_VALUE = frozenset(
    ("", "none", "null", "nil", "false", "true", "0", "1", "no", "off", "unset", "undefined", "disabled", "auto")
)
_URL_PASSWORD = lazy(r"(://[^\s/?#@:]*:|\A:)([^\s/?#@]+)(?=@)")
_ASSIGNED = lazy(r"(?<![\w$])([A-Za-z_][\w.-]*)\s?=\s?(\"[^\"]*\"|'[^']*'|[^\s&;,\"']+)")
_BEARER = lazy(r"(?i)\b((?:bearer|basic|token)\s+)(?=[\w.~+/=-]*[\d.+/=])([\w.~+/=-]{8,})")
_JWT = lazy(r"\beyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]+")
_HOOK = lazy(r"(?<=hooks\.slack\.com/services/)[\w/]+|(?<=discord\.com/api/webhooks/)[\w/-]+")
_ACCOUNT_KEY = lazy(r"(?i)\b((?:AccountKey|SharedAccessKey|SharedAccessSignature|Pwd)=)([^;\s\"']+)")
_SIGNS = ("=", "@", "earer ", "asic ", "oken ", "eyJ", "hooks", "EARER ")
_ENV_READS = frozenset(
    ("getenv", "get", "pop", "setdefault", "config", "setattr", "getattr", "getstr", "environ", "env", "str", "option")
)
_GIVEN = frozenset(("default", "value", "fallback", "default_value", "initial", "server_default"))
_CARRIERS = frozenset(("str", "bytes", "encode", "decode", "strip", "field", "mapped_column", "b64encode", "quote"))
_TAKERS = lazy(r"(?:set|hash|check|verify|encrypt|make)_?(?:password|passwd|secret|token|passphrase)\w*\Z", re.I)
_LOGINS = lazy(r"(?:login|authenticate|\w*(?:Basic|Digest|Plain)(?:Auth|Authentication|Credentials)?)\Z")
_held: dict = {}


def holds(name: str) -> bool:
    """Answer whether what code gives this name is a secret; `holds_secret`, remembered, plurals as well."""
    found = _held.get(name)
    if found is None:
        if len(_held) > 20_000:
            _held.clear()
        found = _held[name] = len(name) < 200 and (
            holds_secret(name) or (name[-1:] in "sS" and holds_secret(name[:-1]))
        )
    return found


def kept(node: ast.Constant):
    """Answer what may be kept of a constant of code, a text or number: itself, or one that stands for such a secret."""
    value = node.value
    if value.__class__ is str:
        if len(value) < 3 or value.lower() in _NO_VALUE:
            return value
        if is_secret(node):
            return standing_for(value)
        return masked(value)
    if value.__class__ is int and value > 999 and is_secret(node):
        return 0
    return value


def standing_for(value: str) -> str:
    """Answer the text that stands for a secret: rules that ask what kind of a value it is get the same answers."""
    text = value.strip()
    if PATH.search(text) or ENCRYPTED.match(text):
        return masked(value)
    if "://" in text and "@" in text:
        return masked(value)
    key = (is_placeholder(value), is_throw_away(value), is_random(value), bool(LIVE.search(value[:LONGEST])))
    return STANDS_FOR.get(key, "masked+value")


def masked(text: str) -> str:
    """Answer a text without what has the form of a secret: passwords in URLs, keys of providers, `password=...`."""
    if len(text) < 8 or len(text) > LONGEST:
        return text if len(text) < 8 or not _may_hold(text) else text[:0]
    if "@" in text:
        text = _URL_PASSWORD.sub(lambda m: m[1] + (_password(m[2]) if _is_literal(m[2]) else m[2]), text)
    if LIVE.search(text):
        text = LIVE.sub("***", text) if not LIVE.fullmatch(text.strip()) and "BEGIN" not in text else _live(text)
    if not _may_hold(text):
        return text
    text = _JWT.sub("***", text)
    text = _HOOK.sub("***", text)
    text = _BEARER.sub(r"\1***", text)
    text = _ACCOUNT_KEY.sub(r"\1***", text)
    return _ASSIGNED.sub(lambda m: f"{m[1]}=***" if is_secret_name(m[1]) and _is_literal(m[2]) else m[0], text)


def masked_keys(text: str) -> str:
    """Answer a message without passwords in URLs and keys of known forms; nothing else in it is touched."""
    text = _JWT.sub("***", LIVE.sub("***", text))
    return _URL_PASSWORD.sub(lambda m: m[1] + ("***" if _is_literal(m[2]) else m[2]), text)


def _may_hold(text):
    return any(sign in text for sign in _SIGNS)


def _live(text):
    return STANDS_FOR[(False, False, "BEGIN" not in text, True)]


def _password(text):
    """Answer what stands for the password of a URL; `url_password` and `is_throw_away` answer the same of it."""
    key = (is_placeholder(text), is_throw_away(text))
    return {(True, True): "changeme", (True, False): "change-me", (False, True): "secret"}.get(key, "masked12value")


def _is_literal(value):
    """Answer whether a value is a text of its own, and no `$NAME`, `{name}`, `%s` or call."""
    return not ("$" in value or "{" in value or value.startswith("%") or "(" in value or value.strip("'\"") == "")


def is_secret(node: ast.Constant) -> bool:
    """Answer whether a constant of code is a secret by its place: what it is given to, or compared with, has such a name.

    A value that only repeats the words of the name (`TOKEN = "token"`) is none, and so is the name of a key
    (`token_key = "session:{}"`).
    """
    name = _name_of(node)
    if not name:
        return False
    if name == "!":
        return True
    if not holds(name):
        return False
    value = node.value
    if value.__class__ is not str:
        return True
    parts = words(name)
    if not set(words(value)) - set(parts) and value.replace("_", "").replace("-", "").replace(" ", "").isalpha():
        return False
    looked_up = parts[-1] == "key" and len(parts) > 1 and parts[-2] not in KEY_BEFORE
    return not (looked_up and re.search(r"[:{%]", value))


def _name_of(node) -> str:
    """Answer the name of what a constant is given to, '' if there is none, "!" where its place alone makes it a secret."""
    child, parent = node, getattr(node, "parent_", None)
    for _ in range(6):
        if parent is None:
            return ""
        kind = parent.__class__
        if kind is ast.Assign:
            return _target(parent.targets[0]) if parent.value is child else ""
        if kind is ast.AnnAssign or kind is ast.NamedExpr or kind is ast.AugAssign:
            return _target(parent.target) if parent.value is child else ""
        if kind is ast.keyword:
            if parent.arg == "auth" and child.__class__ is ast.Tuple:
                return "!"
            if parent.arg not in _GIVEN:
                return parent.arg or ""
            name = _first_text(parent.parent_)
            if name and holds(name):
                return name
            child, parent = parent.parent_, parent.parent_.parent_
            continue
        if kind is ast.Dict:
            for key, value in zip(parent.keys, parent.values):
                if value is child:
                    return key.value if key.__class__ is ast.Constant and key.value.__class__ is str else _target(key)
            return ""
        if kind is ast.Call:
            if child is parent.func:
                child, parent = parent, parent.parent_  # "...".encode()
                continue
            last = _target(parent.func)
            if parent.args and child is not parent.args[0]:
                name = _first_text(parent)
                if last in ("setattr", "setitem") and len(parent.args) > 1:
                    second = parent.args[1]
                    name = second.value if second.__class__ is ast.Constant and second is not child else ""
                if name.__class__ is str and name and holds(name):
                    return name
                if len(parent.args) > 1 and child is parent.args[1] and _LOGINS.match(last):
                    return "!"
            if _TAKERS.match(last):
                return "!"
            if not (last in _CARRIERS or last[:1].isupper()):
                return ""
            child, parent = parent, parent.parent_
            continue
        if kind is ast.BoolOp or kind is ast.IfExp:
            for other in parent.values if kind is ast.BoolOp else (parent.body, parent.test):
                if other is not child and (name := _read_name(other)) and holds(name):
                    return name
        elif kind is ast.Compare:
            for other in (parent.left, *parent.comparators):
                if other is not child and (name := _read_name(other) or _target(other)) and holds(name):
                    return name
            return ""
        elif kind is ast.arguments:
            return _parameter(parent, child)
        elif kind is ast.Return:
            function = parent.parent_
            while function is not None and function.__class__ not in (ast.FunctionDef, ast.AsyncFunctionDef):
                function = function.parent_
            return function.name if function is not None else ""
        elif kind is ast.Tuple or kind is ast.List:
            if len(parent.elts) == 2 and child is parent.elts[1]:
                first = parent.elts[0]
                if first.__class__ is ast.Constant and first.value.__class__ is str and holds(first.value):
                    return first.value
        elif kind not in (ast.Attribute, ast.JoinedStr, ast.BinOp, ast.Set):
            return ""
        child, parent = parent, parent.parent_
    return ""


def _target(node) -> str:
    """Answer the name at the end of `x`, `a.x`, `a["x"]`, '' of anything else."""
    kind = node.__class__
    if kind is ast.Name:
        return node.id
    if kind is ast.Attribute:
        return node.attr
    if kind is ast.Subscript:
        key = node.slice
        return key.value if key.__class__ is ast.Constant and key.value.__class__ is str else _target(key)
    return ""


def _first_text(call) -> str:
    """Answer the text that a call is given first, '' if it is none."""
    first = call.args[0] if call.__class__ is ast.Call and call.args else None
    return first.value if first.__class__ is ast.Constant and first.value.__class__ is str else ""


def _read_name(node) -> str:
    """Answer the name in `os.getenv("NAME")`, `os.environ["NAME"]` and `settings.get("NAME", ...)`, else ''."""
    if node.__class__ is ast.Call:
        return _first_text(node) if _target(node.func) in _ENV_READS else ""
    return _target(node) if node.__class__ in (ast.Subscript, ast.Name, ast.Attribute) else ""


def _parameter(arguments, default) -> str:
    positional = [*arguments.posonlyargs, *arguments.args]
    for given, value in zip(reversed(positional), reversed(arguments.defaults)):
        if value is default:
            return given.arg
    for given, value in zip(arguments.kwonlyargs, arguments.kw_defaults):
        if value is default:
            return given.arg
    return ""


# Lines as they are shown


_PAIR = lazy(
    r"""(?P<name>[A-Za-z_][\w.-]*)["']?\]?\s*(?::\s*\w+\s*(?==))?(?:==|[:=])\s*
    (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\$\{[^}]*\}|[^\s,;(){}\]#"'])+)""",
    re.VERBOSE,
)
_WHOLE = lazy(r"^\s*(?:-\s+|export\s+)?[\"']?(?P<name>[A-Za-z_][\w.-]*)\s*[:=]\s*(?P<value>[^\s\"'].*?)\s*(?:\s#.*)?$")
_DEFAULT = lazy(r"""["'](?P<name>\w+)["']\s*,\s*(?:\w+\s*=\s*)?(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_VALUE_KEY = lazy(
    r"(?:^\s*(?:-\s+)?|[{,]\s*)[\"']?value[\"']?:\s+(?P<value>\"[^\"]*\"|'[^']*'|(?:\$\{[^}]*\}|[^\s,}])+)"
)
_ALL_REFERENCES = lazy(r"(?:\$\{[^}]*\}|\$\w+|[\s:@/_.\-])*")
_ENVIRONMENT = lazy(r"\s*(?:-\s+|export\s+)?[A-Z][A-Z0-9_]*=\S")
_LITERAL_DEFAULT = lazy(r"\$\{[A-Z_][A-Z0-9_]*:?-([^}$]+)\}")
_CODE = lazy(r"[A-Za-z_][\w.]*[(\[].*|(?:self|cls|settings|config|os|request|args|env)\..*|None|True|False|await|not")
# A quote that no other one on the line closes: the value goes on in the next line.
_OPEN = lazy(
    r"""^\s*(?:-\s+|export\s+)?["']?(?P<name>[A-Za-z_][\w.-]*)["']?\s*(?::\s*\w+\s*)?[:=]\s*
    (?:\"{3}(?P<a>[^"]+)|'{3}(?P<b>[^']+)|\"(?P<c>[^"]+)|'(?P<d>[^']+))$""",
    re.VERBOSE,
)
_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
# `auth=("user", "...")`, `BasicAuth("user", "...")`, `set_password("...")`, `os.getenv("TOKEN") or "..."`
_IN_CODE = (
    lazy(rf"\bSecret\w*\((?P<value>{_TEXT})"),
    lazy(rf"\bauth\s*=\s*\([^,()]*,\s*(?P<value>{_TEXT})"),
    lazy(rf"(?:Auth|Authentication|Credentials|\blogin|\bauthenticate)\([^,()]*,\s*(?P<value>{_TEXT})"),
    lazy(
        rf"(?i)(?:set|hash|check|verify|encrypt|make)_?(?:password|passwd|secret|token|passphrase)\w*\((?P<value>{_TEXT})"
    ),
)
_OR = lazy(rf"\b(?P<name>[\w.]+)[\"'\])]*\s+(?:in\s+[\w.]+\s+)?(?:or|else)\s+(?P<value>{_TEXT})")
_QUERY = lazy(r"[?&;](?P<name>[\w.-]+)=(?P<value>[^&;\s\"'{}$]+)")
_SET = lazy(r"(?<![\w$.-])(?P<name>[A-Z][A-Z0-9_]+)=(?P<value>[^\s\"',;)]+)|^\s*ENV\s+(?P<env>\w+)\s+(?P<to>\S.*)$")
_OPTION = lazy(
    r"(?i)(?<![\w-])-{1,2}[\w.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|apikey|api-key|requirepass)[\w.-]{0,40}"
    r"[\"']?(?:=|,?\s+)(?P<value>\"[^\"]*\"|'[^']*'|[^\s,\]]+)|\bredis-cli\b.*?\s-a\s+(?P<redis>\S+)"
    r"|\b(?:mysql\w*|mariadb\w*)\b.*?\s-p(?P<mysql>[^\s\"']+)"
)


def mask_line(text: str) -> str:
    """Answer a line of any file as it may be shown: what could be a secret replaced by as many asterisks.

    Columns stay what they are. Masks the value of a name that says secret, the default handed along with such a
    name, passwords in URLs, keys of known forms, `value:` of an app spec, and what programs and code take as a
    password by its place. References are kept.
    """
    if len(text) > LONGEST:
        return "*" * len(text)
    folded = text.casefold()
    return _mask(text) if any(sign in folded for sign in _NEEDED) else text


# Without one of these in it no pattern below masks anything: most lines are looked at no further. The first row
# has a part of every word that makes a name secret (`is_secret_name`).
_NEEDED = (
    "pass", "pwd", "secret", "token", "key", "credential", "fernet", "pat",
    "://", "_live_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "akia", "xox", "sg.", "aiza", "ya29.",
    "dop_v1_", "npm_", "pypi-", "hf_", "eyj", "slack.com", "discord.com", "bearer", "basic", "sharedaccess", "auth",
    "login", "value", "redis-cli", "mysql", "mariadb",
)  # fmt: skip


def _mask(text):
    spans = [match.span(1) for match in re.finditer(r"://[^\s/?#@:]*:([^\s/?#@]+)@", text) if "$" not in match[1]]
    spans += [match.span() for match in LIVE.finditer(text)]
    spans += [match.span() for pattern in (_JWT, _HOOK) for match in pattern.finditer(text)]
    spans += [match.span(2) for pattern in (_BEARER, _ACCOUNT_KEY) for match in pattern.finditer(text)]
    match = _PAIR.search(text)
    while match:
        secret = is_secret_name(match["name"])
        if secret:
            spans += _to_mask(match)
        # in `note:password=x` the first pair is none
        match = _PAIR.search(text, match.end() if secret else match.end("name"))
    for pattern in (_DEFAULT, _WHOLE, _OR):
        for match in pattern.finditer(text):
            if is_secret_name(match["name"]):
                spans += _to_mask(match)
    for match in _QUERY.finditer(text):
        if is_secret_name(match["name"]):
            spans.append(match.span("value"))
    for match in _SET.finditer(text):
        if is_secret_name(match["name"] or match["env"]) and "$" not in (match["value"] or match["to"]):
            spans.append(match.span("value" if match["name"] else "to"))
    opened = _OPEN.match(text)
    if opened and is_secret_name(opened["name"]):
        spans.append(next(opened.span(part) for part in "abcd" if opened[part] is not None))
    for match in _VALUE_KEY.finditer(text):
        spans += _to_mask(match)
    for pattern in _IN_CODE:
        for match in pattern.finditer(text):
            start, end = match.span("value")
            spans.append((start + 1, end - 1))
    for match in _OPTION.finditer(text):
        name = next(name for name in ("value", "redis", "mysql") if match[name] is not None)
        start, end = match.span(name)
        if "$" not in match[name] and not match[name].startswith("-"):
            quoted = match[name][0] in "\"'"
            spans.append((start + quoted, end - quoted))
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
