"""What the rules on transactions claim of sessions, on the real SQLAlchemy with SQLite."""

import pytest

sqlalchemy = pytest.importorskip(
    "sqlalchemy", reason="runs the claims on the real SQLAlchemy: tests/knowledge/requirements.txt"
)
from sqlalchemy import exc, orm, text  # noqa: E402


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(unique=True)


@pytest.fixture
def engine(tmp_path):
    made = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def names(engine):
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT name FROM users")))


def failed(session):
    """Make a flush or commit of the session fail: two users of one name."""
    session.add_all([User(name="a"), User(name="a")])


@pytest.mark.parametrize("method", ["flush", "commit"])
def test_a_swallowed_failure_breaks_the_next_statement(engine, method):
    # AUD001, AUD003
    session = orm.Session(engine)
    failed(session)
    with pytest.raises(exc.IntegrityError):
        getattr(session, method)()
    with pytest.raises(exc.PendingRollbackError):
        session.scalars(sqlalchemy.select(User)).all()
    session.rollback()
    assert session.scalars(sqlalchemy.select(User)).all() == []
    session.close()


def test_a_scoped_session_carries_the_failure_to_the_next_caller(engine):
    # AUD001: the next request of the same thread meets it
    registry = orm.scoped_session(orm.sessionmaker(engine))
    failed(registry)
    with pytest.raises(exc.IntegrityError):
        registry.commit()
    with pytest.raises(exc.PendingRollbackError):
        registry.execute(text("SELECT 1"))
    registry.remove()
    assert registry.scalar(text("SELECT 1")) == 1
    registry.remove()


def test_close_rolls_back(engine):
    # AUD001, AUD003: a session that its owner closes is silent
    session = orm.Session(engine)
    session.add(User(name="a"))
    session.flush()
    session.close()
    assert names(engine) == []
    failed(session)
    with pytest.raises(exc.IntegrityError):
        session.flush()
    session.close()
    assert session.scalar(text("SELECT 1")) == 1
    session.close()


def test_leaving_a_with_closes_and_rolls_back(engine):
    with pytest.raises(ValueError), orm.Session(engine) as session:
        session.add(User(name="a"))
        session.flush()
        raise ValueError
    assert names(engine) == []
    assert not session.in_transaction()


def test_begin_commits_or_rolls_back(engine):
    # AUD001: `with session.begin()` and `sessionmaker.begin()` are transactions
    maker = orm.sessionmaker(engine)
    with maker.begin() as session:
        session.add(User(name="a"))
    with pytest.raises(ValueError), orm.Session(engine) as session, session.begin():
        session.add(User(name="b"))
        session.flush()
        raise ValueError
    assert names(engine) == ["a"]


def test_a_commit_in_else_is_not_rolled_back(engine):
    # AUD003, AUD006: the handlers of a try do not see what its else raises
    session = orm.Session(engine)
    rolled_back = []
    with pytest.raises(exc.IntegrityError):
        try:
            failed(session)
        except exc.SQLAlchemyError:
            rolled_back.append(True)
            session.rollback()
            raise
        else:
            session.commit()
    assert rolled_back == []
    with pytest.raises(exc.PendingRollbackError):
        session.execute(text("SELECT 1"))
    session.close()


def test_a_commit_per_item_keeps_what_came_before_a_failure(engine):
    # AUD002, AUD009
    with orm.Session(engine) as session, pytest.raises(exc.IntegrityError):
        for name in ("a", "b", "a", "c"):
            session.add(User(name=name))
            session.commit()
    assert names(engine) == ["a", "b"]


def test_a_loop_that_swallows_loses_all_later_items(engine):
    # AUD003
    stored, errors = [], []
    with orm.Session(engine) as session:
        for name in ("a", "a", "b", "c"):
            try:
                session.add(User(name=name))
                session.commit()
                stored.append(name)
            except exc.SQLAlchemyError as error:
                errors.append(type(error))
    assert stored == ["a"]
    assert errors == [exc.IntegrityError, exc.PendingRollbackError, exc.PendingRollbackError]


def test_a_savepoint_keeps_the_transaction_alive(engine):
    # AUD018
    with orm.Session(engine) as session:
        session.add(User(name="a"))
        session.flush()
        with pytest.raises(exc.IntegrityError), session.begin_nested():
            session.add(User(name="a"))
            session.flush()
        session.add(User(name="b"))
        session.commit()
    assert names(engine) == ["a", "b"]


def test_an_open_session_keeps_its_connection(engine):
    # AUD004: with a pool of one, the next session waits in vain
    narrow = sqlalchemy.create_engine(
        engine.url, poolclass=sqlalchemy.pool.QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    session = orm.Session(narrow)
    session.execute(text("SELECT 1"))
    with pytest.raises(exc.TimeoutError), orm.Session(narrow) as other:
        other.execute(text("SELECT 1"))
    session.close()
    with orm.Session(narrow) as other:
        assert other.scalar(text("SELECT 1")) == 1
    narrow.dispose()


def test_each_engine_has_a_pool_of_its_own(engine):
    # AUD017
    other = sqlalchemy.create_engine(engine.url)
    assert other.pool is not engine.pool
    other.dispose()


def test_the_default_pool_holds_fifteen_connections():
    # AUD016 reckons with these where the engine does not say
    pool = sqlalchemy.pool.QueuePool(lambda: None)
    assert (pool.size(), pool._max_overflow) == (5, 10)


def test_two_sessions_can_both_pass_the_test_of_a_status(engine):
    # AUD005
    with orm.Session(engine) as session, session.begin():
        session.add(User(name="pending"))
    done = []
    with orm.Session(engine) as one, orm.Session(engine) as two:
        rows = [session.scalars(sqlalchemy.select(User)).one() for session in (one, two)]
        one.commit()
        two.commit()
        seen = [row.name for row in rows]
        for session, row, status in zip((one, two), rows, seen):
            if status == "pending":
                row.name = "done"
                done.append(session)
                session.commit()
    assert len(done) == 2


def test_formatted_sql_is_executed_as_it_is(engine):
    # AUD010
    with orm.Session(engine) as session, session.begin():
        session.add_all([User(name="a"), User(name="b")])
    name = "x' OR '1'='1"
    with engine.connect() as connection:
        assert len(connection.execute(text(f"SELECT * FROM users WHERE name = '{name}'")).all()) == 2
        assert connection.execute(text("SELECT * FROM users WHERE name = :name"), {"name": name}).all() == []


def test_create_all_changes_no_table_that_exists(engine):
    # AUD014, AUD015
    metadata = sqlalchemy.MetaData()
    sqlalchemy.Table(
        "users", metadata, sqlalchemy.Column("id", sqlalchemy.Integer), sqlalchemy.Column("mail", sqlalchemy.String)
    )
    metadata.create_all(engine)
    assert {column["name"] for column in sqlalchemy.inspect(engine).get_columns("users")} == {"id", "name"}
