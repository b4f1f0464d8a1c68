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
        "all", "any",
    )),
    *(f"{module}.{name}" for module in ("json5", "orjson", "ujson", "simplejson", "rapidjson") for name in ("loads", "dumps")),
    "yaml.safe_load", "yaml.safe_dump", "ast.parse", "fastapi.encoders.jsonable_encoder", "pathlib.Path", "pathlib.PurePath",
    "os.path.basename", "os.path.dirname", "os.path.join", "os.path.splitext", "os.path.normpath", "os.path.isabs",
    "json.loads", "json.dumps", "ast.literal_eval", "decimal.Decimal", "fractions.Fraction", "uuid.UUID", "time.strptime",
    "base64.b64decode", "base64.b64encode", "base64.urlsafe_b64decode", "base64.urlsafe_b64encode", "base64.b32decode",
    "binascii.unhexlify", "binascii.hexlify", "html.unescape", "shlex.split", "ipaddress.ip_address",
    "ipaddress.ip_network", "urllib.parse.urlparse", "urllib.parse.urlsplit", "urllib.parse.parse_qs",
    "urllib.parse.unquote", "urllib.parse.quote", "datetime.datetime.strptime", "datetime.datetime.fromisoformat",
    "datetime.datetime.fromtimestamp", "datetime.date.fromisoformat", "datetime.timedelta", "struct.unpack",
})  # fmt: skip
METHODS = frozenset({
    "decode", "encode", "strip", "lstrip", "rstrip", "lower", "upper", "split", "rsplit", "splitlines", "partition",
    "rpartition", "replace", "removeprefix", "removesuffix", "format", "join", "strftime", "isoformat", "timestamp",
    "startswith", "endswith", "json", "hex", "as_posix",
})  # fmt: skip
PARTS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.JoinedStr, ast.FormattedValue, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword, ast.expr_context, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
# Functions that are for nothing but a conversion say so: parse_rate, _decode, to_float, safe_repr.
CONVERTER = lazy(
    r"^_*(?:safe_|maybe_|try_)?(?:parse|decode|convert|coerce|cast|to|as|normali[sz]e|deserialize)(?:_|\Z)", re.I
)


def converts(ctx, value, also=None) -> bool:
    """Answer whether an expression is a conversion of values at hand, or such a value; `also(ctx, call)` allows more."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = ctx.qualname(node.func)
            if name in FUNCTIONS or (also is not None and also(ctx, node)):
                continue
            if not isinstance(node.func, ast.Attribute) or node.func.attr not in METHODS or name:
                return False
        elif isinstance(node, ast.Await):
            if also is None or not _reads_request(node.value):
                return False
        elif not isinstance(node, PARTS):
            return False
    return True


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
            stack.append(node.body)
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

    `try: if not all(urlparse(url)[:2]): url = None`, `except Exception: url = None`.
    """
    if len(handler.body) != 1 or not only_converts(ctx, attempt.body):
        return False
    own = ast.dump(handler.body[0])
    branches = [node for statement in attempt.body for node in ast.walk(statement) if isinstance(node, ast.If)]
    return any(ast.dump(statement) == own for branch in branches for statement in branch.body + branch.orelse)


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

    Its `try` does nothing else, and it answers a constant or its own parameter: `except Exception: return default`.
    """
    function = function_of(handler)
    if not CONVERTER.search(getattr(function, "name", "")) or not only_converts(ctx, attempt.body):
        return False
    answer = handler.body[-1]
    if isinstance(answer, ast.Pass) and len(handler.body) == 1 and attempt in function.body:
        answer = (function.body[function.body.index(attempt) + 1 :] or [answer])[0]
    if not isinstance(answer, ast.Return):
        return False
    return answer.value is None or (converts(ctx, answer.value) and not _attributes(answer.value))


def _attributes(expression) -> bool:
    return any(isinstance(node, ast.Attribute) for node in ast.walk(expression))
