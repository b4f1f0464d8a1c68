"""Facts that were kept are those of a fresh run, also where they tell what another module says."""

import pytest
from preaudit.core.settings import Settings
from preaudit_hooks.engine import Run
from preaudit_hooks.work import Worker

from tests.engine.projects import write

CELERY = "from celery import Celery\n\napp = Celery('shop')\n"
REGISTRY = "class Registry:\n    def task(self, function):\n        return function\n\n\napp = Registry()\n"
TASKS = "from shop.core import app\n\n\n@app.task\ndef send(order):\n    return order\n"
ENGINE = (
    "from shop.core import URL\nfrom sqlalchemy import create_engine\n\nengine = create_engine(URL, pool_size=20)\n"
)
STATIONS = {
    "a task": ("entrypoints", TASKS, CELERY, REGISTRY),
    "a dialect": ("models", ENGINE, "URL = 'sqlite:///shop.db'\n", "URL = 'postgresql://db/shop'\n"),
    "no task": ("entrypoints", TASKS, REGISTRY, CELERY),
}


def facts(folder, target, kind, cache=True):
    """Answer {path: fact} of one kind after a run that checks one file, as a commit of that file does."""
    run = Run(str(folder), Settings(root=str(folder)), {"AUD016", "AUD107"}, 1, cache, {}, None, None)
    run.checked = frozenset({target})
    run.check_files([target])
    found = dict(run.facts.of(kind))
    if run.cache is not None:
        run.cache.save()
    return found


@pytest.mark.parametrize("station", STATIONS)
def test_facts_follow_a_change_of_another_module(station, tmp_path):
    """What shop/work.py tells the project depends on shop/core.py: that one changes and is checked, alone."""
    kind, text, before, after = STATIONS[station]
    core = tmp_path / "shop" / "core.py"
    write(tmp_path, {"pyproject.toml": "", "shop/__init__.py": "", "shop/core.py": before, "shop/work.py": text})
    first = facts(tmp_path, "shop/core.py", kind)
    assert first == facts(tmp_path, "shop/core.py", kind)
    core.write_text(after)
    then = facts(tmp_path, "shop/core.py", kind)
    assert then == facts(tmp_path, "shop/core.py", kind, cache=False)
    assert first.get("shop/work.py") != then.get("shop/work.py"), "nothing follows, so the test shows nothing"
    core.write_text(before)
    assert facts(tmp_path, "shop/core.py", kind) == first


def test_facts_of_a_file_that_asks_nobody_stay(tmp_path, monkeypatch):
    """A file whose facts depend on it alone is not read again when another one changes."""
    write(
        tmp_path, {"shop/__init__.py": "", "shop/core.py": CELERY, "shop/work.py": TASKS.replace("shop.core", "celery")}
    )
    facts(tmp_path, "shop/core.py", "entrypoints")
    (tmp_path / "shop" / "core.py").write_text(REGISTRY)
    read = []
    check = Worker.check
    monkeypatch.setattr(Worker, "check", lambda self, path, target: read.append(path) or check(self, path, target))
    facts(tmp_path, "shop/core.py", "entrypoints")
    assert read == ["shop/core.py"]
