"""What names a secret, and what is a literal one: the vocabulary of the rules on code and on deployment files."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

_WORD = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    "password passwd passphrase pwd secret secrets token apikey credential credentials fernet pass passcode pat".split()
)
KEY_BEFORE = frozenset("api secret private encryption signing jwt auth master license fernet stripe app".split())
# words beside `token` that make it one of parsers, pages, locks or addresses, which lets nobody in
OTHER_TOKENS = frozenset("""next page prev previous continuation cursor sync cancel cancellation lock slot limit num count max min total
    input output prompt completion stop start end bos eos pad unk mask special per string byte sub word lease fencing idempotency
    paging resume stream fence install setup bootstrap initial first concurrency context ctx parser ast pos syntax
    url slug""".split())  # fmt: skip
# Words that say the variable is about a secret and holds none.
_ABOUT = frozenset(
    """file path url uri host port ttl expire expires expiry expiration lifetime age algorithm alg name id ids length
    len size min max minimum maximum limit count type header cookie enabled enable disabled disable required rounds
    policy prefix suffix issuer audience minutes seconds hours days minute second hour day regex pattern field param
    mode backend provider version endpoint scope scopes public parallelism hint reset store manager method strategy
    rotation timeout interval validity duration allow allowed check verify validate hasher hashers location bucket
    dir directory mount format encoding env var hash hashed digest""".split()
)
_PUSHERS = frozenset(("pusher", "soketi", "reverb"))
_PLACEHOLDER = lazy(
    r"""^(?: \W* | (.)\1* | <.*> | \[.*\] | \{.*\} | .*\{\{.*\}\}.* | \$\(.*\) | %\(.*\)s | @\w+@
    | !!+.*!! | invalid | not-?used | test | [123]x0{8,}[0-9A-F]{2} | (?:0?123456789a?b?c?d?e?f?)+\d*
    | .*(?: change[-_. ]?(?:me|this|it|in|for|before) | change[-_. ][\w.-]*me\b
          | replace[-_. ]?(?:me|this|with|by) | to[-_. ]be[-_. ]
          | (?:^|[-_. ])(?:your|my)[-_. ] | example | placeholder | dummy | insert[-_. ] | todo | fixme
          | (?:^|[-_. ])fake | xxx | sample | redacted | \.\.\. | \*\*\* | not[-_. ]?set
          | enter[-_. ] | put[-_. ] | fill[-_. ]?in | generate ).*
    | .*(?: cambi(?:ar|a|e|ame) | cambiar | troque | muda?r?me | ersetzen | aendern | remplace[rz]
          | (?:^|[-_. ])(?:tu|su|sua|seu|votre|dein|deine)[-_. ] | [-_. ](?:aqui|hier|ici)$ ).*
    | none | null | nil | true | false | yes | no | on | off | undefined | unset
    | secret[-_]?(?:here|key[-_]?here) | my\w*(?:password|passwd|pass|pw|secret|token|key)\d*
    | .*(?:password|passwd|secret|token|key|pw)[-_]?here.*
    | (?-i:(?:My|Your|The|Some|This|Choose|Insert|Enter|Put|Change|Replace|Use|Set|Add|A)[A-Z][a-z].*) )$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_THROW_AWAY = lazy(
    r"^(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|rabbit(?:mq)?|guest|root|admin(?:istrator)?|user"
    r"|test(?:ing|er)?|pass(?:word|wd)?|pwd|secret|dev(?:elopment)?|local(?:host|dev)?|demo|default|minio(?:admin)?|docker|app|ci|db"
    r"|insecure|unsafe|123+4*5*6*7*8*9*0*|[a-z]{1,8}|[a-z]*(?:password|passwd|secret)\d{0,4}|[a-z]{1,16}[-_]?123+4*5*6*7*8*9*0*!?|(?:[a-z]{1,8}[-_]?)?p[a@4](?:ss|55|\$\$)w[o0]rd\d*!?"
    r"|(?:.*[-_])?(?:test|dev|local|password|pass|secret|insecure|ci)(?:[-_].*)?)$",
    re.IGNORECASE,
)
URL = lazy(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.\-]{0,30})://(?:(?P<user>[^\s/?#@]*)@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s/?#:@,]*)"
                  r"(?::(?P<port>\d+|\$\{[^}]*\}|\$\w+))?(?P<rest>[^\s]*)")  # fmt: skip
