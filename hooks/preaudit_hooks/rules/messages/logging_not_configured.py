"""An application that logs, and nothing says where to

## What it does
Reports an application, or a program that a deployment file starts (`python -m shop.worker`), whose modules log while no
entry point configures logging: no `basicConfig`, `dictConfig` or `fileConfig`, no handler, no `structlog.configure`, no
`log_config` of the server, in what the application imports and in what starts it; once, on the line that creates the app, or
on the program's main guard. Reports a logging library among the requirements that nothing configures.

## Why it matters
Python's default drops every `info` and `debug`, and prints warnings without time, level and name. uvicorn and gunicorn set up
their own loggers and no others. Nobody notices before the incident whose log is empty.

## Bad
```python app/main.py
import logging

from fastapi import FastAPI

logger = logging.getLogger(__name__)
app = FastAPI()  # AUD703


@app.post("/orders")
async def place(order: dict):
    logger.info("order %s", order["id"])
    return order
```
```text requirements.txt
fastapi==0.115.0
structlog==24.4.0  # AUD703
```

## Good
```python app/main.py
import logging

from fastapi import FastAPI

from app.logs import setup_logging

logger = logging.getLogger(__name__)
setup_logging()
app = FastAPI()


@app.post("/orders")
async def place(order: dict):
    logger.info("order %s", order["id"])
    return order
```
```python app/logs.py
import logging


def setup_logging():
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
```

## Fixed
Call `logging.basicConfig(level=..., format=...)` or `logging.config.dictConfig(...)` once, where the process starts.

## Options
None.

## Limits
Libraries have no entry point and are silent. loguru works without being configured, even beside a stray
`logging.warning()`, and Celery configures what its workers log. A setup function of the project counts where it is
called; one that no other code mentions does not. A platform that configures logging by itself (AWS Lambda) is known
by its adapter only. A frozen list of requirements says nothing, because nobody chose its entries.

## Origin
Audit E 10: structlog stood in the requirements, and production logged warnings only. What each library does when nobody
configures it is executed in tests/oracles/test_logging_defaults.py.
"""

from __future__ import annotations

import re

from preaudit.core.finding import Severity
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.facts.logsetup import ELSEWHERE, LIBRARIES
from preaudit_hooks.import_graph import graph_of
from preaudit_hooks.web.model import web

RULE = Rule(
    code="AUD703",
    name="logging-not-configured",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("E 10",),
    posture=True,
    message="{app} logs (first in {where}) and nothing configures logging, so {lost}; call logging.basicConfig() or "
    "logging.config.dictConfig() where the process starts",
    files=r"(\.py|requirements[\w.-]*\.(txt|in)|pyproject\.toml|setup\.cfg|Pipfile)$",
)
_LIBRARY = "{library} is required and nothing {does}, so it changes nothing in the log; configure it where the process starts, or drop it"
_WHEN = frozenset({"run", "function", "main"})
# Loggers that a server or framework sets up for itself.
_SERVERS = (
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "celery",
    "django",
    "werkzeug",
    "daphne",
    "granian",
    "sanic",
    "aiohttp.access",
)
# What hardly anybody requires by itself.
_UNDERLYING = ("certifi==", "idna==", "charset-normalizer==", "markupsafe==", "typing-extensions==", "typing_extensions==",
               "six==", "greenlet==", "sniffio==", "h11==")  # fmt: skip
# Programs that end when they have done their work, by their names.
_ONCE = re.compile(
    r"manage\.py$|migrat|alembic|init|seed|setup|create_|load|import|test|wait|pre_?start|fixture|backfill"
)
_ROOT = ["ref", "logging"]
_STEPS = 5  # imports through which a logger's name is followed
_FLASK = ("flask.current_app.logger", "quart.current_app.logger")
_DECLARED = lazy(
    r"(?:^|/)(?:pyproject\.toml|setup\.cfg|setup\.py|Pipfile|[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))$"
)
_LOG_FILE = lazy(r"log[\w-]*\.(?:ini|ya?ml|json|toml|conf|cfg)$|(?:^|/)log\w*\.config$", re.I)


