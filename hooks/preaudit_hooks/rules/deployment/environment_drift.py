"""The variables that the code reads and those that its files set have drifted apart

## What it does
Compares the environment that the Python code reads with the one that `.env` files and their examples, compose, app
specs, Dockerfiles, systemd units, shell scripts and CI set. Reported is

- a variable that the code cannot do without (`os.environ["X"]`, a settings field without default, `config("X")` of
  decouple, `env("X")`, `int(os.getenv("X"))`) and that no file sets or documents, at the read;
- a variable that a `.env` file or example or an app spec sets and nothing reads, at the variable; in a compose file, only
  one in the project's own namespace, or spelled almost as one that is read and set nowhere;
- a settings class that reads a `.env` file and forbids extra keys, as pydantic-settings does unless told otherwise,
  where that file or its example has keys that are no fields, at the class.

## Why it matters
The next deployment, or the next colleague's first day, stops with a `KeyError` or a validation error at start-up. A
variable that nothing reads is believed to switch something that it no longer switches.

## Bad
```python app/settings.py
import os

from pydantic_settings import BaseSettings, SettingsConfigDict

PAYMENT_URL = os.environ["PAYMENT_URL"]  # AUD904


class Settings(BaseSettings):  # AUD904
    model_config = SettingsConfigDict(env_file=".env")

    database_url: str
    mail_host: str = "localhost"
    mail_port: int = 25
```
```dotenv .env.example
DATABASE_URL=postgres://shop@localhost/shop
MAIL_HOST=localhost
MAIL_PORT=25
MAIL_USER_NAME=shop
```
```python app/settings.py
import os

NAME = os.getenv("SHOP_NAME", "shop")
WORKERS = os.getenv("SHOP_WORKERS_COUNT")
COLOR = os.getenv("SHOP_COLOR")
SIZE = os.getenv("SHOP_SIZE")
```
```dotenv .env
SHOP_NAME=berlin
SHOP_WORKER_COUNT=4  # AUD904
SHOP_COLOR=red
SHOP_SIZE=2
```

## Good
```python app/settings.py
import os

from pydantic_settings import BaseSettings, SettingsConfigDict

PAYMENT_URL = os.environ.get("PAYMENT_URL", "")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str
    mail_host: str = "localhost"
    mail_user: str
```
```dotenv .env.example
DATABASE_URL=postgres://shop@localhost/shop
MAIL_HOST=localhost
MAIL_USER=shop
PAYMENT_URL=
```

## Fixed
There is no fix: add the variable to the example and to what deploys the code, correct its name, or remove it.

## Options
None.

## Limits
The files must belong to the code: they set at least one variable that it reads, and one that the part of the project
reads which has requirements, a Dockerfile or a project file of its own. A variable that any Python file,
configuration file, script or workflow mentions counts as read; so do those of well-known programs and libraries
(`POSTGRES_*`, `AWS_*`, `PYTHON*` and so on), those of services with an image of their own, and all of them where a
project reads variables by computed names or has sources in other languages beside the file. Projects that deploy by
Helm, Kubernetes or Terraform set variables there, and only what no such file mentions is missing. The environment of a
compose service may be meant for its image, an entrypoint in it or a library, which no file here tells: a first word
under which the code reads four variables makes a namespace of the project's own.

## Origin
Audit A: half of its findings were configuration that two files told differently.
"""

import posixpath
import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.documents.kinds import is_example
from preaudit_hooks.documents.names import APP_SPEC_FILES, DOTENV_FILES, shown
from preaudit_hooks.documents.stacks import stacks
from preaudit_hooks.facts.environment_model import of

