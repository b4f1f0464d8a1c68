"""The table of Celery's settings, against celery.app.defaults."""

import pytest

celery = pytest.importorskip("celery", reason="compares with the real celery: requirements-oracles.txt")
from celery.app import defaults  # noqa: E402
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
