"""A secret is written to the log

## What it does
Reports a password, token, API key or other secret that is passed to a logger or to `print()`: as an argument, in an
f-string, in `extra=`, in a dictionary; the whole body of a request to a route that logs in, registers or hands out
tokens; and all the headers of a request, which hold `Authorization` and `Cookie`.

## Why it matters
Logs are copied to collectors, dashboards and tickets, are read by more people than the database, and are kept for years. A
token in a log is a login for whoever reads it. Changing the secret is the only cure.

## Bad
```python
import logging

from fastapi import APIRouter, Request

logger = logging.getLogger(__name__)
router = APIRouter()


def connect(host, user, password):
    logger.info("connecting to %s as %s with %s", host, user, password)  # AUD516


@router.post("/login")
async def login(request: Request):
    body = await request.json()
    logger.debug(f"login attempt: {body}")  # AUD516
    return {"token": "..."}
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def connect(host, user, password):
    logger.info("connecting to %s as %s (password set: %s)", host, user, bool(password))
```

## Fixed
Log who, where and what came of it. Where the secret must be recognisable, log the last characters of its hash.

## Options
None.

## Limits
A secret is known by the name that holds it; what a variable is given is followed within the function. A bare `token` counts
where the function or its file speaks of authentication, or of where it came from: parsers, limiters and language models have
tokens of their own. Silent: what is cut, hashed, masked, measured or compared; objects that hide their secret
(`SecretStr`); headers behind a condition on a setting or the environment; programs that talk to a person at a terminal;
values that are asked for other things than the secret (`token.id`, `token_type`, `password_age`).

## Origin
Seen in login routes and clients of audited services. Semgrep and CodeQL have such rules, by the spelling of the message.
"""

import ast
import re

from preaudit.core import dataflow, flow, logs, requests, values
from preaudit.core.contexts import route_of
from preaudit.core.development import is_development
from preaudit.core.environ import read_of
from preaudit.core.patterns import lazy
from preaudit.core.prints import is_terminal_module
from preaudit.core.rule import Rule
from preaudit.core.secrets import OTHER_TOKENS, holds_secret, words
from preaudit.core.tree import FUNCTIONS, def_of, dotted, function_of, parents, qualified_scope

RULE = Rule(
    code="AUD516",
    name="secret-in-log",
    severity="high",
    scope="types",
    message="{what} is written to the log, where it outlives its use and others read it; log who it belongs to, not what it is",
    since="0.1.0",
    words=("log", "print("),
)
# What keeps the secret readable: the result of these is as secret as what they are given.
KEEPS = frozenset({
    "str", "repr", "format", "dumps", "strip", "decode", "encode", "lower", "upper", "replace", "join",
    "dict", "model_dump", "copy", "pformat", "to_dict", "json", "model_dump_json", "list", "lstrip", "rstrip", "ascii", "quote",
    "b64encode", "urlencode", "hex",
})  # fmt: skip
# Words that make a bare `token` one that lets somebody in.
_ENTRY = frozenset("""access refresh auth bearer jwt session api reset id bot github gitlab slack oauth oauth2 admin user login
    csrf xsrf secret private service account device invite verification activation confirmation magic personal security
    hf vault webhook client deploy push fcm""".split())  # fmt: skip
