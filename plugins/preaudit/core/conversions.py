"""Conversions: code that only turns a value at hand into another form, and so fails of that value's form alone.

Nothing is read, sent or called there but the standard library: `json.loads(text)`, `int(row["size"])`,
`moment.strftime(form)`.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import logs
from preaudit.core.patterns import lazy
from preaudit.core.tree import dotted, function_of

FUNCTIONS = frozenset({
    *(f"builtins.{name}" for name in (
        "str", "repr", "ascii", "format", "int", "float", "complex", "bool", "bytes", "len", "dict", "list", "tuple",
        "set", "frozenset", "sorted", "min", "max", "round", "abs", "sum", "ord", "chr", "hex", "type", "isinstance",
        "all", "any", "hasattr", "getattr", "next", "iter", "enumerate", "zip", "range", "divmod",
    )),
    *(f"{module}.{name}" for module in ("json5", "orjson", "ujson", "simplejson", "rapidjson") for name in ("loads", "dumps")),
    "yaml.safe_load", "yaml.safe_dump", "ast.parse", "fastapi.encoders.jsonable_encoder", "pathlib.Path", "pathlib.PurePath",
    "os.path.basename", "os.path.dirname", "os.path.join", "os.path.splitext", "os.path.normpath", "os.path.isabs", "os.path.relpath",
    "json.loads", "json.dumps", "ast.literal_eval", "decimal.Decimal", "fractions.Fraction", "uuid.UUID", "time.strptime",
    "base64.b64decode", "base64.b64encode", "base64.urlsafe_b64decode", "base64.urlsafe_b64encode", "base64.b32decode",
    "binascii.unhexlify", "binascii.hexlify", "html.unescape", "shlex.split", "ipaddress.ip_address",
    "ipaddress.ip_network", "urllib.parse.urlparse", "urllib.parse.urlsplit", "urllib.parse.parse_qs",
    "urllib.parse.unquote", "urllib.parse.quote", "datetime.datetime.strptime", "datetime.datetime.fromisoformat",
    "datetime.datetime.fromtimestamp", "datetime.date.fromisoformat", "datetime.timedelta", "struct.unpack",
    "dateutil.parser.parse", "dateutil.parser.isoparse", "dateparser.parse", "pendulum.parse", "csv.Sniffer",
    "re.match", "re.search", "re.fullmatch", "re.sub", "re.split", "re.findall", "urllib.parse.urlunparse",
    "urllib.parse.urlunsplit", "urllib.parse.urlencode", "urllib.parse.parse_qsl", "urllib.parse.unquote_plus",
    "pathlib.PurePosixPath", "urllib3.util.url.parse_url", "pathlib.PureWindowsPath",
})  # fmt: skip
METHODS = frozenset({
    "decode", "encode", "strip", "lstrip", "rstrip", "lower", "upper", "split", "rsplit", "splitlines", "partition",
    "rpartition", "replace", "removeprefix", "removesuffix", "format", "join", "strftime", "isoformat", "timestamp",
    "startswith", "endswith", "json", "hex", "as_posix", "group", "groups", "groupdict", "geturl", "_replace", "sniff",
    "title", "capitalize", "zfill", "total_seconds", "astimezone", "relative_to",
})  # fmt: skip
PARTS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.JoinedStr, ast.FormattedValue, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword, ast.expr_context, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Starred,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
# Functions that are for nothing but a conversion say so: parse_rate, _decode, to_float, safe_repr.
CONVERTER = lazy(
    r"^_*(?:safe_|maybe_|try_)?(?:parse|decode|convert|coerce|cast|to|as|normali[sz]e|deserialize)(?:_|\Z)|"
    r"^_*(?:safe|maybe|try)_(?:int|float|str|bool|decimal|json|date|datetime|loads?|dumps)(?:_|\Z)|"
    r"_or_(?:none|default|zero)\Z|(?:^|_)from_(?:str|string|text|iso|timestamp|dict|json)\Z|_to_(?:int|float|str|bool|decimal|json|dict|date|datetime|iso|utc)\Z",
    re.I,
)
# Among those, the ones that read what they convert.
READER = lazy(r"(?:file|path|feed|remote|request|page|dir|folder)", re.I)
# Who answers a .get() from elsewhere, and is no dictionary at hand.
_REMOTE = lazy(
    r"(?:client|session|cache|redis|http|requests|api|store|storage|db|conn|connection|repo\w*|service)\Z", re.I
)
_PATTERN = lazy(r"(?:pattern|regexp?|_re|_rx|matcher)\Z", re.I)
_MATCHES = ("match", "search", "fullmatch")


def converts(ctx, value, also=None) -> bool:
    """Answer whether an expression is a conversion of values at hand, or such a value; `also(ctx, call)` allows more."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = ctx.qualname(node.func)
            known = name in FUNCTIONS or is_lookup(node) or _is_match(ctx, node) or _is_own(node)
            if known or (also is not None and also(ctx, node)):
                continue
            if not isinstance(node.func, ast.Attribute) or node.func.attr not in METHODS or name:
                return False
        elif isinstance(node, ast.Await):
            if also is None or not _reads_request(node.value):
                return False
        elif not isinstance(node, PARTS):
            return False
    return True


