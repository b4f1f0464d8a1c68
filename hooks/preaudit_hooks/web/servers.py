"""How many processes a web server starts, as far as its command line and configuration tell."""

from __future__ import annotations


def configured(project, config: str, path: str) -> int:
    """Answer the `workers` of gunicorn's configuration file, 0 if it does not say; `path` is the file with the command.

    `config` is what the command names, '' for gunicorn's own default.
    """
    values = [v for v in project.constants(*_workers(project, config, path)) if isinstance(v, int)]
    return values[0] if len(values) == 1 else 0


def grows(project, config: str, path: str) -> bool:
    """Answer whether gunicorn's configuration file multiplies the number of processors: `cpu_count() * 2 + 1`."""
    expr, _ = _workers(project, config, path)
    text = repr(expr)
    return "cpu_count" in text and "'*'" in text


def _workers(project, config, path):
    """Answer (symbolic expression of `workers` or None, configuration file)."""
    wanted = (config or "gunicorn.conf.py").removeprefix("file:").removeprefix("./")
    folder = path.rpartition("/")[0]
    candidates = [f"{folder}/{wanted}" if folder else wanted, wanted]
    candidates += (
        [p for p in project.paths if p.endswith(f"/{wanted.rpartition('/')[2]}")][:1] if wanted.startswith("/") else []
    )
    for candidate in candidates:
        if candidate in project.paths:
            return project.project.summary(candidate)["names"].get("workers"), candidate
    return None, path
