"""The table of Celery's settings, against celery.app.defaults."""

import pytest

celery = pytest.importorskip("celery", reason="compares with the real celery: tests/knowledge/requirements.txt")
from celery.app import defaults  # noqa: E402
from celery.beat import Scheduler  # noqa: E402
from preaudit.core.celery_conf import known  # noqa: E402
from preaudit.knowledge._celery_settings import DROPPED, RENAMED, SETTINGS  # noqa: E402


def test_the_settings_are_those_of_celery():
    assert set(defaults.SETTING_KEYS) == SETTINGS


def test_every_old_name_is_translated_as_celery_does():
    assert {name: known(name) for name in defaults._TO_NEW_KEY} == dict(defaults._TO_NEW_KEY)
    assert set(RENAMED) <= set(defaults._TO_NEW_KEY)


def test_dropped_settings_are_unknown_today():
    assert not DROPPED & (set(defaults.SETTING_KEYS) | set(defaults._TO_NEW_KEY))


def test_keywords_of_the_app_are_settings():
    app = celery.Celery("x", task_default_queue="q", set_as_current=False)
    assert app.conf.task_default_queue == "q"


def test_an_unknown_key_is_kept_in_silence():
    app = celery.Celery("x", set_as_current=False)
    app.conf.update(task_time_limits=3)
    assert app.conf.task_time_limits == 3
    assert app.conf.task_time_limit is None


@pytest.mark.parametrize(
    ("backend", "cleaned"), [("db+sqlite://", True), ("cache+memory://", False), ("redis://localhost", False)]
)
def test_only_beat_cleans_up_behind_a_backend_that_does_not_expire(backend, cleaned):
    if backend.startswith("db+"):
        pytest.importorskip("sqlalchemy", reason="the database backend needs it: tests/knowledge/requirements.txt")
    app = celery.Celery("x", broker="memory://", backend=backend, set_as_current=False)
    scheduler = Scheduler(app, lazy=True)
    scheduler.install_default_entries(scheduler.schedule)
    assert ("celery.backend_cleanup" in scheduler.schedule) is cleaned


def test_the_filesystem_backend_does_not_expire(tmp_path):
    app = celery.Celery("x", broker="memory://", backend=tmp_path.as_uri(), set_as_current=False)
    assert not app.backend.supports_autoexpire


def test_old_names_count_under_a_namespace():
    class Settings:
        CELERY_BROKER_URL = "memory://"
        CELERYD_CONCURRENCY = 7
        CELERY_ROUTES = {"a": "b"}  # noqa: RUF012
        CELERY_TASK_TIMELIMIT = 3

    app = celery.Celery("x", set_as_current=False)
    app.config_from_object(Settings, namespace="CELERY")
    assert (app.conf.worker_concurrency, app.conf.task_routes) == (7, {"a": "b"})
    assert app.conf.task_time_limit is None