@RULE.on_project("logsetup", "web", "imports")
def check(project):
    """Look for what configures logging in everything that an application imports, and in what imports it."""
    facts, told, starts = {}, False, set()
    for path, fact in project.facts("logsetup"):
        if not path.endswith(".py"):
            told = told or bool(fact.get("commands"))
            starts.update(fact.get("starts", ()))
        elif not project.is_test(path):
            facts[path] = fact
    entries = _entries(project, facts) + _programs(project, facts, starts)
    if not entries:
        return
    if not told:
        yield from _apps(project, facts, entries)
    yield from _libraries(project, facts, entries)


def _entries(project, facts) -> list:
    """Answer (path, place, words) of every application that is the project's own."""
    found = [
        (app.path, app.place, app.shown)
        for app in web(project).apps
        if app.is_service
    ]  # fmt: skip
    for path, fact in sorted(facts.items()):
        if "wsgi" in fact and not any(path.rpartition("/")[0] == other.rpartition("/")[0] for other, _, _ in found):
            found.append((path, tuple(fact["wsgi"]), "the Django application"))
    return found


def _programs(project, facts, starts) -> list:
    """Answer (path, place, words) of the programs that are services by themselves: `python -m shop.worker`."""
    found = []
    for target in sorted(starts):
        if _ONCE.search(target):
            continue
        if target.endswith(".py"):
            homes = [path for path in project.paths if path == target or target.endswith(f"/{path}")]
            homes = homes or [path for path in project.paths if path.endswith(f"/{target}")]
            path = homes[0] if len(homes) == 1 else ""
        else:
            home = project.project.find(target, "")
            path = home[0] if home is not None and not home[1] else ""
        if path and not project.is_test(path):
            found.append((path, tuple(facts.get(path, {}).get("main", (1, 1, 1, 1))), f"the program {path}"))
    return found


def _apps(project, facts, entries):
    graph = graph_of(project)
    called = {name for fact in facts.values() for name in fact.get("called", ())}
    runs = {path for path, fact in facts.items() if fact.get("runs")}
    above: dict = {}
    for path, edges in graph.edges.items():
        for edge in edges:
            if edge.when in _WHEN:
                above.setdefault(edge.target, set()).add(path)
    served = {path for path, _, shown in entries if not shown.startswith("the program")}
    for path, place, shown in entries:
        if shown.startswith("the program") and (path in served or graph.reachable({path}, _WHEN) & served):
            continue  # it starts an app, which is looked at by itself
        django = shown.startswith("the Django")
        starters = _starters(project, path, above) | runs
        region = graph.reachable({path} | starters, _WHEN)
        around = (
            set(facts) if django else region | {one for one in facts if one.rpartition("/")[2].startswith("gunicorn")}
        )
        if any(
            _configures(project, row, one, called) for one in around for row in facts.get(one, {}).get("config", ())
        ):
            continue
        own = graph.reachable({path}, _WHEN)
        used = _used(project, facts, set(facts) if django else own)
        if used is None:
            continue
        kinds, home, line = used
        lost = (
            "structlog prints for a developer's terminal"
            if kinds == {"structlog"}
            else "info and debug messages are dropped and warnings come without time, level and name"
        )
        yield RULE.at(place, path=path, app=shown, where=f"{home}, line {line}", lost=lost)


def _starters(project, path, above) -> set:
    """Answer the files that import an app's file, directly or through others."""
    seen, stack = set(), [path]
    while stack:
        for one in above.get(stack.pop(), ()):
            if one not in seen and not project.is_test(one) and not project.settings.is_migration(one):
                seen.add(one)
                stack.append(one)
    return seen


def _configures(project, row, path, called) -> bool:
    how, name, origin = row
    if how == "celery" or (name and name not in called):
        return False
    if origin and origin != "?":
        # a helper of the project is looked at where it is written
        return project.project.find(origin, path) is None and not origin.startswith("__file__")
    return True


