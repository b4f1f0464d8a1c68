"""A credential is written in the code

## What it does
Reports a literal credential in Python: a connection URL with a password in it, a key of a form that a known provider hands
out, a private key, a literal `password=` or `api_key=` argument, a signing key given to the app or to what
signs tokens (PyJWT, python-jose, itsdangerous), and a literal that is assigned to the name of a secret and looks
drawn. The value is never shown.

## Why it matters
Whoever can read the repository, a fork, a backup or an image of it has the credential, and so has everybody who ever
could: deleting the line does not delete the history. It cannot be changed without a release, so nobody changes it.

## Bad
```python
import psycopg2

REPORTING_URL = "postgresql://reporting:Sommer-2024@replica.internal/orders"  # AUD508


def connect():
    return psycopg2.connect(host="db.internal", user="shop", password="lantern-harbor-41")  # AUD508
```

## Good
```python
import os

import psycopg2

REPORTING_URL = os.environ["REPORTING_URL"]
EXAMPLE_URL = "postgresql://user:password@host/database"


def connect():
    return psycopg2.connect(host="db.internal", user="shop", password=os.environ["DB_PASSWORD"])
```

## Fixed
Replace the credential where it is valid, then read the new one from the environment or a secret store.

## Options
None.

## Limits
Placeholders (`changeme`, `xxx`, `<password>`, `your-token`), examples in docstrings, the throw-away values of development
databases (`postgres`, `password`, short plain words), hosts called example, generated files and tests are silent. A name or argument alone
does not make a credential: its value has to mix letters and digits. Under a name such as `connection_example`, and in a
folder of examples or documentation, only the keys of known providers, private keys and URLs count.
A default for a variable of the environment is AUD507.

## Origin
Audit E 4. Rules on hardcoded passwords elsewhere report labels and field names, and no password in a URL.
"""

import ast
import re

from preaudit.core.development import is_development
from preaudit.core.environ import fields_of, is_settings_class, read_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.secrets import (
    LIVE_STARTS,
    OTHER_TOKENS,
    URL,
    holds_secret,
    is_live_key,
    is_placeholder,
    is_random,
    is_throw_away,
    url_password,
    words,
)
from preaudit.core.tree import dotted, parents, statement_of

