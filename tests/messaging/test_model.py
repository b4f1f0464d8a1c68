"""What the model makes of files: apps and settings from everywhere people write them, workers of every kind of file."""

import pytest
from preaudit.core.project import Project
from preaudit.core.runner import FileChecker
from preaudit.core.settings import Settings
from preaudit_hooks.documents.kinds import read as document
from preaudit_hooks.facts import of_document, of_python
from preaudit_hooks.messaging.apps import setting_name
from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.view import ProjectView

APP = "from celery import Celery\n\napp = Celery('app')\n"


def read(files):
    """Answer the Flow of a project of these texts."""
    settings = Settings()
    project = Project("", settings, paths=sorted(files), texts=files)
    checker = FileChecker(project, settings, [], facts=of_python)
    rows = []
    for path, text in sorted(files.items()):
        facts = checker.check(path, text)[1] if path.endswith(".py") else of_document(document(path, text))
        rows += [(kind, path, fact) for kind, fact in facts.items()]
    return flow(
        ProjectView(project, settings, lambda kind: [(path, fact) for each, path, fact in rows if each == kind])
    )


ROUTES = {
    "attribute": {"app/w.py": APP + "app.conf.task_routes = {'t': {'queue': 'q'}}\n"},
    "item": {"app/w.py": APP + "app.conf['task_routes'] = {'t': 'q'}\n"},
    "update": {"app/w.py": APP + "app.conf.update(task_routes={'t': dict(queue='q')})\n"},
    "update with a dictionary": {"app/w.py": APP + "app.conf.update({'task_routes': {'t': {'queue': 'q'}}})\n"},
    "old name": {"app/w.py": APP + "app.conf.CELERY_ROUTES = {'t': {'queue': 'q'}}\n"},
    "keyword": {"app/w.py": "from celery import Celery\n\napp = Celery('app', task_routes={'t': {'queue': 'q'}})\n"},
    "list of dictionaries": {"app/w.py": APP + "app.conf.task_routes = ({'t': {'queue': 'q'}},)\n"},
    "list of pairs": {"app/w.py": APP + "app.conf.task_routes = ([('t', {'queue': 'q'})],)\n"},
    "spread": {"app/w.py": APP + "ONE = {'t': {'queue': 'q'}}\napp.conf.task_routes = {**ONE}\n"},
    "merged": {"app/w.py": APP + "ONE = {'t': {'queue': 'q'}}\napp.conf.task_routes = ONE | {}\n"},
    "added later": {
        "app/w.py": APP + "app.conf.task_routes = {}\napp.conf.task_routes.update({'t': {'queue': 'q'}})\n"
    },
    "module": {
        "app/w.py": APP + "app.config_from_object('app.conf_celery')\n",
        "app/conf_celery.py": "task_routes = {'t': {'queue': 'q'}}\n",
    },
    "imported module": {
        "app/w.py": "from app import conf_celery\n" + APP + "app.config_from_object(conf_celery)\n",
        "app/conf_celery.py": "task_routes = {'t': {'queue': 'q'}}\n",
    },
    "class": {
        "app/w.py": "from app.conf_celery import Config\n" + APP + "app.config_from_object(Config)\n",
        "app/conf_celery.py": "class Base:\n    task_routes = {'t': {'queue': 'q'}}\n\n\n"
        "class Config(Base):\n    timezone = 'UTC'\n",
    },
    "namespace": {
        "app/w.py": APP + "app.config_from_object('app.settings', namespace='CELERY')\n",
        "app/settings.py": "CELERY_TASK_ROUTES = {'t': {'queue': 'q'}}\n",
    },
    "factory": {
        "app/f.py": "from celery import Celery\n\n\ndef make():\n    made = Celery('app')\n"
        "    made.conf.task_routes = {'t': {'queue': 'q'}}\n    return made\n",
        "app/w.py": "from app.f import make\n\napp = make()\n",
    },
    "another module": {
        "app/w.py": APP,
        "app/r.py": "from app.w import app as celery_app\n\nQ = 'q'\ncelery_app.conf.task_routes = {'t': {'queue': Q}}\n",
    },
    "comprehension": {"app/w.py": APP + "app.conf.task_routes = {n: {'queue': 'q'} for n in ('t',)}\n"},
}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_routes_are_found_wherever_they_are_written(name):
    found = read(ROUTES[name])
    (app,) = found.model.apps
    entries, table = found.model.routes[app]
    assert [(route.key, route.options) for route in entries] == [("t", {"queue": "q"})]
    assert table.lookup("t") == ({"queue": "q"}, True)
    assert not app.open


@pytest.mark.parametrize(
    "line",
    ["app.conf.update(**load())", "app.config_from_envvar('X')", "app.config_from_object('elsewhere.conf')",
     "app.conf.update(flask_app.config)"],
)  # fmt: skip
def test_settings_from_places_unseen_leave_the_app_open(line):
    found = read({"app/w.py": "import flask\n\nflask_app = flask.Flask('a')\n" + APP + line + "\n"})
    assert found.model.apps[0].open


WORKERS = {
    "docker-compose.yml": "services:\n  w:\n    command: celery -A app worker -Q a,b\n",
    "compose.yaml": "services:\n  w:\n    entrypoint: [celery, -A, app]\n    command: [worker, --queues=a, -Q, b]\n",
    "Procfile": "w: exec poetry run celery -A app worker -Q a,b\n",
    "run.sh": "#!/bin/bash\nset -e\npython -m celery -A app worker \\\n  -Q a,b\n",
    ".do/app.yaml": "name: x\nworkers:\n  - name: w\n    run_command: celery --app app worker --queues a,b\n",
    "w.service": "[Service]\nExecStart=/usr/bin/celery -A app worker -Q a,b\n",
    "Dockerfile": 'FROM python\nCMD ["celery", "-A", "app", "worker", "-Q", "a,b"]\n',
    "app/run.py": APP + "app.worker_main(argv=['worker', '-Q', 'a,b'])\n",
}


@pytest.mark.parametrize("path", sorted(WORKERS))
def test_workers_are_found_in_every_kind_of_file(path):
    found = read({path: WORKERS[path]})
    assert sorted(found.consumers) == ["a", "b"]


@pytest.mark.parametrize(
    ("command", "consumed", "is_open"),
    [
        ("worker", ["x", "y"], False),
        ("worker -X y", ["x"], False),
        ("worker -Q z", ["z"], False),
        ("worker -Q ${QUEUES}", [], True),
        ("beat", [], False),
    ],
)
def test_what_a_worker_consumes(command, consumed, is_open):
    queues = "from kombu import Queue\n" + APP + "app.conf.task_queues = [Queue('x'), Queue('y')]\n"
    found = read({"app.py": queues, "Procfile": f"w: celery -A app {command}\n"})
    assert (sorted(found.consumers), bool(found.open_consumers)) == (consumed, is_open)


@pytest.mark.parametrize(
    ("key", "namespace", "name"),
    [
        ("task_routes", "", "task_routes"), ("CELERY_ROUTES", "", "task_routes"), ("CELERYBEAT_SCHEDULE", "", "beat_schedule"),
        ("BROKER_URL", "", "broker_url"), ("CELERY_TASK_ROUTES", "CELERY", "task_routes"), ("TASK_ROUTES", "CELERY", ""),
        ("nothing", "", ""), ("celery_task_routes", "CELERY", ""),
    ],
)  # fmt: skip
def test_setting_name(key, namespace, name):
    assert setting_name(key, namespace) == name
