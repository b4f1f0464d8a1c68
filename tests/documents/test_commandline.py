"""Command lines: the program that really runs, its options, and where they stand."""

import pytest
from preaudit_hooks.documents.commandline import Command, celery_beat, celery_worker, from_text, from_words, web_server
from preaudit_hooks.documents.shellwords import Word

PROGRAMS = [
    ("celery -A app worker", ["celery"]),
    ("/usr/local/bin/celery -A app worker", ["celery"]),
    ("sh -c 'celery -A a worker & gunicorn a:b'", ["celery", "gunicorn"]),
    ('bash -lc "alembic upgrade head && uvicorn app:app --workers=3"', ["alembic", "uvicorn"]),
    ("exec gunicorn a:b", ["gunicorn"]),
    ("env X=1 celery -A a worker", ["celery"]),
    ("A=1 B=2 exec dumb-init -- celery -A x worker", ["celery"]),
    ("poetry run celery -A x worker", ["celery"]),
    ("pipenv run gunicorn a:b", ["gunicorn"]),
    ("uv run --frozen gunicorn a:b", ["gunicorn"]),
    ("python -m celery -A x worker", ["celery"]),
    ("poetry run python3.12 -m uvicorn a:b", ["uvicorn"]),
    ("python manage.py runserver", ["python"]),
    ("python -c 'import x' -m celery", ["python"]),
    ("watchmedo auto-restart -d . -p '*.py' --recursive -- celery -A app worker", ["celery"]),
    ("watchmedo auto-restart --directory=./ --pattern=*.py celery -- -A a worker", ["celery"]),
    ("watchfiles 'celery -A p worker' src", ["celery"]),
    ("./wait-for-it.sh db:5432 -t 30 -- gunicorn a:b", ["gunicorn"]),
    ("sh /entry.sh celery -A x worker", ["celery"]),
    ("gosu app celery -A p worker", ["celery"]),
    ("timeout 10 celery -A x worker", ["celery"]),
    ("newrelic-admin run-program uvicorn a:b", ["uvicorn"]),
    ("coverage run -m celery -A x worker", ["celery"]),
    ("redis-server --appendonly yes", ["redis-server"]),
    ("sh start.sh", ["sh"]),
    ("exec", ["exec"]),
    ("", []),
]


@pytest.mark.parametrize("text, programs", PROGRAMS)
def test_programs(text, programs):
    assert [command.program for command in from_text(text)] == programs


QUEUES = [
    ("celery -A app worker", []),
    ("celery -A app worker -Q a,b", ["a", "b"]),
    ("celery -A app worker -Qa", ["a"]),
    ("celery -A app worker --queues=a, ", ["a"]),
    ("celery -A app worker --queues a -Q b", ["a", "b"]),
    ("celery -A app worker -Q 'a, b'", ["a", "b"]),
    ("celery worker -A app -Q a", ["a"]),
    ("celery --app=app worker -Q a", ["a"]),
]


@pytest.mark.parametrize("text, queues", QUEUES)
def test_queues(text, queues):
    (command,) = from_text(text)
    assert [name for name, _ in celery_worker(command).queues] == queues


@pytest.mark.parametrize(
    "text, pool, concurrency",
    [
        ("celery -A a worker -P threads -c 4", "threads", "4"),
        ("celery -A a worker --pool=solo --concurrency=8", "solo", "8"),
        ("celery -A a worker -c4", None, "4"),
        ("celery -A a worker -c ${N:-2}", None, "${N:-2}"),
    ],
)
def test_worker_options(text, pool, concurrency):
    worker = celery_worker(from_text(text)[0])
    assert (worker.pool and worker.pool.text, worker.concurrency and worker.concurrency.text) == (pool, concurrency)


@pytest.mark.parametrize(
    "text, worker, beat",
    [
        ("celery -A a beat", False, True),
        ("celery -A a worker -B", True, True),
        ("celery -A worker flower", False, False),
        ("celery -A a inspect ping", False, False),
        ("gunicorn worker", False, False),
        ("celery", False, False),
    ],
)
def test_what_celery_runs(text, worker, beat):
    (command,) = from_text(text)
    assert (celery_worker(command) is not None, celery_beat(command)) == (worker, beat)


@pytest.mark.parametrize(
    "text, kind, workers, config, app",
    [
        ("gunicorn -w 4 -c conf.py app.main:app", "gunicorn", "4", "conf.py", "app.main:app"),
        ("gunicorn --workers=2 'app:create_app()'", "gunicorn", "2", None, "app:create_app()"),
        ("uvicorn app:app --workers 3 --host 0.0.0.0", "uvicorn", "3", None, "app:app"),
        ("hypercorn -w 2 app:app", "hypercorn", "2", None, "app:app"),
        ("fastapi run --workers 4 app/main.py", "fastapi", "4", None, None),
        ("gunicorn -b 0.0.0.0:8000 app:app", "gunicorn", None, None, "app:app"),
    ],
)
def test_servers(text, kind, workers, config, app):
    server = web_server(from_text(text)[0])
    found = [word and word.text for word in (server.workers, server.config, server.app)]
    assert [server.kind, *found] == [kind, workers, config, app]


@pytest.mark.parametrize("text", ["flask db upgrade", "nginx", "fastapi --help"])
def test_no_server(text):
    assert web_server(from_text(text)[0]) is None


def test_places_inside_a_quoted_script():
    words = [Word("sh", place=(3, 5, 3, 7)), Word("-c", place=(3, 8, 3, 10))]
    words.append(Word("exec celery -A a worker -Q x,yy", '"..."', place=(3, 11, 3, 44)))
    worker = celery_worker(from_words(words)[0])
    assert worker.queues == [("x", (3, 39, 3, 40)), ("yy", (3, 41, 3, 43))]


def test_places_of_a_text():
    (command,) = from_text("poetry run celery -A a worker", lambda start, end: (7, start + 1, 7, end + 1))
    assert command.place == (7, 12, 7, 18)


def test_rows_keep_the_command_and_no_secret():
    (command,) = from_text("X_TOKEN=s3cr3t redis-server --requirepass hunter2 --port 1 redis://u:hunter3@h/0 -p $PASS")
    row = command.to_row()
    assert not any(secret in str(row) for secret in ("s3cr3t", "hunter2", "hunter3"))
    again = Command.from_row(row)
    assert again.program == "redis-server" and again.option("--port").text == "1" and "$PASS" in again.text