ENCRYPTED = lazy(r"^(?:EV\[\d+:|ENC\[|ENC\(|AQICAH|vault:|sops:|\{cipher\}|op://|encrypted:|!vault|arn:aws:|projects/)")
PATH = lazy(
    r"^[\w.-]+\.(?:pem|key|crt|cer|json|pub|p12|jks|env)$|^(?:\.{0,2}/|~/|file:|%\w|[A-Za-z]:\\)[^\s]*$|[/\\][\w.\-]+\.(?:pem|key|crt|cer|json|txt|pub|p12|jks)$"
)
LIVE = lazy(
    r"\b(?:sk|rk)_live_\w{8}|\bsk-(?:proj-|ant-)?\w{16}|\bgh[pousr]_\w{16}|\bgithub_pat_\w{16}|\bglpat-[\w-]{16}"
    r"|\bAKIA[A-Z0-9]{12}|\bxox[abpr]-\d|\bSG\.[\w-]{16}|\bAIza[\w-]{20}|\bya29\.|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bdop_v1_\w{16}|\bnpm_\w{16}|\bpypi-\w{16}|\bhf_\w{16}"
)
# One of these stands in every text in which LIVE is found.
LIVE_STARTS = (
    "k_live_", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "AKIA", "xox", "SG.", "AIza", "ya29.",
    "-----BEGIN", "dop_v1_", "npm_", "pypi-", "hf_",
)  # fmt: skip


LONGEST = 4_000  # characters of a value that are looked at: no text makes a pattern slow


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
        if part == "key" and index and parts[index - 1] in KEY_BEFORE and index == len(parts) - 1:
            # the app key of Pusher and its kin goes to every browser; the app secret is the secret
            return parts[index - 1] != "app" or not _PUSHERS & set(parts)
    return False


def is_placeholder(value: str) -> bool:
    """Answer whether a value only stands for one that somebody has to fill in."""
    return bool(_PLACEHOLDER.match(value[:LONGEST].strip()))


def is_throw_away(value: str) -> bool:
    """Answer whether a value is one of those that development and CI databases get."""
    return bool(_THROW_AWAY.match(value[:LONGEST].strip()))


def is_live_key(value: str) -> bool:
    """Answer whether a value has the form of a key that a known provider hands out."""
    return bool(LIVE.search(value[:LONGEST]))


def url_password(value: str) -> str:
    """Answer the literal password of a URL in a value, "" if there is none, or it is a reference or placeholder.

    A password that is the user's own name is the throw-away one of a development database, and none either.
    """
    match = URL.search(value[:LONGEST]) if "://" in value else None
    if not match or not match["user"] or ":" not in match["user"]:
        return ""
    password = match["user"].partition(":")[2]
    if not password or "$" in password or is_placeholder(password) or "{" in password:
        return ""
    if password == match["user"].partition(":")[0]:
        return ""
    return password


_AFTER = frozenset(
    "key keys access value val str string text base64 b64 hex default prod production dev raw plain id".split()
)


def holds_secret(name: str) -> bool:
    """Answer whether a name in code holds a secret: as `is_secret_name`, and nothing of substance follows the word.

    `password_hash_scheme` and `secret_santa` are about something else than the secret.
    """
    if not is_secret_name(name):
        return False
    parts = words(name)
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if part in _SECRET_WORDS:
            return True
        if part == "key" and index and parts[index - 1] in KEY_BEFORE:
            return True
        if part not in _AFTER and not part.isdigit():
            return False
    return False


def is_random(value: str) -> bool:
    """Answer whether a value looks drawn or chosen as a secret: no sentence, no path, no identifier, mixed characters."""
    if (
        len(value) < 8
        or re.search(r"\s", value)
        or is_placeholder(value)
        or PATH.search(value)
        or ENCRYPTED.match(value)
    ):
        return False
    if "://" in value or re.fullmatch(r"[A-Za-z_]+(?:[._:/-][A-Za-z_]+)*", value) or re.search(r"[{}<>()$%]", value):
        return False
    letters, digits = re.search(r"[A-Za-z]", value), re.search(r"\d", value)
    return bool(letters and digits) and len(set(value)) >= 6
