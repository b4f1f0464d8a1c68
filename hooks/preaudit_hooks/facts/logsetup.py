"""Who logs in a file, and what configures logging there.

For a Python file, without what is empty; expressions are symbolic (core/exprs.py), a place is
[line, column, end line, end column]:

    {"uses":   [[receiver expression, any below warning, place of the first]]   calls of a logger's methods
     "config": [[how, name, origin]]    what configures logging; `name` is that of the function it stands in where only a
                                        call of it makes it run, '' where it runs by itself; `origin` the dotted name of a
                                        helper that may be the project's own, '' for what certainly configures
     "called": [name]                   names with "log" in them that are used: functions that may configure
     "named":  [module]                 logging libraries that the file imports or names in a string
     "runs":   true                     the file starts a server
     "wsgi":   place                    where a Django application is made

     "main":   place                    the main guard}

For other files, without what is empty: {"commands": true where a server is told its logging configuration,
"starts": [path or dotted name of a Python program that a service or process is]}.
"""

from __future__ import annotations

import ast

from preaudit.core import logs
from preaudit.core.exprs import storable
from preaudit.core.patterns import lazy, remembered
from preaudit.core.tree import FUNCTIONS, dotted, function_of, is_main_guard

KIND = "logsetup"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd")
WORDS = ("log", "Log", "LOG", "wsgi_application", "asgi_application", "__main__")

LIBRARIES = {
    "structlog": "structlog", "loguru": "loguru", "python-json-logger": "pythonjsonlogger", "json-logging": "json_logging",
    "coloredlogs": "coloredlogs", "ecs-logging": "ecs_logging", "google-cloud-logging": "google.cloud.logging",
    "watchtower": "watchtower", "graypy": "graypy", "python-logstash": "logstash", "python-logstash-async": "logstash_async",
    "logtail-python": "logtail", "daiquiri": "daiquiri", "python-logging-loki": "logging_loki", "logbook": "logbook",
    "json-log-formatter": "json_log_formatter",
}  # fmt: skip
ELSEWHERE = "elsewhere"  # Django is told not to configure logging, because something else does
_CONFIG = frozenset({
    "logging.basicConfig", "logging.config.dictConfig", "logging.config.fileConfig", "logging.config.listen",
    "structlog.configure", "structlog.configure_once", "loguru.logger.add", "loguru.logger.configure", "coloredlogs.install",
    "logfire.configure", "daiquiri.setup", "picologging.basicConfig", "tornado.log.enable_pretty_logging",
    "tornado.options.parse_command_line", "azure.monitor.opentelemetry.configure_azure_monitor", "absl.app.run",
    "json_logging.init_fastapi", "json_logging.init_flask", "logbook.StreamHandler", "verboselogs.install",
    "rich.traceback.install_logging", "mangum.Mangum", "awsgi.response", "chalice.Chalice",
})  # fmt: skip
_is_helper = remembered(lazy(
    r"(?:^|_)(?:set_?up|configure|config|init|install|initiali[sz]e|bootstrap|enable|start)_(?:\w+_)?log(?:ging|gers?|s|uru)?$"
    r"|^log(?:ging|gers?|s)?_(?:setup|config|configure|init)$|(?:setup|configure|init|config)Logg(?:ing|ers?)$"
    r"|Logging(?:Config|Instrumentor)$"
))  # fmt: skip
_OPTIONS = ("--log-config", "--logconfig", "--logger-class", "--log_config")
_SERVICES = ("compose", "app-spec", "procfile", "systemd", "dockerfile")
_STARTS = ("run", "serve", "Server", "Granian", "WSGIServer", "run_simple")
_SERVERS = ("uvicorn", "hypercorn", "granian", "waitress", "gevent", "werkzeug", "cheroot", "gunicorn")
_KEYWORDS = ("log_config", "logging_config", "log_config_dict", "logconfig_dict", "log_dictconfig")
_GUNICORN = ("logconfig", "logconfig_dict", "logconfig_json", "logger_class")
_LOW = frozenset({"debug", "info", "log", "msg", "notice", "trace", "success", "adebug", "ainfo", "alog"})
_COMMON = frozenset({"logger", "logging", "log", "logs", "_logger", "LOGGER", "LOG", "_log", "Logger"})