_AUTH = lazy(
    r"(?:^|_|\b)(?:auth\w*|login|log_in|signin|sign_in|signup|sign_up|sso|oauth2?|jwt|session|password\w*|credentials?|"
    r"bearer|identity|users?|account|accounts|invit\w*|verif\w*|reset|logout|secur\w*)(?:_|\b|$)", re.I
)  # fmt: skip
_SETTINGS = lazy(r"(?i)(?:^|[._])(?:settings|config|conf|cfg|env|environ|getenv|secrets|options)$")
_PLAIN = frozenset({"password", "passwd", "pwd", "passphrase", "secret", "token"})
_AUTH_ROUTE = lazy(
    r"(?:^|[/_.-])(?:login|log-?in|signin|sign-?in|signup|sign-?up|register|registration|token|tokens|password|passwords|auth|"
    r"authenticate|authorize|oauth2?|otp|2fa|mfa|reset-?password|change-?password|forgot-?password)(?:$|[/_.-])", re.I
)  # fmt: skip
_REFUSED = lazy(r"Signature|Expired|Invalid\w*(?:Token|Key|Grant|Password)|(?:Decode|JWT|JWS|JOSE)Error")
_SAYS_REFUSED = lazy(
    r"(?i)invalid|expired|not found|unknown|\bbad\b|revoked|malformed|not exist|mismatch|unrecogni[sz]ed|not valid|"
    r"fail(?:ed|ure)? (?:to )?(?:verif|decod|validat|pars)|no (?:such )?\w+ (?:found )?for"
)
_SWITCH = lazy(r"(?i)(?:^|[._])(?:settings|config|conf|options|verbose|trace|debug)(?:$|[._])|(?:^|_)log(?:_|$)")
_STANDS_IN = lazy(r"_?(?:Null|Noop|NoOp|Dummy|Fake|Mock|Stub)[A-Z]")
_MASKED = lazy(
    r"mask|redact|obfuscat|hash|censor|scrub|sanitiz|anonymi|encrypt|hidden|fingerprint|dummy|fake|truncat|digest"
)


@RULE.on_calls({"print", "pprint", *(f".{method}" for method in logs.LOG_METHODS)}.__contains__)
def check(node, ctx):
    """Report the first secret among the arguments of a log or print."""
    if not _is_sink(node, ctx) or _stands_in(node):
        return
    given = [
        *node.args,
        *(keyword.value for keyword in node.keywords if keyword.arg not in ("exc_info", "file", "sep", "end")),
    ]
    for value in given:
        found = _secret(value, ctx, 0)
        if found is not None:
            if not {"token", "key"} & set(words(found[1])) or not _is_refused(found[0], ctx):
                yield RULE.at(found[0], what=found[1])
            return


def _is_sink(node, ctx) -> bool:
    """Answer whether a call writes to the log: a logger's method, or a print outside programs for a terminal."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in logs.LOG_METHODS and logs.is_logger_call(node, ctx.names)
    if not (isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint")):
        return False
    if ctx.qualname(node.func) not in ("builtins.print", "pprint.pprint"):
        return False
    return not is_terminal_module(ctx)


def _stands_in(node) -> bool:
    """Answer whether a call is in a class that only stands in for the real one, which has no real secret."""
    return any(isinstance(parent, ast.ClassDef) and _STANDS_IN.match(parent.name) for parent in parents(node))


def _is_refused(node, ctx) -> bool:
    """Answer whether a token or key is logged where it was just refused: it lets nobody in any more, or never did."""
    handler = flow.handler_of(node)
    if handler is not None and handler.type is not None and all(_REFUSED.search(name) for name in flow.caught(handler)):
        return True
    parent = node
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.Call) and _is_sink(parent, ctx):
            return any(
                isinstance(one, ast.Constant) and isinstance(one.value, str) and _SAYS_REFUSED.search(one.value)
                for argument in parent.args for one in ast.walk(argument)
            )  # fmt: skip
        parent = parent.parent_
    return False


def _secret(node, ctx, depth):
    """Answer (place, what) of the secret that a logged expression shows, None if it shows none."""
    if depth > 8:
        return None
    what = _revealed(node) or _named(node, ctx) or _body(node, ctx) or _headers(node, ctx)
    if what:
        return node, what
    for part in _shown(node, ctx):
        found = _secret(part, ctx, depth + 1)
        if found is not None:
            # the place is where it enters the log, also where a variable holds it
            return (node, found[1]) if isinstance(node, ast.Name) else found
    return None


def _revealed(node) -> str:
    """Answer how a message names `settings.secret.get_secret_value()`, '' for any other expression."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_secret_value":
        shown = dotted(node.func.value)
        return shown if shown.isascii() and shown else "a secret"
    return ""


