"""The applications of a project: which routes each one answers, under which paths, and what serves it.

Asked through `web(project)`. Routers are followed through the modules of the project; what cannot be followed
counts for every application, so that nothing is called missing that may be there.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy
from preaudit.core.values import pattern

from preaudit_hooks.facts._urlconf import LIST
from preaudit_hooks.facts.web import PROBE
from preaudit_hooks.web.names import snake
from preaudit_hooks.web.servers import configured, grows

_APPS = {
    "fastapi.FastAPI": "FastAPI", "starlette.applications.Starlette": "Starlette", "flask.Flask": "Flask",
    "quart.Quart": "Quart", "aiohttp.web.Application": "aiohttp", "aiohttp.web_app.Application": "aiohttp",
    "django.core.wsgi.get_wsgi_application": "Django", "django.core.asgi.get_asgi_application": "Django",
    "flask_openapi3.OpenAPI": "Flask", "apiflask.APIFlask": "Flask",
}  # fmt: skip
MANY = 1_000_000  # processes: several, how many is not known
_MAX_DEPTH = 12
_SERVICE = 8  # routes from which an app is a service of its own, where no deployment file tells
_DEMOS = lazy(
    r"(?:^|/)(?:examples?|docs?|demos?|samples?|benchmarks?|tutorials?|scripts?|tools|plugin_examples)(?:/|$)"
)
# what gives routes for a purpose of its own, and never a probe
_NO_PROBES = ("fastapi_users.", "fastapi_pagination.", "authlib.", "sqladmin.", "starlette.staticfiles.", "fastapi.staticfiles.",
              "socketio.")  # fmt: skip


class Route:
    """A route as one app answers it: `paths` are full patterns, `{}` for what is not known."""

    __slots__ = ("path", "file", "row", "paths", "certain", "chain", "deps")

    def __init__(self, path, row, paths, certain, chain=(), deps=()):
        """`path` is the file, `file` that of its handler; `row` the fact; `certain`: the app surely has it.

        `chain`: the keys of the app and of the routers on the way to it; `deps`: (expression, file) of what
        `dependencies=` of these says.
        """
        self.path, self.row, self.paths, self.certain = path, row, paths, certain
        self.file = row.get("file", path)
        self.chain, self.deps = chain, deps


class App:
    """One application object. `by`: the command that serves it, `workers`: how many processes that starts at most."""

    def __init__(self, path, row, kind):
        """`path` is the file, `row` the fact of the call that makes it."""
        self.path, self.row, self.kind = path, row, kind
        self.place = tuple(row["p"])
        self.routes: list = []
        self.open = False
        self.outer: bool = True
        self.by = ""
        self.workers = 1
        self.alone = False
        self.foreign: list = []

    @property
    def shown(self) -> str:
        """Answer how a message names it."""
        name = self.row["name"]
        return f"the {self.kind} app '{name}'" if name.isascii() and name else f"the {self.kind} app"

    @property
    def is_product(self) -> bool:
        """Answer whether it is the project's own service: no demonstration, none that only a main guard makes."""
        return self.outer and not self.row.get("main") and not _DEMOS.search(self.path.rpartition("/")[0])

    @property
    def is_service(self) -> bool:
        """Answer whether it is what users call, not the probes and controls that another process offers beside its work."""
        return self.is_product and bool(
            self.by or self.alone or sum(route.certain for route in self.routes) >= _SERVICE
        )

    def probes(self, words) -> list:
        """Answer its routes whose last part is one of these words, underscores, hyphens and a trailing z left out."""
        return [route for route in self.routes if any(probe_word(text) in words for text in route.paths)]


# words that, at the end of a path, mean the process and nothing else; a status may be that of a job
CLEAR = frozenset({"health", "healthcheck", "healthchecks", "healthy", "checkhealth", "live", "liveness", "livenesscheck", "alive",
                   "heartbeat", "lbheartbeat", "ping", "ready", "readiness", "readinesscheck", "readycheck"})  # fmt: skip