RULE = Rule(
    code="AUD904",
    name="environment-drift",
    severity="medium",
    scope="project",
    message="{name} is read without a default, and no .env example, compose, app spec or CI file sets it; "
    "add it to {example}",
    since="0.1.0",
    audits=("A",),
    files=f"{DOTENV_FILES}|{APP_SPEC_FILES}|\\.py$",
)
_UNREAD = "{name} is set here and nothing in the project reads it; {instead}"
_INSTEAD = "remove it, or read it where it was meant to count"
_PARTS = frozenset(("pyproject.toml", "Dockerfile", "Pipfile", "Procfile", "setup.py"))
_NAMESPACE = 4  # so many variables read under one first word make that word the project's own
_FORBIDDEN = (
    "{name} forbids extra keys and stops at start-up: {example} also has {keys}; add extra='ignore', or the fields"
)
_OUTSIDE = frozenset(
    """HOME PATH USER USERNAME SHELL PWD TERM TMPDIR TEMP TMP LANG TZ HOSTNAME CI PORT EDITOR DISPLAY VIRTUAL_ENV
    APPDATA LOCALAPPDATA PROGRAMFILES SYSTEMROOT COMPUTERNAME OS LOGNAME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME
    XDG_RUNTIME_DIR PYTEST_CURRENT_TEST READTHEDOCS CONDA_PREFIX CONDA_DEFAULT_ENV SSH_AUTH_SOCK NO_COLOR FORCE_COLOR
    COLUMNS LINES WEB_CONCURRENCY DYNO RANK LOCAL_RANK WORLD_SIZE MASTER_ADDR MASTER_PORT HOST DEBUG SUDO_USER
    FORWARDED_ALLOW_IPS NODE_ENV http_proxy https_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY no_proxy PUID PGID UID GID
    UMASK LD_LIBRARY_PATH LD_PRELOAD OMP_NUM_THREADS""".split()
)
# Variables of programs and libraries, which read them themselves.
_KNOWN = lazy(
    r"""^(?:PYTHON[A-Z0-9]+$|PG[A-Z]+$|(?:CELERY[A-Z]*|POSTGRES|MYSQL|MARIADB|MONGO|REDIS|RABBITMQ|COMPOSE|DOCKER|BUILDKIT|PYTHON|PIP|UV|POETRY|PDM|PIPENV|AWS|AZURE|GOOGLE
    |GCP|GCLOUD|GITHUB|GITLAB|CI|RUNNER|ACTIONS|C_FORCE|FLOWER|FLASK|DJANGO|GUNICORN|UVICORN|HYPERCORN|GRANIAN|SENTRY|OTEL
    |DD|DATADOG|NEW_RELIC|NEWRELIC|KUBERNETES|KUBE|VAULT|CONSUL|NOMAD|HF|HUGGINGFACE|HUGGING_FACE|TRANSFORMERS|TORCH|CUDA
    |NVIDIA|TF|KERAS|OPENAI|ANTHROPIC|MISTRAL|GEMINI|COHERE|GROQ|LANGCHAIN|LANGSMITH|LANGFUSE|MLFLOW|WANDB|RAY|PREFECT
    |AIRFLOW|DAGSTER|DBT|SPARK|HADOOP|KAFKA|ELASTIC|ELASTICSEARCH|OPENSEARCH|MINIO|GRAFANA|GF|PROMETHEUS|LOKI|TRAEFIK|NGINX
    |LETSENCRYPT|ACME|CERTBOT|PGADMIN|SUPABASE|FIREBASE|TWILIO|STRIPE|SENDGRID|VITE|NEXT|NUXT|REACT_APP|VUE_APP|NPM|YARN
    |PNPM|NODE|JAVA|JVM|JAVA_OPTS|HEROKU|RENDER|RAILWAY|FLY|VERCEL|NETLIFY|DO|DIGITALOCEAN|BETTER_AUTH|NEXTAUTH|QT|SDL
    |NUMBA|OPENBLAS|MKL|OMP|LC|XDG|SSL|CURL|REQUESTS|GRPC|PROTOCOL_BUFFERS|SQLALCHEMY|ALEMBIC|LOGURU|RICH|TQDM|PYTEST
    |COVERAGE|TOX|NOX|PRE_COMMIT|MYPY|RUFF|KEYCLOAK|KC|AUTHENTIK|N8N|OLLAMA|QDRANT|WEAVIATE|MILVUS|NEO4J|CLICKHOUSE
    |INFLUXDB|DOCKER_INFLUXDB|TELEGRAF|DOMAIN|STACK|TAG|IMAGE|VERSION)(?:_|$))""",
    re.VERBOSE,
)
_SIDE = lazy(
    r"(?i)(?:^|/)(?:scripts?|tools?|docs?|examples?|samples?|benchmarks?|notebooks?|contrib|dev|ci|\.github|bin|hack|demos?|templates?|cookiecutter[^/]*|\{\{[^/]*)/"
)
_SIMPLE = lazy(
    r"""^(?:typing\.|t\.|pydantic\.|pathlib\.)*(?:str|int|float|bool|bytes|SecretStr|SecretBytes|Path|AnyUrl|AnyHttpUrl
    |HttpUrl|\w*Dsn|EmailStr|FilePath|DirectoryPath|Decimal|UUID|NonNegativeInt|PositiveInt|Literal\[.*|list\[str\]
    |List\[str\]|set\[str\]|NonEmptyStr|constr.*|conint.*|Annotated\[\s*(?:str|int|float|bool)\b.*)$""",
    re.VERBOSE,
)
_LANGUAGES = lazy(r"\.(?:js|mjs|cjs|ts|tsx|jsx|vue|svelte|go|rs|rb|php|java|kt|cs|ex|exs|c|cc|cpp|swift|scala|pl|lua)$")