def collect(ctx):
    """Answer the logging facts of a Python file, None if it has none."""
    record: dict = {}
    _calls(ctx, record)
    _assignments(ctx, record)
    if record.get("uses") or record.get("config") or "log" in ctx.text:
        called = {name for name in ctx.spelled - _COMMON if "log" in name.lower()}
        if called:
            record["called"] = sorted(called)
    named = [module for module in LIBRARIES.values() if module in ctx.text]
    if named:
        record["named"] = named
    guard = next((node for node in ctx.nodes(ast.If) if is_main_guard(node)), None) if "__main__" in ctx.text else None
    if guard is not None:
        record["main"] = list(ctx.place(guard))
    for row in record.get("uses", ()):
        row[0] = storable(row[0], 80)
    return record or None


def _calls(ctx, record):
    uses: dict = {}
    for call in ctx.nodes(ast.Call):
        function = call.func
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if last in logs.LOG_METHODS and logs.is_logger_call(call, ctx.names):
            spelled = dotted(function.value) or ast.unparse(function.value)[:60]
            row = uses.setdefault((spelled, function_of(call) if "." not in spelled else None), None)
            if row is None:
                row = uses[spelled, function_of(call) if "." not in spelled else None] = [
                    ctx.exprs.of(function.value), False, list(ctx.place(call)),
                ]  # fmt: skip
            row[1] = row[1] or last in _LOW
        elif last in ("get_wsgi_application", "get_asgi_application"):
            record.setdefault("wsgi", list(ctx.place(call)))
        elif last in _STARTS and ctx.names.qualname(function).partition(".")[0] in _SERVERS:
            record["runs"] = True
        _config(ctx, record, call, last)
    merged: dict = {}
    for (spelled, _), row in uses.items():
        known = merged.setdefault((spelled, repr(row[0])), row)
        if known is not row:
            known[1] = known[1] or row[1]
    if merged:
        record["uses"] = list(merged.values())


def _config(ctx, record, call, last):
    name = ctx.names.qualname(call.func)
    if name in _CONFIG:
        _note(record, name, call)
    elif last == "addHandler":
        if not any("NullHandler" in ast.unparse(argument) for argument in call.args):
            _note(record, "addHandler", call)
    elif last == "setLevel" and dotted(call.func).endswith("app.logger.setLevel"):
        _note(record, "app.logger", call)
    elif any(
        k.arg in _KEYWORDS and not (isinstance(k.value, ast.Constant) and k.value.value is None) for k in call.keywords
    ):
        _note(record, last, call)
    elif last in ("append", "extend", "insert") and dotted(call.func).endswith(f".handlers.{last}"):
        _note(record, "handlers", call)
    elif last and _is_helper(last):
        _note(record, last, call, name or "?")


def _assignments(ctx, record):
    gunicorn = ctx.path.rpartition("/")[2].startswith("gunicorn")
    for node in ctx.nodes(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "handlers":
                _note(record, "handlers", node)
            elif (
                isinstance(target, ast.Name)
                and target.id in ("LOGGING", "LOGGING_CONFIG")
                and function_of(node) is None
            ):
                _note(record, "django" if ast.unparse(node.value) != "None" else ELSEWHERE, node)
            elif gunicorn and isinstance(target, ast.Name) and target.id in _GUNICORN:
                _note(record, "gunicorn", node)


def _note(record, how, node, origin=""):
    """Note what configures, with the function whose call it waits for."""
    function = function_of(node)
    name = ""
    if isinstance(function, FUNCTIONS):
        spelled = [dotted(one) for one in function.decorator_list]
        if any(one.endswith(("setup_logging.connect", "_logger.connect", "_process_init.connect")) for one in spelled):
            how = "celery"
        elif not function.decorator_list and "log" in function.name.lower():
            name = function.name if not isinstance(function.parent_, ast.ClassDef) else ""
    row = [how, name, origin]
    if row not in record.setdefault("config", []):
        record["config"].append(row)


def collect_document(document):
    """Answer what the commands of a deployment file say of logging, and which programs they start, None if nothing."""
    from preaudit_hooks.facts.workers import commands_of

    told, starts = False, set()
    for _, commands, _ in commands_of(document):
        for command in commands:
            if any(word.text.startswith(_OPTIONS) for word in command.arguments):
                told = True
            if document.kind in _SERVICES:
                starts.add(_program(command))
    found = {"commands": told, "starts": sorted(starts - {""})}
    return {key: value for key, value in found.items() if value} or None


def _program(command) -> str:
    """Answer the Python program that a command starts: `python -u app/worker.py`, `python -m app.worker`; '' for others."""
    if "python" in command.through:
        name = command.program
        return name if "." in name and all(part.isidentifier() for part in name.split(".")) else ""
    if command.program.startswith(("python", "pypy")):
        for word in command.arguments:
            if not word.text.startswith("-"):
                return word.text.removeprefix("./") if word.text.endswith(".py") else ""
    return ""