def is_lookup(call) -> bool:
    """Answer whether a call asks a dictionary at hand for a key that is written there: `entry.get("time", "")`."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "get" and call.args and not call.keywords):
        return False
    key = call.args[0]
    return isinstance(key, ast.Constant) and not _REMOTE.search(dotted(call.func.value).rpartition(".")[2])


def _is_match(ctx, call) -> bool:
    """Answer whether a call asks a text for a pattern."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _MATCHES:
        return False
    owner = dotted(call.func.value).rpartition(".")[2]
    return (
        ctx.qualname(call.func).startswith("re.")
        or (owner.isupper() and len(owner) > 1)
        or bool(_PATTERN.search(owner))
    )


def _is_own(call) -> bool:
    """Answer whether a call is of a function that by its name converts what it is given, and reads nothing."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr.startswith(("parse_", "as_", "to_", "model_validate")):
        name = call.func.attr
        if name.startswith(("as_", "to_", "model_validate")):
            return True
    return "_" in name.strip("_") and bool(call.args) and bool(CONVERTER.search(name)) and not READER.search(name)


def only_matches(ctx, attempt) -> bool:
    """Answer whether a `try` takes parts of a text by a pattern and does nothing else: it fails where there is no match."""
    calls = [n for statement in attempt.body for n in ast.walk(statement) if isinstance(n, ast.Call)]
    return any(_is_match(ctx, call) for call in calls) and only_converts(ctx, attempt.body)


def only_converts(ctx, statements, also=None) -> bool:
    """Answer whether statements do nothing but convert (and log): assignments, conditions, a return, a raise.

    `also(ctx, call)` allows calls that are no conversion in a narrow sense, and loops over values.
    """
    for statement in statements:
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)):
            if statement.value is not None and not converts(ctx, statement.value, also):
                return False
        elif isinstance(statement, ast.Expr):
            call = statement.value
            if not (isinstance(call, ast.Call) and logs.is_logger_call(call, ctx.names)):
                if not converts(ctx, call, also):
                    return False
        elif isinstance(statement, ast.If):
            if not converts(ctx, statement.test, also):
                return False
            if not only_converts(ctx, statement.body + statement.orelse, also):
                return False
        elif isinstance(statement, ast.Try) and also is not None:
            blocks = [statement.body, statement.orelse, statement.finalbody, *(one.body for one in statement.handlers)]
            if not all(only_converts(ctx, block, also) for block in blocks):
                return False
        elif isinstance(statement, ast.For) and also is not None:
            if not (converts(ctx, statement.iter, also) and only_converts(ctx, statement.body, also)):
                return False
        elif isinstance(statement, ast.Raise):
            if statement.exc is None or not isinstance(statement.exc, (ast.Call, ast.Name)):
                return False
        elif not isinstance(statement, ast.Pass) and (
            also is None or not isinstance(statement, (ast.Continue, ast.Break))
        ):
            return False
    return True


# Parsers whose names sound like more than a reading of values at hand.
_READERS = frozenset({
    "arrow.get", "PIL.Image.open", "yaml.load", "yaml.full_load", "toml.loads", "tomllib.loads", "tomli.loads", "builtins.next",
    "builtins.getattr", "django.core.serializers.deserialize", "html.parser.HTMLParser", "django.utils.dateparse.parse_datetime",
})  # fmt: skip
# Words of a name that say it reaches something outside, or does more than read: a client, a store, a query.
_OUTSIDE = lazy(
    r"(?:^|[._])(?:a?db|sessions?|clients?|conn|connections?|cursor|redis|caches?|requests|httpx|https?|apis?|s3|storages?|stores?|"
    r"buckets?|queues?|broker|llms?|services?|repository|repo|manager|objects|quer(?:y|ies)|fetch\w*|load|loader|"
    r"reader|send|open|save|create|delete|remove|run|runner|exec|execute|ask|call|invoke|upload|download|connect|connector|login|"
    r"urlopen|write|commit|flush|process|popen|providers?|backend|server|engine|producer|publish|insert|select|post|put|patch|"
    r"resolve|resolver|lookup|search|find|subprocess|os|shutil|socket|boto3|sqlalchemy|crud|dao|plugin|job|tasks?|worker|driver|"
    r"import_module|self\._?(?:get|load|fetch|run|call|send|do)\w*|get_\w+|load_\w+|read_\w+|agent|chain|tool|bot|channel|stream|keys|"
    r"sleep|join_all|wait|acquire|lock|decrypt|encrypt|verify|sign|auth\w*)(?=[._]|\Z)", re.I
)  # fmt: skip
# What an attribute is called that holds what came with a request, or a mapping.
_MAPPINGS = frozenset({
    "headers", "args", "form", "cookies", "query_params", "GET", "POST", "environ", "data", "payload", "body", "json",
    "params", "META", "row", "item", "event", "kwargs", "attrs",
})  # fmt: skip


def reads(ctx, call) -> bool:
    """Answer whether a call only reads values at hand: nothing in its name says that it reaches something outside.

    `re.compile(text)`, `Ban(**row)`, `x509.load_pem_x509_csr(data)`; an entry of a mapping, the body of a request.
    """
    name = ctx.qualname(call.func)
    if name in _READERS or name.startswith("cryptography."):
        return True
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "get":
        key = call.args[0] if call.args else None
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)) or "/" in key.value:
            return False
        if dotted(function.value).rpartition(".")[2] in _MAPPINGS or (len(call.args) == 2 and not name):
            return True
        return isinstance(function.value, ast.Name) and _made_here(call, function.value.id)
    if _reads_request(call):
        return True
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Subscript) and function.attr == "keys":
        return True
    spelled = dotted(function) or getattr(function, "attr", "")
    if not spelled or any(isinstance(node, (ast.Name, ast.Attribute)) and _reaches(node) for node in _given(call)):
        return False
    if ctx.is_own(name):  # the folders of a project say nothing of its functions: shop.api.forms.Address
        name = name.rpartition(".")[2]
    return not _OUTSIDE.search(spelled) and not _OUTSIDE.search(_snake(spelled)) and not _OUTSIDE.search(name)


def _given(call):
    """Answer what a call is given."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _reaches(node) -> bool:
    """Answer whether a value given is itself something to reach outside with: `validate(db.session, ids)`."""
    return bool(_OUTSIDE.search(dotted(node))) and dotted(node).rpartition(".")[2] not in _MAPPINGS