HEALTH = frozenset({
    "health", "healthcheck", "healthchecks", "healthstatus", "checkhealth", "heartbeat", "status", "ping", "up", "alive",
    "live", "liveness", "livenesscheck", "healthy", "lbheartbeat", "check",
})  # fmt: skip
LIVE = frozenset({"live", "liveness", "livenesscheck", "alive", "ping", "up", "heartbeat", "lbheartbeat"})
READY = frozenset({"ready", "readiness", "readinesscheck", "readycheck", "isready"})
_LAST = lazy(r"(?:.*/)?([^/{}<>]*)/?\Z")


def probe_word(text: str) -> str:
    """Answer the word that a path says as a probe: `/api/health-check/` says healthcheck, `/livez` live."""
    parts = [re.sub(r"[-_.\s]", "", part.lower()).removesuffix("z") for part in text.split("/") if part]
    for part in reversed(parts):
        if part in HEALTH or part in READY:
            return part
    last = parts[-1] if parts else ""
    if "ready" in last or "readiness" in last:
        return "ready"
    return "health" if "health" in last or "liveness" in last else last


def probe_words(route) -> set:
    """Answer the words that the paths of a route say as probes."""
    return {probe_word(text) for text in route.paths}


def is_clear(route) -> bool:
    """Answer whether a route is certainly the app's, and by the end of its path a probe."""
    ends = [re.sub(r"[-_.]", "", text.rstrip("/").rpartition("/")[2].lower()).removesuffix("z") for text in route.paths]
    return route.certain and any(end in CLEAR for end in ends)


def handlers(project, path) -> dict:
    """Answer what the handlers of routes in a file do (facts/handlers.py), by their names; only of that file."""
    return project.fact("handlers", path) or {}


def web(project):
    """Answer the Web of a project view, made once."""
    return project.once("web", lambda: Web(project))


