"""What AUD703 claims, asked of Python and the real libraries: what becomes of a message when nobody configures logging.

Each case runs in a process of its own, because logging is configured for a whole process.
"""

import subprocess
import sys
import textwrap

import pytest

REASON = "asks the real library: tests/knowledge/requirements.txt"


def said(code, *libraries):
    """Answer what a program writes to its two outputs, together."""
    for library in libraries:
        pytest.importorskip(library, reason=REASON)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout + done.stderr


LOG = """
log = logging.getLogger("shop")
log.info("an info")
log.warning("a warning")
"""


def test_without_configuration_only_bare_warnings_are_printed():
    assert said("import logging" + LOG) == "a warning\n"


def test_a_null_handler_configures_nothing_but_silence():
    text = said("import logging; logging.getLogger('shop').addHandler(logging.NullHandler())" + LOG)
    assert text == ""


def test_the_functions_of_the_module_add_a_handler_and_leave_the_level():
    text = said("import logging; logging.info('one'); logging.warning('two')" + LOG)
    assert text == "WARNING:root:two\nWARNING:shop:a warning\n"


@pytest.mark.parametrize(
    "code",
    [
        "logging.basicConfig(level=logging.INFO)",
        "import logging.config; logging.config.dictConfig({'version': 1, 'handlers': {'a': {'class': "
        "'logging.StreamHandler'}}, 'root': {'level': 'INFO', 'handlers': ['a']}})",
        "logging.getLogger().addHandler(logging.StreamHandler()); logging.getLogger().setLevel('INFO')",
        "logging.getLogger('shop').addHandler(logging.StreamHandler()); logging.getLogger('shop').setLevel('INFO')",
    ],
)
def test_what_configures(code):
    assert "an info" in said(f"import logging; {code}" + LOG)


def test_uvicorn_configures_its_own_loggers_only():
    code = """
        import logging
        import uvicorn
        uvicorn.Config(None, log_level="info")
        logging.getLogger("uvicorn.error").info("of the server")
    """
    text = said(textwrap.dedent(code) + LOG, "uvicorn")
    assert "of the server" in text and "a warning" in text and "an info" not in text


def test_uvicorn_uses_a_configuration_that_it_is_given():
    config = {
        "version": 1, "handlers": {"a": {"class": "logging.StreamHandler"}}, "root": {"level": "INFO", "handlers": ["a"]},
    }  # fmt: skip
    assert "an info" in said(f"import logging, uvicorn; uvicorn.Config(None, log_config={config!r})" + LOG, "uvicorn")


def test_gunicorn_configures_its_own_loggers_only():
    code = """
        import logging
        from gunicorn.config import Config
        from gunicorn.glogging import Logger
        Logger(Config()).info("of the server")
    """
    text = said(textwrap.dedent(code) + LOG, "gunicorn")
    assert "of the server" in text and "an info" not in text


def test_flask_gives_its_logger_a_handler_and_no_level():
    code = """
        import flask
        app = flask.Flask("shop")
        app.logger.info("an info")
        app.logger.warning("a warning")
    """
    text = said(code, "flask")
    assert "a warning" in text and "an info" not in text


def test_a_level_on_flasks_logger_is_enough():
    code = "import flask; app = flask.Flask('shop'); app.logger.setLevel('INFO'); app.logger.info('an info')"
    assert "an info" in said(code, "flask")


def test_celery_takes_over_the_root_logger_of_a_worker():
    code = """
        import logging
        import celery
        celery.Celery("shop").log.setup(loglevel="INFO", redirect_stdouts=False)
    """
    assert "an info" in said(textwrap.dedent(code) + LOG, "celery")


def test_celery_leaves_it_to_who_listens_to_its_signal():
    code = """
        import logging
        import celery
        from celery.signals import setup_logging
        heard = []
        setup_logging.connect(lambda **options: heard.append(1), weak=False)
        celery.Celery("shop").log.setup(loglevel="INFO", redirect_stdouts=False)
        assert heard
    """
    assert "an info" not in said(textwrap.dedent(code) + LOG, "celery")


def test_django_configures_its_own_loggers_only():
    code = """
        import logging
        import django
        from django.conf import settings
        settings.configure(DEBUG=False)
        django.setup()
    """
    text = said(textwrap.dedent(code) + LOG, "django")
    assert "a warning" in text and "an info" not in text


def test_loguru_prints_everything_by_itself():
    assert "a detail" in said("from loguru import logger; logger.debug('a detail')", "loguru")


def test_structlog_prints_everything_for_a_terminal():
    text = said("import structlog; structlog.get_logger().debug('a detail', order=1)", "structlog")
    assert "a detail" in text and not text.startswith("{")