def _used(project, facts, region):
    """Answer (kinds of loggers, file and line of the first) of the log calls of some files, None if there are none."""
    kinds, first, strays = set(), None, set()
    for path in sorted(region & facts.keys()):
        if project.settings.is_migration(path):
            continue
        for expr, low, place in facts[path].get("uses", ()):
            kind = _kind(project, expr, path)
            if kind and (low or kind == "structlog"):
                kinds.add(kind)
                strays.add(path if expr == _ROOT else "")
                if first is None:
                    first = (path, place[0])
    if (
        len(strays) == 1
        and "" not in strays
        and any("loguru" in facts[path].get("named", ()) for path in region & facts.keys())
    ):
        return None  # what it has to say goes through loguru; a stray logging.warning() sets up the root logger itself
    return (kinds, *first) if first else None


def _kind(project, expr, path) -> str:
    """Answer whose logger an expression is: "logging", "structlog", "flask", or '' for one that needs no setup or is unknown."""
    if expr is None:
        return ""
    if expr == _ROOT:
        return "logging"
    made = _made(project, expr, path)
    if made and made[0] == "call" and made[2] and made[2][0] and made[2][0][0] == "const":
        if str(made[2][0][1]).startswith(_SERVERS):
            return ""
    if expr[0] == "ref" and expr[1] in _FLASK:
        return "logging"  # Flask gives its logger a handler, and leaves the level to the root
    for value in project.values(expr, path):
        if value[0] == "i" and value[1].startswith("logging."):
            return "logging"
        if value[0] == "i" and value[1].startswith("structlog."):
            return "structlog"
    return ""


def _made(project, expr, path):
    """Answer the expression that a module-level name of the project was given, through imports."""
    for _ in range(_STEPS):
        if not expr or expr[0] != "ref":
            break
        home = project.project.find(expr[1], path)
        if home is None or len(home[1]) != 1:
            break
        path, (name,) = home
        expr = project.project.summary(path)["names"].get(name)
    return expr


def _libraries(project, facts, entries):
    """Report the requirement of a logging library that no code and no file configures."""
    demands = project.project.requirements.demands
    if any(_LOG_FILE.search(path) for path in project.paths):
        return
    named = {module for fact in facts.values() for module in fact.get("named", ())}
    rows = [(path, row) for path, fact in facts.items() for row in fact.get("config", ())]
    hows = {row[0] for _, row in rows}
    # what another package does when it configures logging is not known
    others = ELSEWHERE in hows or any(
        row[2] not in ("", "?") and _configures(project, row, path, {row[1]}) for path, row in rows
    )
    for library, module in LIBRARIES.items():
        if not any(demands(library, path) for path, _, _ in entries):
            continue
        if module in named and (library != "structlog" or others or any(how.startswith("structlog.") for how in hows)):
            continue
        place = _declared(project, library)
        if place is not None:
            path, line, column = place
            does = "configures it" if module in named else "imports or configures it"
            yield RULE.at((line, column), path=path, message=_LIBRARY, library=library, does=does)


def _declared(project, library):
    """Answer (path, line, column) of the requirement of a library, None if only a lock holds it."""
    from preaudit.core.requirements import normalized

    words = "[-_.]".join(map(re.escape, library.split("-")))
    pattern = re.compile(rf"(?:^\s*|[\"'])({words})(?![\w.-])", re.I)
    for path, text in project.project.requirements.texts().items():
        if not _DECLARED.search(path) or normalized(library) not in normalized(text) or _is_frozen(path, text):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            hit = pattern.search(line)
            if hit:
                return path, number, hit.start(1) + 1
    return None


def _is_frozen(path, text) -> bool:
    """Answer whether a list holds what others require too, as `pip freeze` writes it: nobody chose its entries."""
    return path.endswith((".txt", ".in")) and sum(name in text.lower() for name in _UNDERLYING) >= 3
