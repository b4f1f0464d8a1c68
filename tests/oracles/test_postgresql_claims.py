"""What the rules on transactions claim of PostgreSQL, on a real server.

A server is started in a temporary folder and stopped again; it listens on a Unix socket only. Where PostgreSQL is not
installed there is nothing to ask, and the module is skipped.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

reason = "runs the claims on the real libraries: tests/knowledge/requirements.txt"
sqlalchemy = pytest.importorskip("sqlalchemy", reason=reason)
psycopg = pytest.importorskip("psycopg", reason=reason, exc_type=ImportError)
from sqlalchemy import exc, orm, text  # noqa: E402


def programs():
    """Answer the folder that holds `initdb` and `pg_ctl`, None if no PostgreSQL server is installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += sorted(Path("/usr/local/opt").glob("postgresql*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


PROGRAMS = programs()
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def unprivileged():
    """Answer the user that the server runs as where the tests run as root, which PostgreSQL refuses; None if there is none."""
    import pwd

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


pytestmark = pytest.mark.skipif(
    PROGRAMS is None or os.name == "nt" or IS_ROOT and unprivileged() is None,
    reason="asks a real PostgreSQL server, and none is installed (initdb and pg_ctl were not found)",
)


@pytest.fixture(scope="module")
def server():
    """Answer the folder of the socket of a server that lives as long as the module."""
    # a socket's path may have 107 characters, which pytest's temporary folders can exceed
    home = Path(tempfile.mkdtemp(prefix="pg"))
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "timeout": 120}
    if IS_ROOT:
        user = unprivileged()
        os.chown(home, user.pw_uid, user.pw_gid)
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    options["env"] = {**os.environ, "HOME": str(home), "LC_ALL": "C"}
    options["cwd"] = home

    def run(program, *arguments):
        return subprocess.run([PROGRAMS / program, "-D", home / "data", *arguments], **options)

    made = run("initdb", "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "--no-sync")
    assert made.returncode == 0, made.stdout.decode()
    settings = f"-k {home} -c listen_addresses='' -c fsync=off -c max_connections=20"
    started = run("pg_ctl", "start", "-w", "-l", home / "log", "-o", settings)
    assert started.returncode == 0, started.stdout.decode() + (home / "log").read_text()
    try:
        yield home
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def connection(server):
    """Answer a new psycopg connection to an empty table `users`."""
    with psycopg.connect(host=str(server), user="tester", dbname="postgres", autocommit=True) as made:
        made.execute("DROP TABLE IF EXISTS orders, users CASCADE")
        made.execute("CREATE TABLE users (id serial PRIMARY KEY, name text UNIQUE)")
        made.autocommit = False
        yield made


@pytest.fixture
def create(server, connection):
    """Answer a function that makes an engine for the server; keywords as for `create_engine`."""
    made = []

    def create(**options):
        target = {"host": str(server), "user": "tester", "dbname": "postgres"}
        made.append(sqlalchemy.create_engine("postgresql+psycopg://", connect_args=target, **options))
        return made[-1]

    yield create
    for engine in made:
        engine.dispose()


@pytest.fixture
def engine(create):
    return create()


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(unique=True)


def fail(connection):
    """Make a statement fail."""
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM nothing")


def indexed(connection, table):
    """Answer the definitions of the indexes of a table."""
    rows = connection.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", (table,)).fetchall()
    return sorted(row[0] for row in rows)


def test_after_a_failed_statement_every_later_one_is_refused(connection):
    # AUD018
    connection.execute("INSERT INTO users (name) VALUES ('a')")
    fail(connection)
    for _ in range(2):
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,), "the work before is lost"


def test_committing_a_failed_transaction_stores_nothing_and_raises_nothing(connection):
    # AUD018: the swallowed error is the only sign that the work is lost
    connection.execute("INSERT INTO users (name) VALUES ('a')")
    fail(connection)
    connection.commit()
    assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_a_savepoint_heals(connection):
    # AUD018
    connection.execute("INSERT INTO users (name) VALUES ('a')")
    with pytest.raises(psycopg.errors.UndefinedTable), connection.transaction():
        connection.execute("SELECT * FROM nothing")
    connection.execute("INSERT INTO users (name) VALUES ('b')")
    connection.commit()
    assert connection.execute("SELECT count(*) FROM users").fetchone() == (2,)


def test_autocommit_is_not_affected(connection):
    # AUD018 is silent there
    connection.autocommit = True
    fail(connection)
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_failed_statement_on_a_session_refuses_the_next_one(engine):
    # AUD018: a statement of its own is refused by the server, not by the session
    with orm.Session(engine) as session:
        with pytest.raises(exc.ProgrammingError):
            session.execute(text("SELECT * FROM nothing"))
        with pytest.raises(exc.InternalError, match="current transaction is aborted"):
            session.execute(text("SELECT 1"))
        session.rollback()
        assert session.scalar(text("SELECT 1")) == 1


def test_begin_nested_heals_a_session(engine):
    # AUD018
    with orm.Session(engine) as session:
        session.add(User(name="a"))
        session.flush()
        with pytest.raises(exc.IntegrityError), session.begin_nested():
            session.execute(text("INSERT INTO users (name) VALUES ('a')"))
        session.add(User(name="b"))
        session.commit()
        assert session.scalar(text("SELECT count(*) FROM users")) == 2


def test_an_engine_in_autocommit_goes_on(engine):
    # AUD018 is silent there
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as made:
        with pytest.raises(exc.ProgrammingError):
            made.execute(text("SELECT * FROM nothing"))
        assert made.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("method", ["flush", "commit"])
def test_a_swallowed_flush_makes_the_session_refuse_the_next_statement(engine, method):
    # AUD001, AUD003
    with orm.Session(engine) as session:
        session.add_all([User(name="a"), User(name="a")])
        with pytest.raises(exc.IntegrityError):
            getattr(session, method)()
        with pytest.raises(exc.PendingRollbackError):
            session.scalar(text("SELECT 1"))


def test_a_failed_flush_keeps_its_locks_until_somebody_rolls_back(engine, connection):
    # AUD001: what was flushed before holds up everybody else
    with orm.Session(engine) as session:
        session.add(User(name="a"))
        session.commit()
        session.execute(text("UPDATE users SET name = 'b'"))
        connection.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            connection.execute("UPDATE users SET name = 'c'")
        connection.rollback()
        session.rollback()
        assert connection.execute("UPDATE users SET name = 'c'").rowcount == 1


def test_a_foreign_key_has_no_index_of_its_own(connection):
    # AUD011
    connection.execute("CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users (id))")
    assert len(indexed(connection, "orders")) == 1, "the primary key's"
    connection.execute("CREATE INDEX ON orders (user_id)")
    assert any("(user_id)" in line for line in indexed(connection, "orders"))


def test_deleting_a_parent_reads_all_of_the_child_without_an_index(connection):
    # AUD011: the plan of the check that a DELETE runs for each foreign key
    connection.execute("CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users (id))")
    connection.execute("INSERT INTO users (name) SELECT g::text FROM generate_series(1, 1000) g")
    connection.execute("INSERT INTO orders (user_id) SELECT 1 + g % 1000 FROM generate_series(1, 20000) g")
    connection.execute("ANALYZE orders")
    check = "EXPLAIN SELECT 1 FROM ONLY orders x WHERE user_id = 7 FOR KEY SHARE OF x"

    def plan():
        return " ".join(row[0] for row in connection.execute(check))

    assert "Seq Scan" in plan()
    connection.execute("CREATE INDEX ON orders (user_id)")
    assert "Index" in plan()


def test_a_unique_constraint_serves_its_first_column_only(connection):
    # AUD011, AUD012: an index serves a column that leads it
    connection.execute("CREATE TABLE orders (id int, a int, b int, UNIQUE (a, b))")
    connection.execute("INSERT INTO orders SELECT g, g, g FROM generate_series(1, 20000) g")
    connection.execute("ANALYZE orders")

    def plan(column):
        return " ".join(row[0] for row in connection.execute(f"EXPLAIN SELECT * FROM orders WHERE {column} = 7"))

    assert "Index" in plan("a")
    assert "Seq Scan" in plan("b")


def test_two_transactions_can_both_pass_the_test_of_a_status(engine, connection):
    # AUD005, at the default isolation level; with FOR UPDATE the second one waits
    connection.execute("INSERT INTO users (name) VALUES ('pending')")
    connection.commit()
    with orm.Session(engine) as one, orm.Session(engine) as two:
        seen = [session.scalar(text("SELECT name FROM users")) for session in (one, two)]
        assert seen == ["pending", "pending"]
        one.rollback()
        two.rollback()
        assert one.scalar(sqlalchemy.select(User).with_for_update()).name == "pending"
        two.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(exc.OperationalError, match="lock timeout"):
            two.scalar(sqlalchemy.select(User).with_for_update())


def test_a_connection_that_the_server_closed_stays_in_the_pool(create, connection):
    # AUD008: without a test the next use fails, with pool_pre_ping it does not
    def after_the_server_closed_it(engine):
        with engine.connect() as one:
            pid = one.scalar(text("SELECT pg_backend_pid()"))
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with engine.connect() as one:
            return one.scalar(text("SELECT 1"))

    with pytest.raises(exc.OperationalError):
        after_the_server_closed_it(create())
    assert after_the_server_closed_it(create(pool_pre_ping=True)) == 1


def test_more_connections_than_the_server_has_are_refused(server):
    # AUD016
    made = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many clients|reserved"):
            for _ in range(25):
                made.append(psycopg.connect(host=str(server), user="tester", dbname="postgres"))
    finally:
        for one in made:
            one.close()
