"""A small project on disk, with findings of file rules, project rules and documents, for tests of the doors."""

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
    "app/__init__.py": "",
    "app/cache.py": "import redis\n\nclient = redis.Redis(host='cache')\n\n\ndef make():\n    return client\n",
    "app/api.py": (
        "from fastapi import FastAPI\n\nfrom .cache import client, make\n\napp = FastAPI()\n\n\n"
        "@app.get('/a')\nasync def a():\n    try:\n        return make().get('a')\n    except:\n        return client.get('b')\n"
    ),
    "app/empty.py": "",
    "app/umlaut.py": "from . import cache  # noqa: AUD101\n\nx = 'ä'; from . import api\n",
}


def write(folder, files=None):
    """Write these files (FILES if None) below a folder and answer it."""
    for name, text in (FILES if files is None else files).items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8", newline="")
    return Path(folder)


def run(folder, *arguments, module="preaudit_hooks", stdin=None, env=None):
    """Run a module of this environment in a folder and answer the finished process."""
    roots = os.pathsep.join([str(HOME / "plugins"), str(HOME / "hooks")])
    environment = {**os.environ, "PYTHONPATH": roots, "NO_COLOR": "1", **(env or {})}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=folder, input=stdin, capture_output=True, text=True, env=environment,
        timeout=120, check=False,
    )  # fmt: skip


def check(folder, *arguments, **more):
    """Run `preaudit check` with concise output and answer (sorted lines, exit status)."""
    done = run(folder, "check", "--output-format", "concise", *arguments, **more)
    assert "Traceback" not in done.stderr, done.stderr
    return sorted(line for line in done.stdout.splitlines() if " AUD" in line), done.returncode


def flake8(folder, *arguments, **more):
    """Run flake8 with AUD codes only and answer (sorted lines, exit status)."""
    done = run(folder, "--extend-select", "AUD", "--ignore", "E,W,F,C", *arguments, module="flake8", **more)
    assert "Traceback" not in done.stderr, done.stderr
    return sorted(done.stdout.splitlines()), done.returncode