def _snake(name) -> str:
    """Answer the words of a class name: `S3Helper` as `S3_Helper`, `OpenAIClient` as `Open_AI_Client`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)


def _made_here(node, name) -> bool:
    """Answer whether a name is assigned in the `try` around a node, as what was parsed there."""
    while node is not None and not isinstance(node, ast.Try):
        node = node.parent_
    return node is not None and any(
        isinstance(target, ast.Name) and target.id == name
        for part in node.body
        for statement in ast.walk(part)
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
    )


def _reads_request(call) -> bool:
    """Answer whether an expression is the body of a request as the framework reads it: `request.json()`."""
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("json", "get_json", "body", "form", "text")
        and dotted(call.func.value).rpartition(".")[2] in ("request", "req")
    )


def values_of(expression) -> set:
    """Answer what an expression converts, as it is written: `row` of `int(row["size"])`, `url.host` of `str(url.host)`."""
    found, stack = set(), [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call):
            stack += [*node.args, *(keyword.value for keyword in node.keywords)]
            if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                stack.append(node.func.value)
        elif isinstance(node, ast.Subscript):
            stack.append(node.value)
        elif isinstance(node, ast.BoolOp):
            stack.append(node.values[0])  # the others stand in for a missing one
        elif isinstance(node, ast.IfExp):
            chosen = isinstance(node.body, ast.Constant) and isinstance(node.orelse, ast.Constant)
            stack.append(node.test if chosen else node.body)  # `";" if ";" in text else ","` is read from the text
        elif isinstance(node, (ast.Attribute, ast.Name)):
            name = dotted(node)
            if name and not name.rpartition(".")[2].isupper():
                found.add(name)
            elif not name:
                stack.append(node.value)
        else:
            stack += ast.iter_child_nodes(node)
    return found


def another_form(ctx, attempt, handler) -> bool:
    """Answer whether a handler gives another form of the very value that its `try` converts: nothing is lost.

    `try: return json.dumps(row)`, `except Exception: return str(row)`.
    """
    first, second = attempt.body, handler.body
    if len(second) == 1 and isinstance(second[0], ast.Try):
        second = second[0].body
    before, after = first[-1], second[-1]
    if type(before) is not type(after) or not isinstance(after, (ast.Return, ast.Assign, ast.AugAssign)):
        return False
    if _targets(before) != _targets(after) or before.value is None or after.value is None:
        return False
    if not only_converts(ctx, first) or not only_converts(ctx, second):
        return False
    given = set().union(*(values_of(one.value) for one in first if getattr(one, "value", None) is not None))
    return bool(given & values_of(after.value))


def as_its_own(ctx, attempt, handler) -> bool:
    """Answer whether a handler does what the `try` itself does for a value that will not do.

    `try: if not all(urlparse(url)[:2]): url = None`, `except Exception: url = None`; or the condition that follows does.
    """
    if len(handler.body) != 1 or not only_converts(ctx, attempt.body):
        return False
    own = ast.dump(handler.body[0])
    last, block = attempt, getattr(attempt.parent_, "body", None)
    while isinstance(last.parent_, ast.If) and last.parent_.body[-1:] == [last]:
        last = last.parent_
        block = getattr(last.parent_, "body", None)
    if isinstance(block, list) and last in block:
        following = block[block.index(last) + 1 :][:1]
        if following and isinstance(following[0], ast.If) and own in map(ast.dump, following[0].body):
            return True
    branches = [node for statement in attempt.body for node in ast.walk(statement) if isinstance(node, ast.If)]
    if any(ast.dump(statement) == own for branch in branches for statement in branch.body + branch.orelse):
        return True
    value = getattr(handler.body[0], "value", None)
    others = [n.orelse for statement in attempt.body for n in ast.walk(statement) if isinstance(n, ast.IfExp)]
    return value is not None and ast.dump(value) in map(ast.dump, others)


def only_renews(ctx, statements) -> bool:
    """Answer whether a block does nothing but give variables another form of what they hold: left out, they keep it.

    `text = json.loads(text)`, `if row: width = max(width, len(row))`.
    """
    if not only_converts(ctx, statements):
        return False
    given = [node for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Assign)]
    return (
        bool(given)
        and all(any(dotted(target) in values_of(one.value) for target in one.targets) for one in given)
        and not any(
            isinstance(node, (ast.Return, ast.Raise)) for statement in statements for node in ast.walk(statement)
        )
    )


def _targets(statement) -> list:
    if isinstance(statement, ast.Return):
        return []
    return [ast.dump(target) for target in getattr(statement, "targets", None) or [statement.target]]


def is_converter(ctx, attempt, handler) -> bool:
    """Answer whether a function is for a conversion, by its name, and says by its answer that the value has no such form.

    Or by its body: the `try` is all of it and converts nothing but the parameters. It answers a constant or its own
    parameter: `except Exception: return default`.
    """
    function = function_of(handler)
    name = getattr(function, "name", "")
    if name and CONVERTER.search(name) and _keeps_parameter(function, attempt, handler.body[-1]):
        return True
    if not name or not only_converts(ctx, attempt.body):
        return False
    named = CONVERTER.search(function.name)
    if not named and not (isinstance(handler.body[0], ast.Return) and _is_all(function, attempt)):
        return False
    answer = handler.body[-1]
    if isinstance(answer, ast.Pass) and len(handler.body) == 1 and attempt in function.body:
        answer = (function.body[function.body.index(attempt) + 1 :] or [answer])[0]
    if not isinstance(answer, ast.Return):
        return False
    if answer.value is None or ctx.qualname(answer.value).startswith(("datetime.", "math.")):
        return True
    if named and isinstance(answer.value, ast.Call) and not answer.value.args and not answer.value.keywords:
        return isinstance(answer.value.func, ast.Name)  # an empty one: `return cls()`
    if not named and any(isinstance(node, ast.Call) for node in ast.walk(answer.value)):
        return False
    return converts(ctx, answer.value) and not _attributes(answer.value)


def _keeps_parameter(function, attempt, answer) -> bool:
    """Answer whether a function answers the very parameter that its `try` is given, as it is or as a text."""
    value = answer.value if isinstance(answer, ast.Return) else None
    if isinstance(value, ast.Call) and dotted(value.func) in ("str", "repr") and len(value.args) == 1:
        value = value.args[0]
    if not isinstance(value, ast.Name) or value.id not in {argument.arg for argument in function.args.args}:
        return False
    calls = [node for statement in attempt.body for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return any(isinstance(one, ast.Name) and one.id == value.id for call in calls for one in call.args)


def _is_all(function, attempt) -> bool:
    """Answer whether a `try` is the whole function and converts its parameters themselves, not what they hold."""
    if attempt not in function.body or any(
        not (isinstance(one, ast.Return) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)))
        for one in function.body
        if one is not attempt
    ):
        return False
    given = {argument.arg for argument in function.args.args} - {"self", "cls"}
    for statement in attempt.body:
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.slice, ast.Constant)
                and type(node.slice.value) is str
            ):
                return False
            if isinstance(node, ast.Call) and is_lookup(node):
                return False
    values = set().union(*(values_of(one.value) for one in attempt.body if getattr(one, "value", None) is not None))
    return bool(values & given)


def _attributes(expression) -> bool:
    return any(isinstance(node, ast.Attribute) for node in ast.walk(expression))