class Web:
    """All applications of a project."""

    def __init__(self, project):
        """Read the facts of the view."""
        self.project = project
        self.facts, self.serves = {}, []
        for path, fact in project.facts("web"):
            if path.endswith((".py", ".pyi")):
                if not project.is_test(path):
                    self.facts[path] = fact
            else:
                self.serves += [(path, *row) for row in fact.get("serves", ())]
        self.rows, self.apps = {}, []
        for path, fact in self.facts.items():
            for row in fact.get("made", ()):
                key = (path, *row["p"][:2])
                self.rows[key] = row
                kind = self._kind(row["cls"], path)
                if kind:
                    self.apps.append((key, App(path, row, kind)))
        self._compose()
        self.apps = [app for _, app in self.apps]
        products = [app for app in self.apps if app.is_product]
        for app in products:
            app.alone = len(products) == 1
        self._serve()
        self._one_django()

    def _one_django(self):
        """Leave one app of each Django project: it has a wsgi and an asgi module, and is served by one of them."""
        best: dict = {}
        for app in self.apps:
            if app.kind == "Django":
                folder = app.path.rpartition("/")[0]
                best.setdefault(folder, []).append((not app.by, "asgi" in app.path, app))
        kept = {min(rows, key=lambda row: row[:2])[2] for rows in best.values()}
        self.apps = [app for app in self.apps if app.kind != "Django" or app in kept]

    def _kind(self, cls, path) -> str:
        for name in (cls[1],) if cls[0] == "ref" else ():
            if name in _APPS:
                return _APPS[name]
        for value in sorted(self.project.values(cls, path), key=repr):
            if value[0] in "cx":
                for base in self.project.types.mro(value[1], path):
                    if base in _APPS:
                        return _APPS[base]
        return ""

    # which app or router an expression denotes

    def keys(self, base, path) -> set:
        """Answer the keys of the apps or routers that a fact of the file `path` names; empty if they are not known."""
        return self._resolve(base, path)[0]

    def _resolve(self, base, path, depth=0):
        """Answer (keys of what was made, whether that is all of it, dotted name of a library's object)."""
        if base is None or depth > _MAX_DEPTH:
            return set(), False, ""
        kind = base[0]
        if kind == "django":
            return {key for key, app in self.apps if app.kind == "Django"}, True, ""
        if kind == "here":
            return {(path, *base[1:])}, True, ""
        if kind == "ref":
            return self._named(base[1], path, depth)
        if kind in ("ann", "await", "elem"):
            return self._resolve(base[2] if kind == "ann" else base[1], path, depth + 1)
        if kind in ("or", "seq"):
            found, whole, foreign = set(), True, ""
            for part in base[2] if kind == "seq" else base[1]:
                keys, sure, name = self._resolve(part, path, depth + 1)
                found |= keys
                whole, foreign = whole and sure, foreign or name
            return found, whole, foreign
        if kind == "call" and base[1] and base[1][0] == "ref":
            return self._made_by(base[1][1], path, depth)
        if kind == "attr" and base[1] and base[1][0] == "call":
            return self._resolve(base[1], path, depth + 1)
        return set(), False, ""

    def _named(self, dotted, path, depth):
        home = self.project.project.find(dotted, path)
        if home is None and dotted.endswith(".urlpatterns"):
            home = self._beside_manage(dotted, path)
        if home is None:
            own = self.project.project.is_own(dotted.partition(".")[0]) or dotted.startswith("__file__")
            return set(), False, "" if own else dotted
        file, rest = home
        if not rest:
            return set(), False, ""
        fact = self.facts.get(file, {})
        keys = {
            (file, *row["p"][:2]) for row in fact.get("made", ()) if row["name"] == ".".join(rest) and not row["fn"]
        }
        if keys:
            return keys, True, ""
        expr = self.project.project.summary(file)["names"].get(rest[0])
        if expr is None or expr == ["ref", dotted]:
            return set(), False, ""
        return self._resolve(expr, file, depth + 1)

    def _beside_manage(self, dotted, path):
        """Answer what find() does for a name as manage.py sees it: its folder is on the path, be it a package or not."""
        folder = path.rpartition("/")[0]
        while folder:
            if f"{folder}/manage.py" in self.project.project.python:
                home = self.project.project.find(f"{folder.replace('/', '.')}.{dotted}", path)
                return home if home is not None and len(home[1]) == 1 else None
            folder = folder.rpartition("/")[0]
        return None

    def _made_by(self, dotted, path, depth):
        home = self.project.project.find(dotted, path)
        if home is None:
            return set(), False, dotted
        file, rest = home
        made = self.facts.get(file, {}).get("returns", {}).get(".".join(rest))
        return ({(file, *place) for place in made}, True, "") if made else (set(), False, "")

    # composition

    def _compose(self):
        below: dict = {}
        loose_routes, own, mounted = [], {}, set()
        everything_open, foreign = False, {}
        # what an unknown app is given belongs to the only one there is
        sole = {key for key, _ in self.apps} if len(self.apps) == 1 else set()
        for path, fact in self.facts.items():
            for row in fact.get("routes", ()):
                row = self._handled(row, path)
                keys, whole, _ = self._resolve(row["b"], path)
                for key in keys & self.rows.keys():
                    own.setdefault(key, []).append((path, row))
                if not keys and not whole and sole:
                    own.setdefault(next(iter(sole)), []).append((path, row))
                elif not whole:
                    loose_routes.append((path, row))
            for row in fact.get("mounts", ()):
                above, sure, _ = self._resolve(row["b"], path)
                what, all_of_it, name = self._resolve(row["w"], path)
                mounted |= what
                if not above and not sure and sole:
                    above, sure = sole, True
                for key in above:
                    more = ((row["deps"], path),) if row.get("deps") else ()
                    below.setdefault(key, []).extend((child, row["prefix"], path, more) for child in sorted(what))
                    if name and not name.startswith(_NO_PROBES) and (row.get("how") or "health" in name.lower()):
                        foreign.setdefault(key, []).append(name)
                # what a URLconf includes and nobody can follow is a part of Django's own app
                inner = any(self.rows[key]["cls"] == ["ref", LIST] for key in above if key in self.rows)
                if what and not sure or above and not all_of_it and not name and not inner:
                    everything_open = True
        probes = [(path, text) for path, fact in self.facts.items() for text in fact.get("probes", ())]
        every = [(path, row) for path, fact in self.facts.items() for row in fact.get("routes", ())]
        for key, app in self.apps:
            app.outer = key not in mounted
            app.open = bool(everything_open or loose_routes)
            self._walk(app, key, self._prefix(self.rows[key], app.path, ("root_path",)), own, below)
            seen = {id(route.row) for route in app.routes}
            for path, row in every if everything_open else loose_routes:
                if id(row) not in seen:
                    app.routes.append(Route(path, row, self._texts(row, path, "{}"), False))
            app.foreign = self._foreign(key, below, foreign, set())
        # a string that looks like a probe and belongs to no route that was found may be one
        told = {text for _, row in every for expr in row["u"] if (text := _constant(expr))}
        told |= {_constant(expr) for row in self.rows.values() for expr in row.get("prefix", {}).values()}
        told |= {_constant(row["prefix"]) for fact in self.facts.values() for row in fact.get("mounts", ())}
        self.loose_probes = [text for _, text in probes if text not in told and text.startswith("/")]
        self.signs = {sign for fact in self.facts.values() for sign in fact.get("signs", ())}

    def _handled(self, row, path) -> dict:
        """Answer the row of a route with the function or class of another file that handles it, if it can be followed."""
        given = row.get("he")
        if not given or given[0] != "ref":
            return row
        home = self.project.project.find(given[1], path)
        if home is None or not home[1] or self.project.is_test(home[0]):
            return row
        file, name = home[0], ".".join(home[1])
        record = self.project.project.summary(file)
        if name in record["classes"]:
            verbs = ("get", "post") if row["m"] != ["ANY"] or PROBE.search(snake(home[1][-1])) else ("post", "get")
            name = next((f"{name}.{verb}" for verb in verbs if f"{name}.{verb}" in record["functions"]), name)
        entry = record["functions"].get(name) or record["classes"].get(name)
        if entry is None:
            return row
        place, deep = self.facts.get(file, {}).get("views", {}).get(name, ((entry["line"], 1), ""))
        return {**row, "h": name, "hp": place, "deep": deep, "file": file}

    def _foreign(self, key, below, foreign, seen):
        if key in seen:
            return []
        seen.add(key)
        found = list(foreign.get(key, ()))
        for child, *_ in below.get(key, ()):
            found += self._foreign(child, below, foreign, seen)
        return found

    def _walk(self, app, key, prefix, own, below, chain=(), deps=()):
        if key in chain or len(chain) > 400:
            return
        chain = (*chain, key)
        given = self.rows[key].get("deps")
        deps = (*deps, (given, key[0])) if given else deps
        for path, row in own.get(key, ()):
            app.routes.append(Route(path, row, self._texts(row, path, prefix), True, chain, deps))
        for child, mount_prefix, path, more_deps in below.get(key, ()):
            row = self.rows.get(child)
            if row is None:
                continue
            # Flask's url_prefix of register_blueprint takes the place of the blueprint's own; the others add up
            more = self._text(mount_prefix, path)
            inner = self._prefix(row, child[0], ("prefix", "url_prefix"))
            blueprint = "url_prefix" in row.get("prefix", {})
            joined = more if blueprint and more else more + inner
            self._walk(app, child, prefix + joined, own, below, chain, (*deps, *more_deps))

    def _prefix(self, row, path, names) -> str:
        given = row.get("prefix", {})
        return "".join(self._text(given[name], path) if given[name] else "{}" for name in names if name in given)

    def _text(self, expr, path) -> str:
        if expr is None or expr == ["const", None]:
            return ""
        return (
            pattern(expr, path, self.project.project) or ""
            if expr == ["const", ""]
            else (pattern(expr, path, self.project.project) or "{}")
        )

    def _texts(self, row, path, prefix):
        return [prefix + (self._text(expr, path) if expr is not None else "{}") for expr in row["u"]]

    # what serves an app

    def _serve(self):
        for path, program, words, _, _, (workers, config) in self.serves:
            served = [app for app in self.apps if self._is_served(app, program, words)]
            # `app:app` names a module of each folder that has one: that beside the command is meant, or that of the name
            ranks = {app: (_shared(app.path, path), self.project.module(app.path) in _modules(words)) for app in served}
            nearest = max(ranks.values(), default=None)
            for app in served:
                if ranks[app] == nearest:
                    count = self._processes(path, program, workers, config)
                    by = f"{program} in {path.rpartition('/')[2]}"
                    if not app.by or count > app.workers:
                        app.by, app.workers = by if count > 1 else app.by or by, max(count, app.workers)

    def _processes(self, path, program, workers, config) -> int:
        """Answer how many processes a command starts; 1 if it is not known, MANY for a number that grows with the machine."""
        if workers:
            return int(workers)
        if program != "gunicorn":
            return 1
        return configured(self.project, config, path) or (MANY if grows(self.project, config, path) else 1)

    def _is_served(self, app, program, words) -> bool:
        if app.row.get("main") or not app.outer:
            return False
        named = [word if ":" in word else f"{word}:application" for word in words if word != "run"]
        module = self.project.module(app.path)
        for word in named:
            target, _, name = word.partition(":")
            name = name.partition("(")[0]
            if self._same(module, target) and (name == app.row["name"] or app.row["fn"] == name):
                return True
            keys = set()
            for path in self.facts:
                if self._same(self.project.module(path), target):
                    keys |= self._made_in(path, name)
            if (app.path, *app.place[:2]) in keys:
                return True
        if named or program not in ("flask", "fastapi", "quart", "gunicorn", "uvicorn", "hypercorn"):
            return program.endswith(".py") and self._script(app, program)
        outer = [other for other in self.apps if other.outer and not other.row.get("main")]
        if program in ("flask", "fastapi", "quart"):
            kinds = {"flask": "Flask", "fastapi": "FastAPI", "quart": "Quart"}
            same = [other for other in outer if other.kind == kinds[program]]
            return "run" in words and same == [app]
        return program in ("gunicorn", "uvicorn", "hypercorn") and outer == [app]

    @staticmethod
    def _same(module, target) -> bool:
        return module == target or module.endswith(f".{target}") or target.endswith(f".{module}")

    def _made_in(self, path, name):
        """Answer what the name of a module holds: made there, or what a factory of the project returned."""
        fact = self.facts.get(path, {})
        keys = {(path, *row["p"][:2]) for row in fact.get("made", ()) if row["name"] == name and not row["fn"]}
        keys |= {(path, *place) for place in fact.get("returns", {}).get(name, ())}
        expr = self.project.project.summary(path)["names"].get(name)
        return keys or self._resolve(expr, path)[0]

    def _script(self, app, program) -> bool:
        name = program.rpartition("/")[2]
        for path, fact in self.facts.items():
            if path.rpartition("/")[2] == name and fact.get("runs"):
                if path == app.path or any(
                    (app.path, *app.place[:2]) in self._resolve(r, path)[0] for r in fact["runs"]
                ):
                    return True
        return False


def _modules(words) -> set:
    """Answer the modules that the words of a command name."""
    return {word.partition(":")[0] for word in words}


def _shared(one, other) -> int:
    """Answer how many folders two paths have in common, from the root."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1]):
        if left != right:
            break
        count += 1
    return count


def _constant(expr):
    return expr[1] if expr and expr[0] == "const" and isinstance(expr[1], str) else ""


_NAMED = re.compile(r"(?i)(?:^|_)(?:health\w*|livez|liveness|readyz|readiness|heartbeat)(?:$|_)")


def may_probe(found, app, words) -> bool:
    """Answer whether an app has, or may have, a route that says one of these words by its path, or by its handler's name."""
    names = {route.row.get("h", "").rpartition(".")[2] for route in app.routes}
    if any(_NAMED.search(name) and probe_word(f"/{name}") in words for name in names):
        return True
    if app.probes(words) or any(probe_word(text) in words for text in found.loose_probes):
        return True
    if any(PROBE.search(text.replace("{}", "")) and probe_word(text) in words for r in app.routes for text in r.paths):
        return True
    return bool(app.foreign)