RULE = Rule(
    code="AUD508",
    name="hardcoded-credential",
    severity="critical",
    scope="file",
    message="{what}, readable by all who can read the repository; replace it where it is valid, and read the new one from "
    "the environment",
    since="0.1.0",
    audits=("E 4",),
)
PRIVATE_KEY = lazy(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{40,}")
SAMPLE_HOSTS = lazy(r"(?:^|\.)(?:example|invalid|test)(?:\.|$)|^(?:host|hostname|server|your|my|db-?host)\w*$")
SAMPLES = lazy(r"(?:^|/)(?:examples?|samples?|docs?|tutorials?)/", re.I)
SAMPLE_NAME = frozenset({"example", "examples", "sample", "samples", "dummy", "fake", "placeholder"})
APPS = ("flask.Flask", "quart.Quart")
# What signs or reads tokens -> the position of the key.
SIGNERS = {
    "jwt.encode": 1, "jwt.decode": 1, "jose.jwt.encode": 1, "jose.jwt.decode": 1, "itsdangerous.URLSafeTimedSerializer": 0,
    "itsdangerous.URLSafeSerializer": 0, "itsdangerous.TimestampSigner": 0, "itsdangerous.Signer": 0,
}  # fmt: skip
SIGNING = ("jwt", "jose", "itsdangerous")  # what a file names that imports one of them
ARGUMENTS = frozenset({"password", "passwd", "pwd", "passphrase", "api_key", "apikey", "secret_key", "secret", "auth_token",
                       "access_token", "aws_secret_access_key", "client_secret", "token", "jwt_secret"})  # fmt: skip


@RULE.on(ast.Constant)
def check_text(node, ctx):
    """Report URLs with a password and keys of known forms, wherever such a text stands."""
    value = node.value
    if not isinstance(value, str) or len(value) < 12:
        return
    what = ""
    if "://" in value and "@" in value:
        what = (
            "a URL holds its password" if _has_password(value) and not isinstance(node.parent_, ast.JoinedStr) else ""
        )
    elif PRIVATE_KEY.search(value):
        what = "a private key is written here"
    elif len(value) < 300 and ctx.once("live keys", lambda: _holds_keys(ctx)) and is_live_key(value) and _is_key(value):
        what = "a key in a provider's form is written here"
    if (
        what
        and not _is_generated(ctx)
        and not _is_text_about(node)
        and not _is_fallback(node, ctx)
        and not is_development(ctx, node)
    ):
        yield RULE.at(node, what=what)


def _holds_keys(ctx) -> bool:
    """Answer whether the beginning of any provider's key stands in the file: nearly none has one."""
    return any(map(ctx.holds, LIVE_STARTS))


@RULE.on(ast.Call)
def check_argument(node, ctx):
    """Report literal secrets among the arguments of a call."""
    for keyword in node.keywords:
        if keyword.arg not in ARGUMENTS or not _is_credential(keyword.value) or _is_generated(ctx):
            continue
        if (
            not _is_fallback(keyword.value, ctx)
            and not is_development(ctx, node)
            and not _is_sample(keyword.value, ctx)
        ):
            yield RULE.at(keyword.value, what=f"the argument {keyword.arg} is a literal")


@RULE.on(ast.Call)
def check_signature(node, ctx):
    """Report the literal key of a token that is signed or read."""
    if not ctx.once("signs", lambda: any(map(ctx.holds, SIGNING))):
        return
    key = _signing_key(node, ctx)
    if isinstance(key, ast.Constant) and _is_chosen(key) and not _is_generated(ctx) and not is_development(ctx, node):
        yield RULE.at(key, what="the key that signs tokens is a literal")


def _signing_key(call, ctx):
    """Answer the node of the key with which a call signs or reads tokens, None if it does neither."""
    position = SIGNERS.get(ctx.qualname(call.func))
    if position is None:
        return None
    named = [keyword.value for keyword in call.keywords if keyword.arg in ("key", "secret_key")]
    return named[0] if named else call.args[position] if len(call.args) > position else None


def _is_chosen(node) -> bool:
    return isinstance(node.value, str) and bool(node.value) and not is_placeholder(node.value)


def _signs(ctx, target) -> bool:
    """Answer whether the file signs tokens with the value of a module's name."""
    if not isinstance(target, ast.Name) or not isinstance(target.parent_.parent_, ast.Module):
        return False
    keys = ctx.once("signing keys", lambda: {dotted(_signing_key(call, ctx)) for call in ctx.nodes(ast.Call)})
    return target.id in keys


@RULE.on(ast.Assign, ast.AnnAssign)
def check_assignment(node, ctx):
    """Report literals assigned to the name of a secret, and the signing key of an app."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
        return
    name, app = _name_of(target), _app_of(target)
    if not name or not holds_secret(name) or _is_generated(ctx):
        return
    if name.lower().endswith("token") and OTHER_TOKENS & set(words(name)):
        return
    if app is not None and ctx.is_a(app, *APPS):
        found = len(node.value.value) > 0 and not is_placeholder(node.value.value)
    else:
        drawn = _is_credential(node.value) and not _is_label(node, name)
        found = drawn or _is_chosen(node.value) and _signs(ctx, target)
    if (
        found
        and not _is_fallback(node.value, ctx)
        and not is_development(ctx, node)
        and not _is_sample(node.value, ctx)
    ):
        yield RULE.at(node, what=f"{name} is given a literal")


def _is_label(node, name) -> bool:
    """Answer whether a literal names what the variable does, as members of an Enum do: `reset_token2 = "reset_token2_mail"`."""
    owner = node.parent_
    if isinstance(owner, ast.ClassDef) and any(dotted(base).endswith("Enum") for base in owner.bases):
        return True
    return name.lower() in node.value.value.lower().replace("-", "_")


def _is_sample(node, ctx) -> bool:
    """Answer whether a value without a provider's form is shown to readers: in a folder of examples, or under such a name."""
    if SAMPLES.search(ctx.path):
        return True
    statement = statement_of(node)
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return any(target is not None and SAMPLE_NAME & set(words(_name_of(target))) for target in targets)


def _is_generated(ctx) -> bool:
    """Answer whether the file says at its top that a build writes it: nobody edits that, and git need not have it."""
    return bool(re.search(r"(?i)#.*(?:\bgenerated\b|do not edit)", "".join(ctx.lines[:3])))


def _name_of(target) -> str:
    if isinstance(target, ast.Subscript):
        return (
            target.slice.value if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str) else ""
        )
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _app_of(target):
    """Answer the app of `app.secret_key` and `app.config["SECRET_KEY"]`, None if it is neither."""
    if isinstance(target, ast.Attribute) and target.attr == "secret_key":
        return target.value
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute) and target.value.attr == "config":
        return target.value.value if _name_of(target) == "SECRET_KEY" else None
    return None