@RULE.on_project("environment", "dotenv", "compose", "tooling")
def check(project):
    """Report what is read and not set, what is set and not read, and keys that a settings class forbids."""
    environment = of(project)
    mentioned = _mentions(project)
    own = [read for read in environment.reads if _is_own(project, read)]
    names = {read.name for read in own} | {read.name.upper() for read in own if read.how == "settings"}
    provided = {each.name for each in environment.providers} | {each.name.upper() for each in environment.providers}
    files = {each.path for each in environment.providers if each.kind != "python" and each.name.upper() in names}
    if not names or not files:
        return
    yield from _missing(project, environment, own, provided, mentioned)
    forbidden = list(_forbidden(project, environment))
    yield from forbidden
    told = {(path, place) for draft in forbidden for path, place, _ in draft.related}
    for draft in _unread(project, environment, names, mentioned):
        if not any((draft.path, draft.place[0]) == (path, place[0]) for path, place in told):
            yield draft
    yield from _unread_in_compose(project, environment, names, mentioned)


def _is_own(project, read):
    return read.path.endswith(".py") and not project.is_test(read.path) and not _SIDE.search(read.path)


def _mentions(project):
    """Answer every variable that a configuration file, script, image or workflow mentions, with the first file."""
    found: dict = {}
    for path, fact in project.facts("tooling"):
        for word in fact.get("mentions", ()):
            found.setdefault(word, path)
    return found


def _missing(project, environment, own, provided, mentioned):
    examples = [path for path, _ in project.facts("dotenv") if is_example(path)]
    known = {read.name for read in own if {read.name, read.name.upper()} & (provided | mentioned.keys())}
    components = _components(project)
    told = {_component(read.path, components) for read in own if read.name in known}
    soft = {
        read.name for read in environment.reads if not read.required and read.how not in ("compose", "dotenv", "shell")
    }
    done = set()
    for read in sorted(own, key=lambda read: (read.path, read.place)):
        name = read.name if read.how != "settings" else read.name.upper()
        if not read.required or name in done or name in provided or name in mentioned or name.upper() in mentioned:
            continue
        if name in _OUTSIDE or name in soft or _is_platform(name) or project.settings.is_migration(read.path):
            continue
        if read.how == "settings" and not _SIMPLE.match(read.cast):
            continue
        home = _component(read.path, components)
        if home not in told:
            continue  # what deploys this part is not in the repository: no file sets anything that it reads
        done.add(name)
        near = [path for path in examples if _component(path, components) in (home, "")]
        example = max(near, key=len, default="what sets the others")
        yield RULE.at(read.place, path=read.path, scope=read.scope, name=shown(name), example=example)