def _shown(node, ctx):
    """Give what of an expression can be read in its text."""
    if isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.BinOp):
        if isinstance(node.op, (ast.Mod, ast.Add)):
            yield from (node.left, node.right)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from (value for value in node.values if value is not None)
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, (ast.BoolOp, ast.IfExp, ast.Await, ast.NamedExpr)):
        yield from (part for part in dataflow.sources(ctx, node) if part is not node)
    elif isinstance(node, ast.Call):
        last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        if last in KEEPS:
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)
            if isinstance(node.func, ast.Attribute):
                yield node.func.value
    elif isinstance(node, ast.Name):
        given = dataflow.given(ctx, node)
        if len(given) == 1 and isinstance(
            given[0], (ast.JoinedStr, ast.Dict, ast.BinOp, ast.Name, ast.Attribute, ast.Await)
        ):
            yield given[0]


def _named(node, ctx) -> str:
    """Answer how a message names an expression whose name says that it is a secret, '' if it does not."""
    if isinstance(node, ast.Subscript):
        name = node.slice.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else ""
    elif isinstance(node, ast.Call) and _is_getter(node):
        name = node.args[-1].value if dotted(node.func) == "getattr" else node.args[0].value
    else:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if not name or not holds_secret(name) or _MASKED.search(name.lower()):
        return ""
    if isinstance(node, (ast.Name, ast.Attribute)):
        types = ctx.types(node) - {"builtins.NoneType"}
        if types and not types <= {"builtins.str", "builtins.bytes"}:
            return ""
        if not types and (_is_function(node, ctx) or _is_object(node, ctx)):
            return ""
        if name.isupper() and _is_literal(node, ctx):
            return ""
    parts = words(name)
    if "token" in parts and not _is_entry(node, parts, ctx):
        return ""
    if {"credential", "credentials"}.intersection(parts) and not _PLAIN.intersection(parts):
        return ""  # mostly an object, or the name under which one is found
    if parts[-1] in ("secrets", "pass", "pat") or parts[0] in ("pass", "pat"):
        # several of them, or a counter of tests that pass: the name alone says too little
        return ""
    if _is_masked(node, ctx):
        return ""
    shown = dotted(node)
    return shown if shown.isascii() and shown else f"'{name}'" if name.isascii() else "a secret"


