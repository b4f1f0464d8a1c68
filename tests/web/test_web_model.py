"""The model of web applications: full paths through routers, and what a command keeps of its words."""

import pytest
from preaudit_hooks.facts import web as facts
from preaudit_hooks.web.model import probe_word


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/health", "health"),
        ("/healthz/", "health"),
        ("/api/health-check", "healthcheck"),
        ("/health/livez", "live"),
        ("/readyz", "ready"),
        ("/health/readiness", "readiness"),
        ("/orders", "orders"),
        ("/", ""),
        ("/bread", "bread"),
    ],
)
def test_probe_words(path, word):
    assert probe_word(path) == word


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("app.main:app", True),
        ("shop:create_app()", True),
        ("config.wsgi", True),
        ("gunicorn.conf.py", False),
        ("hunter2", False),
        ("--password", False),
        ("redis://user:hunter2@cache/0", False),
    ],
)
def test_only_modules_are_kept_of_a_command(word, kept):
    assert bool(facts._APP.fullmatch(word)) == kept
