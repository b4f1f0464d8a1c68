"""What AUD001 claims of Flask-SQLAlchemy's session, on the real libraries."""

import contextlib

import pytest

reason = "runs the claims on the real libraries: tests/knowledge/requirements.txt"
flask = pytest.importorskip("flask", reason=reason)
flask_sqlalchemy = pytest.importorskip("flask_sqlalchemy", reason=reason)
from sqlalchemy import exc, text  # noqa: E402


@pytest.fixture
def made():
    """Answer (application, db) with a table of one unique column and a route that fails to commit."""
    app = flask.Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db = flask_sqlalchemy.SQLAlchemy(app)

    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String, unique=True)

    @app.get("/fail")
    def fail():
        db.session.add_all([User(name="a"), User(name="a")])
        db.session.commit()

    @app.get("/swallow")
    def swallow():
        with contextlib.suppress(exc.IntegrityError):
            fail()
        return str(db.session.scalar(text("SELECT 1")))

    @app.get("/ask")
    def ask():
        return str(db.session.scalar(text("SELECT count(*) FROM user")))

    with app.app_context():
        db.create_all()
    return app, db


def test_the_session_is_removed_when_the_context_ends(made):
    # AUD001: the next request is safe
    app, db = made
    client = app.test_client()
    with app.app_context():
        one = db.session()
        one.execute(text("SELECT 1"))
        assert db.session() is one
        assert one.in_transaction()
    assert not one.in_transaction()
    with app.app_context():
        assert db.session() is not one
    assert client.get("/fail").status_code == 500
    assert client.get("/ask").text == "0"


def test_an_error_handler_of_the_same_request_meets_the_failed_session(made):
    # AUD001: so the end of the context is no owner
    app, db = made
    errors = []

    @app.errorhandler(exc.IntegrityError)
    def handle(error):
        try:
            db.session.execute(text("INSERT INTO user (name) VALUES ('a record of the failure')"))
        except exc.PendingRollbackError as second:
            errors.append(second)
        return "failed", 500

    assert app.test_client().get("/fail").text == "failed"
    assert len(errors) == 1


def test_what_follows_in_the_same_request_meets_the_failed_session(made):
    # AUD001, AUD003
    app, _ = made
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(exc.PendingRollbackError):
        app.test_client().get("/swallow")


def test_the_rest_of_a_job_in_one_context_meets_the_failed_session(made):
    # AUD001: a worker that pushes one context for many jobs
    app, db = made
    with app.app_context():
        with pytest.raises(exc.IntegrityError):
            app.view_functions["fail"]()
        with pytest.raises(exc.PendingRollbackError):
            app.view_functions["ask"]()
        db.session.rollback()
        assert app.view_functions["ask"]() == "0"