def _is_credential(value) -> bool:
    """Answer whether a literal looks drawn or chosen as a secret, and is not reported by its own form."""
    if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return False
    text = value.value
    return is_random(text) and not is_throw_away(text) and not (is_live_key(text) or PRIVATE_KEY.search(text))


def _is_key(value: str) -> bool:
    """Answer whether a text with the form of a key can be one: it is one word, no pattern, and not made up."""
    return (
        not re.search(r"[\\\[\]{}()*|^\s]", value)
        and not is_placeholder(value)
        and not re.search(r"(.)\1{5}|1234567|abcdef", value, re.I)
        and bool(re.search(r"\d", value))
    )


def _has_password(value: str) -> bool:
    password = url_password(value)
    if not password or is_throw_away(password) or re.search(r"[%<>\[\]()*\\|\s]", password) or len(value.split()) > 1:
        return False
    match = URL.search(value)
    return not SAMPLE_HOSTS.search(match["host"].lower())


def _is_text_about(node) -> bool:
    """Answer whether a text is a docstring, an example or a description, or one side of a comparison."""
    parent = node.parent_
    if isinstance(parent, (ast.Expr, ast.Compare, ast.JoinedStr)):
        return True
    for outer in parents(node):
        if isinstance(outer, ast.keyword) and outer.arg:
            if re.search(r"example|help|description|doc|summary|title|placeholder|pattern|match", outer.arg):
                return True
        if isinstance(outer, (ast.Assign, ast.AnnAssign)):
            target = outer.targets[0] if isinstance(outer, ast.Assign) else outer.target
            if re.search(r"example|doc|help|sample|pattern|regex|placeholder|mock|fake", dotted(target), re.I):
                return True
        if isinstance(outer, ast.Dict):
            for key, value in zip(outer.keys, outer.values, strict=True):
                if isinstance(key, ast.Constant) and value in (node, *parents(node)):
                    if re.search(r"example|description|help", str(key.value), re.I):
                        return True
        if isinstance(outer, ast.stmt):
            return False
    return False


def _is_fallback(node, ctx) -> bool:
    """Answer whether a literal is what stands in for a variable of the environment: AUD507 speaks of those."""
    for outer in parents(node):
        if isinstance(outer, (ast.Call, ast.BoolOp, ast.IfExp)):
            values = (outer,) if isinstance(outer, ast.Call) else ast.walk(outer)
            if any(read_of(ctx, one) is not None for one in values):
                return True
        if isinstance(outer, ast.ExceptHandler):
            return any(read_of(ctx, one) is not None for statement in outer.parent_.body for one in ast.walk(statement))
        if isinstance(outer, ast.If) and re.match(r"not |.* (?:is|==) (?:None|'')$", ast.unparse(outer.test)):
            return True
        if isinstance(outer, ast.ClassDef):
            return is_settings_class(ctx, outer) and any(node in ast.walk(d) for _, _, d in fields_of(outer))
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
    return False