def _components(project) -> frozenset:
    """Answer the folders with requirements, an image or a project file of their own: what is deployed by itself."""
    return frozenset(
        path.rpartition("/")[0] for path in project.paths
        if path.endswith((".toml", ".txt", "file", "setup.py"))
        and (path.rpartition("/")[2] in _PARTS or path.rpartition("/")[2].startswith("requirements"))
    )  # fmt: skip


def _component(path, components) -> str:
    """Answer the nearest of these folders around a file, '' for the project itself."""
    folder = path.rpartition("/")[0]
    while folder and folder not in components:
        folder = folder.rpartition("/")[0]
    return folder


def _is_platform(name):
    prefix = r"(?:GITHUB|GITLAB|CI|RUNNER|KUBERNETES|AWS_LAMBDA|AWS|GOOGLE|AZURE|SLURM|PYTEST|CONDA|VSCODE|JENKINS|XDG|SYSTEMD)_"
    return bool(re.match(prefix, name))


def _unread(project, environment, names, mentioned):
    if environment.dynamic:
        return
    foreign = _foreign_files(project)
    handed = {each.name for each in environment.reads if each.how in ("compose", "shell", "dotenv")}
    entries = [
        (path, [(name, (*place[:2], *value_place[2:])) for name, place, value_place, _, _ in rows])
        for path, rows in project.facts("dotenv")
        if path not in foreign
    ]
    specs: dict = {}
    for each in environment.providers:
        if each.kind == "app-spec":
            specs.setdefault(each.path, []).append((each.name, each.place))
    for path, rows in [*entries, *specs.items()]:
        if _has_other_sources(project, path) or project.is_test(path):
            continue
        read = {row[0] for row in rows if row[0] in names or row[0].upper() in names}
        idle = {row[0] for row in rows if not _is_read_somewhere(environment, row[0], names, handed, mentioned)}
        # A file of which the code reads less than half is another program's.
        if len(read) < 3 or len(idle) > len(read):
            continue
        for name, place in rows:
            if name not in idle:
                continue
            near = _nearest(name, environment, names)
            yield RULE.at(
                place,
                path=path,
                scope=name,
                message=_UNREAD,
                name=shown(name),
                instead=f"did you mean {shown(near)}?" if near else _INSTEAD,
            )


def _unread_in_compose(project, environment, names, mentioned):
    """Report variables of compose services that only the project itself can have meant: its namespace, or its typing error.

    Anything else may be read by the image, its entrypoint, or a library.
    """
    if environment.dynamic:
        return
    handed = {each.name for each in environment.reads if each.how in ("compose", "shell", "dotenv")}
    spaces: dict = {}
    for name in names:
        first, sign, _ = name.upper().partition("_")
        if sign and len(first) > 2 and not _KNOWN.match(first):
            spaces.setdefault(first, set()).add(name.upper())
    for path, fact in project.facts("compose"):
        if project.is_test(path) or _has_other_sources(project, path):
            continue
        done = set(fact.get("inner", ()))
        for service, layers in fact["services"].items():
            for place, name, _ in [row for layer in layers for row in layer.get("environment", ())]:
                if name in done or _is_read_somewhere(environment, name, names, handed, mentioned):
                    continue
                near = _nearest(name, environment, names)
                if near or len(spaces.get(name.upper().partition("_")[0], ())) >= _NAMESPACE:
                    done.add(name)
                    instead = f"did you mean {shown(near)}?" if near else _INSTEAD
                    scope = f"services.{service}.environment"
                    yield RULE.at(
                        tuple(place), path=path, scope=scope, message=_UNREAD, name=shown(name), instead=instead
                    )