def _is_getter(call) -> bool:
    """Answer whether a call takes one named value out of something: `data.get("password")`, `os.getenv("TOKEN")`."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    if last not in ("get", "getenv", "pop", "getattr") or not call.args:
        return False
    key = call.args[-1] if last == "getattr" else call.args[0]
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _is_function(node, ctx) -> bool:
    """Answer whether a name is a function, a class or a module."""
    return any(value[0] in ("f", "k", "c", "m", "mod", "lambda") for value in ctx.values(node))


def _is_literal(node, ctx) -> bool:
    """Answer whether a constant is a text that the project writes down: a name or a mode, else AUD508 speaks of it."""
    if isinstance(node, ast.Attribute) and dotted(node.value).rpartition(".")[2] in ("constants", "consts", "const"):
        return True
    found = values.alternatives(ctx.exprs.of(node), ctx.path, ctx.project)
    return bool(found) and all(isinstance(value, str) for value in found)


def _is_object(node, ctx) -> bool:
    """Answer whether the function asks the value, or one item of it, for attributes: it shows what its author chose."""
    name = dotted(node)
    if not name:
        return False
    function = function_of(node)
    texts = dir(str)
    for use in dataflow.spelled_uses(ctx, name, function):
        if isinstance(use.parent_, ast.Subscript) and use.parent_.value is use:
            use = use.parent_
        if isinstance(use.parent_, ast.Attribute) and use.parent_.value is use and use.parent_.attr not in texts:
            return True
    return False


def _is_entry(node, parts, ctx) -> bool:
    """Answer whether a token lets somebody in, and is none of a parser, a limiter or a page."""
    if OTHER_TOKENS & set(parts):
        return False
    if _ENTRY & set(parts):
        return True
    if isinstance(node, ast.Name) and node.id.isupper():
        return True  # a constant: what the deployment was given
    owner = node.value if isinstance(node, (ast.Attribute, ast.Subscript)) else None
    if isinstance(node, ast.Call):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    if owner is not None and (_AUTH.search(dotted(owner)) or _SETTINGS.search(dotted(owner))):
        return True
    text = f"{qualified_scope(node)} {ctx.path.rpartition('/')[2].removesuffix('.py')}"
    return bool(_AUTH.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)))


def _is_masked(node, ctx) -> bool:
    """Answer whether a variable already holds what was made of the secret: its hash, its length, a part of it."""
    if not isinstance(node, ast.Name):
        return False
    for value in dataflow.given(ctx, node):
        if isinstance(value, ast.Constant) or isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
            return True
        if isinstance(value, (ast.Compare, ast.UnaryOp)):
            return True
        if isinstance(value, ast.Call) and _MASKED.search(dotted(value.func).lower()):
            return True
    return False


def _body(node, ctx) -> str:
    """Answer how a message names the whole body of a request to a route that takes secrets, '' for any other expression."""
    function = def_of(node)
    if not isinstance(function, FUNCTIONS) or not _takes_secrets(function, ctx):
        return ""
    found = requests.part(ctx, node)
    if found is not None and found.kind in ("json", "form", "body"):
        return "the whole body of the request"
    if isinstance(node, ast.Name):
        arguments = requests.body_parameters(ctx, function)
        if any(argument.arg == node.id for argument in arguments):
            return "the whole body of the request"
        if any(requests.part(ctx, value) in _WHOLE for value in dataflow.given(ctx, node)):
            return "the whole body of the request"
        if _is_model(node, ctx):
            return f"{node.id}, with the secret in it,"
    return ""


def _headers(node, ctx) -> str:
    """Answer how a message names all headers of a request, '' for any other expression, or behind a switch for it."""
    if not (isinstance(node, ast.Attribute) and node.attr == "headers"):
        return ""
    found = requests.part(ctx, node)
    if (found is None or found.kind != "headers") and not _is_of_django(node, ctx):
        return ""
    if is_development(ctx, node) or _is_switched(node, ctx):
        return ""
    return "every header of the request, Authorization and Cookie among them,"


def _is_of_django(node, ctx) -> bool:
    """Answer whether an expression is `request.headers` of what a view or middleware of Django is given."""
    if not isinstance(node.value, ast.Name) or node.value.id != "request":
        return False
    function = function_of(node)
    named = "get_response" in ctx.text or not {"django", "rest_framework"}.isdisjoint(
        name.partition(".")[0] for name in ctx.names.imports()
    )
    return named and isinstance(function, FUNCTIONS) and any(each.arg == "request" for each in function.args.args)


def _is_switched(node, ctx) -> bool:
    """Answer whether a node stands under a condition on the environment or a setting: somebody asked for it."""
    return any(
        isinstance(parent, ast.If)
        and any(
            isinstance(one, ast.Call) and read_of(ctx, one) is not None
            or isinstance(one, (ast.Name, ast.Attribute)) and _SWITCH.search(dotted(one))
            for one in ast.walk(parent.test)
        )
        for parent in parents(node)
    )  # fmt: skip


_WHOLE = frozenset(
    requests.Part(kind, framework)
    for kind in ("json", "form", "body")
    for framework in ("flask", "quart", "starlette", "aiohttp", "django")
)


def _takes_secrets(function, ctx) -> bool:
    """Answer whether a function is a route whose path, or whose own name, is one of logging in."""
    decorator = route_of(ctx, function)
    if decorator is None:
        return ctx.is_handler(function) and any(
            isinstance(parent, ast.ClassDef) and _AUTH_ROUTE.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parent.name))
            for parent in parents(function)
        )
    paths = [one.value for one in ast.walk(decorator) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(_AUTH_ROUTE.search(text) for text in (*paths, function.name))


def _is_model(name, ctx) -> bool:
    """Answer whether a variable is a pydantic model or form with a field that holds a secret as plain text."""
    types = ctx.types(name)
    for one in types:
        if one.endswith("OAuth2PasswordRequestForm"):
            return False  # its text is that of any object
        if not ctx.derives(one, "pydantic.BaseModel", "sqlmodel.SQLModel"):
            return False
        for base in ctx.types_engine.mro(one, ctx.path):
            record = ctx.types_engine.class_record(base, ctx.path)
            if record is None:
                continue
            for field, expr in record[2]["attrs"].items():
                if holds_secret(field) and "token" not in words(field):
                    kinds = {value[1] for value in ctx.types_engine.values(expr, record[0]) if value[0] == "i"}
                    if kinds <= {"builtins.str"}:
                        return True
    return False
