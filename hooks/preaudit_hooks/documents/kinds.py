"""Which reader a file gets, by its name and, where the name does not tell, by its text; and the readers.

Cheap enough to ask for every file of a project: no reader is imported before it is used.
"""

from __future__ import annotations

import re
from importlib import import_module
from itertools import islice

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.config import file_pattern, is_config

_READERS = {
    "compose": ("compose", "ComposeDocument"),
    "app-spec": ("appspec", "AppSpecDocument"),
    "workflow": ("workflow", "WorkflowDocument"),
    "dotenv": ("dotenv", "DotenvDocument"),
    "shell": ("shell", "ShellDocument"),
    "procfile": ("procfile", "ProcfileDocument"),
    "dockerfile": ("dockerfile", "DockerfileDocument"),
    "systemd": ("systemd", "SystemdDocument"),
    "sql-migration": ("sql", "SqlDocument"),
    "config": ("config", "ConfigDocument"),
}
KINDS = tuple(_READERS)
# Read for what they mention; one that cannot be read (another encoding) is nobody's mistake.
AUXILIARY = ("config", "sql-migration")

_COMPOSE = lazy(r"(?:docker[-_]?)?compose(?:[-_.][\w.\-]*)?\.ya?ml|[\w.\-]+[-_.](?:docker-)?compose\.ya?ml", re.I)
_DOTENV = lazy(
    r"""\.env(?:[.\-_][\w.\-]+)? | [\w.\-]+\.env(?:[.\-_][\w\-]+)?
    | \.?(?:env|dotenv)[.\-_](?:example|sample|template|dist|local|dev|development|prod|production|staging
    |test|ci|docker|default|defaults)(?:[.\-_]\w+)?""",
    re.I | re.X,
)
_NOT_DOTENV = lazy(
    r"\.(?:py|pyi|js|mjs|cjs|ts|tsx|jsx|json|ya?ml|toml|md|rst|txt|html|sh|bash|go|rb|rs|php|java|vue|css|ps1"
    r"|gpg|enc|age|j2|jinja2?|tf|tfvars|hcl|nix|cue|bicep|jsonnet|xml|ini|cfg|sql|bat|cmd|fish|csh|lua|pl|kts?|swift"
    r"|scala|http|lock|csv|ipynb|svg|png|jpe?g|gif|pdf|zip)$",
    re.I,
)
_EXAMPLE = lazy(
    r"(?i)(?:^|[._\-/])(?:example|sample|template|tmpl|tpl|dist|default|defaults|schema|dummy|skeleton)s?(?:$|[._\-/])"
)
_MIGRATIONS = lazy(r"(?i)(?:^|/)[\w.-]*(?:migrat|schema_changes|flyway)[\w.-]*/")
_WORKFLOW = lazy(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_APP_SPEC_PATH = lazy(r"(?:^|/)\.do/[^/]+\.ya?ml$")
_SERVICES = lazy(r"^(?P<indent>[ \t]*)(?:services|workers|jobs|static_sites|databases|functions):[ \t]*(?:#.*)?$", re.M)
_NEXT_LINE = lazy(r"\n([ \t]*[^\s#][^\n]*)")
_SERVICES_MAP = lazy(r"^services:[ \t]*(?:#.*)?$", re.M)
_COMPOSE_KEY = lazy(r"^[ \t]+(?:image|build|extends):", re.M)
_APP_SPEC_KEY = lazy(
    r"^[ \t]+(?:-[ \t]+)?(?:run_command|http_port|instance_size_slug|instance_count|environment_slug|source_dir"
    r"|dockerfile_path|cluster_name|production|engine|deploy_on_push|ingress|routes):", re.M
)  # fmt: skip
_MANIFEST = lazy(r"^apiVersion:[^\n]*\n(?:[^\n]*\n){0,20}?kind:|^kind:[^\n]*\n(?:[^\n]*\n){0,20}?apiVersion:", re.M)
_SHEBANG = lazy(r"#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(?:/?\b)(?:ba|da|z|k|a)?sh\b")


def kind_of(path: str, text: str | None = None) -> str:
    """Answer the kind of a file, '' if no reader takes it; `path` with `/`.

    Without its text, a YAML file whose name does not tell and a script without an ending answer ''.
    """
    name = path.rpartition("/")[2]
    lower = name.lower()
    if lower.endswith((".yml", ".yaml")):
        return _yaml_kind(path, name, text) or ("config" if is_config(path) else "")
    if lower.endswith((".sh", ".bash", ".zsh", ".ksh")) or lower == ".envrc":
        return "shell"
    if lower == "procfile" or (lower.startswith("procfile.") and not _NOT_DOTENV.search(lower)):
        return "procfile"
    if lower in ("dockerfile", "containerfile") or lower.endswith((".dockerfile", ".containerfile")):
        return "dockerfile"
    if lower.startswith(("dockerfile.", "dockerfile-", "containerfile.")) and not _NOT_DOTENV.search(lower):
        return "dockerfile"
    if lower.endswith(".service"):
        return "systemd"
    if (_DOTENV.fullmatch(name) or "/.envs/" in "/" + path) and not _NOT_DOTENV.search(lower):
        return "dotenv"
    if lower.endswith(".sql") and _MIGRATIONS.search(path):
        return "sql-migration"
    if is_config(path):
        return "config"
    if text is not None and "." not in name and text.startswith("#!") and _SHEBANG.match(text):
        return "shell"
    return ""


def _yaml_kind(path, name, text):
    if _WORKFLOW.search(path):
        return "workflow"
    if _COMPOSE.fullmatch(name):
        return "compose"
    if text is None:
        return "app-spec" if _APP_SPEC_PATH.search(path) else ""
    if is_app_spec_text(text) or (_APP_SPEC_PATH.search(path) and _SERVICES.search(text)):
        return "app-spec"
    if _SERVICES_MAP.search(text) and _COMPOSE_KEY.search(text) and "kind:" not in text and "{{" not in text:
        return "compose"
    if "apiVersion:" in text and _MANIFEST.search(text):
        return "config"
    return ""


def is_app_spec_text(text: str) -> bool:
    """Answer whether a YAML text looks like an app spec: a list under one of its sections, and one of its own keys."""
    for match in islice(_SERVICES.finditer(text), 50):
        following = _NEXT_LINE.search(text, match.end())
        if following is None:
            return False
        following = following[1]
        indent = len(match["indent"].expandtabs())
        own = len(following) - len(following.lstrip())
        if following.lstrip().startswith("- ") and own >= indent and (
            indent == 0 or re.search(r"^spec:[ \t]*(?:#.*)?$", text, re.M)
        ):  # fmt: skip
            if _APP_SPEC_KEY.search(text) and re.search(r"^[ \t]*(?:-[ \t]+)?name:", text, re.M):
                return match[0].strip() != "jobs:" or bool(re.search(r"run_command|instance_size_slug", text))
    return False


def is_example(path: str) -> bool:
    """Answer whether a file's name says that its values are samples: `.env.example`, `template.env`."""
    return bool(_EXAMPLE.search(path.rpartition("/")[2]))


def read(path: str, text: str, kind: str = ""):
    """Answer the positioned document of a file, None if no reader takes it; never raises for bad input."""
    kind = kind or kind_of(path, text)
    if kind not in _READERS:
        return None
    module, name = _READERS[kind]
    return getattr(import_module(f"preaudit_hooks.documents.{module}"), name)(path, text)


def _named(pattern: re.Pattern) -> str:
    """Answer the expression that finds, in a path, the file names that a pattern matches in full."""
    text = re.sub(r"\s+", "", pattern.pattern) if pattern.flags & re.X else pattern.pattern
    return f"(?i:(?:^|/)(?:{text})$)"


# The names that `kind_of` answers for, as regular expressions on paths, for the generated hooks. A file that only
# its text tells is not in them, but an app spec: nothing but its text tells one.
FILE_PATTERNS = {
    "compose": _named(_COMPOSE),
    "app-spec": r"\.ya?ml$",
    "workflow": _WORKFLOW.pattern,
    "dotenv": f"(?!.*{_NOT_DOTENV.pattern})(?:{_named(_DOTENV)}|(?:^|/)\\.envs/)",
    "shell": r"\.(?:sh|bash|zsh|ksh)$|(?:^|/)\.envrc$",
    "procfile": r"(?:^|/)Procfile(?:\.[\w-]+)?$",
    "dockerfile": r"(?i:(?:^|/)(?:docker|container)file(?:[.-][\w.-]+)?$|\.(?:docker|container)file$)",
    "systemd": r"\.service$",
    "sql-migration": f"(?i:{_MIGRATIONS.pattern.removeprefix('(?i)')}.*\\.sql$)",
    "config": file_pattern(),
}