def _is_read_somewhere(environment, name, names, handed, mentioned):
    upper = name.upper()
    if {name, upper} & names or name in handed or upper in _OUTSIDE or _KNOWN.match(upper):
        return True
    if {name, upper} & mentioned.keys() or {name, upper} & environment.mentions.keys() or name in environment.by_name:
        return True
    for settings in environment.settings:
        delimiter = settings.config.get("env_nested_delimiter")
        if settings.config.get("unknown") or (isinstance(delimiter, str) and delimiter and delimiter.upper() in upper):
            return True
        prefix = settings.config.get("env_prefix")
        if not settings.known and isinstance(prefix, str) and upper.startswith(prefix.upper()):
            return True
    return False


def _nearest(name, environment, names):
    """Answer a variable that is read, not set by any file, and spelled almost the same."""
    from difflib import get_close_matches

    missing = [each for each in names if each not in environment.set_by_name]
    return next(iter(get_close_matches(name.upper(), sorted(missing), 1, 0.85)), "")


def _foreign_files(project):
    """Answer the `.env` files that services with an image of their own get: those programs read them."""
    found = set()
    for stack in stacks(project):
        for service in stack.services.values():
            if "build" not in service.fact:
                for row in service.fact.get("env_file", ()):
                    found.add(posixpath.normpath(posixpath.join(posixpath.dirname(row[0]), row[2])))
    return found


def _has_other_sources(project, path):
    folder = posixpath.dirname(path)
    prefix = folder + "/" if folder else ""

    def languages():
        return [
            each
            for each in project.paths
            if _LANGUAGES.search(each) and not re.search(r"(?:^|/)(?:static|docs?|vendor)/", each)
        ]

    return any(each.startswith(prefix) for each in project.once("other languages", languages))


def _forbidden(project, environment):
    dotenv = dict(project.facts("dotenv"))
    for settings in environment.settings:
        if settings.version != "2" or not settings.known or settings.config.get("unknown"):
            continue
        if (
            settings.config.get("extra", "forbid") != "forbid"
            or project.is_test(settings.path)
            or _SIDE.search(settings.path)
        ):
            continue
        files = settings.config.get("env_file")
        fields = {name.upper() for names, _, _, _ in settings.fields for name in names}
        for file in [files] if isinstance(files, str) else files if isinstance(files, list) else ():
            found = _extra_keys(settings, fields, str(file), dotenv)
            if found:
                path, keys = found
                told = ", ".join(shown(name) for name, _ in keys[:3]) + (
                    f" and {len(keys) - 3} more" if len(keys) > 3 else ""
                )
                yield RULE.at(
                    settings.place,
                    path=settings.path,
                    related=[(path, tuple(place), f"{shown(name)} is no field") for name, place in keys[:10]],
                    scope=settings.name,
                    message=_FORBIDDEN,
                    name=settings.name,
                    example=path,
                    keys=told,
                )
                break


def _extra_keys(settings, fields, file, dotenv):
    """Answer (path, [(name, place)]) of the keys of a class's `.env`, or of its example, that are no fields."""
    name = posixpath.basename(file)
    folders = [""]
    folder = posixpath.dirname(settings.path)
    while folder:
        folders.insert(-1, folder)
        folder = posixpath.dirname(folder)
    raw = {field.removeprefix(str(settings.config.get("env_prefix") or "").upper()) for field in fields}
    delimiter = settings.config.get("env_nested_delimiter")
    for folder in dict.fromkeys(folders):
        base = posixpath.normpath(posixpath.join(folder, posixpath.dirname(file)))
        base = "" if base == "." else base
        beside = [path for path in dotenv if posixpath.dirname(path) == base]
        chosen = [path for path in beside if posixpath.basename(path) == name]
        chosen += [path for path in beside if is_example(path) and posixpath.basename(path).startswith(name)]
        for path in chosen:
            keys = [
                (key, place) for key, place, _, shape, _ in dotenv[path]
                if key.upper() not in fields | raw and shape["kind"] not in ("empty", "inherited")
                and not (isinstance(delimiter, str) and delimiter and delimiter.upper() in key.upper())
            ]  # fmt: skip
            if keys:
                return path, keys
        if chosen:
            return None
    return None
