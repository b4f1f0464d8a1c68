"""What core/atonce.py takes for granted of peewee, Django, pandas, queues and datagram sockets, on the real ones."""

import queue
import socket

import pytest

reason = "asks the real library: tests/knowledge/requirements.txt"
peewee = pytest.importorskip("peewee", reason=reason)
pd = pytest.importorskip("pandas", reason=reason)
django = pytest.importorskip("django", reason=reason)


@pytest.fixture
def asked(monkeypatch):
    """Answer (a peewee model, the list of queries that its database was asked)."""
    database = peewee.SqliteDatabase(":memory:")

    class Item(peewee.Model):
        name = peewee.CharField()

        class Meta:
            pass

    Item._meta.set_database(database)
    database.create_tables([Item])
    Item.create(name="a")
    queries = []
    execute = database.execute_sql
    monkeypatch.setattr(database, "execute_sql", lambda sql, *args: queries.append(sql) or execute(sql, *args))
    return Item, queries


def test_the_truth_of_a_query_asks_and_its_rows_are_kept(asked):
    item, queries = asked
    rows = item.select()
    assert not queries
    assert rows
    assert len(queries) == 1
    assert [row.name for row in rows] == [row.name for row in rows] == ["a"]
    assert len(queries) == 1
    assert rows[0].name == "a" and len(rows) == 1
    assert len(queries) == 1


def test_another_query_made_of_it_asks_again(asked):
    item, queries = asked
    rows = item.select()
    list(rows)
    assert list(rows.where(item.name == "b")) == []
    assert len(queries) == 2


def test_rows_of_dicts_are_dicts(asked):
    item, _ = asked
    assert [type(row) for row in item.select().dicts()] == [dict]
    assert [type(row) for row in item.select().tuples()] == [tuple]


def test_a_query_set_of_django_keeps_its_rows():
    from django.db.models import QuerySet

    query = QuerySet.__new__(QuerySet)
    query._result_cache, query._prefetch_related_lookups, fetched = None, (), []
    query._iterable_class = lambda _: fetched.append(1) or iter(["a"])
    assert bool(query) and list(query) == list(query) == ["a"]
    assert fetched == [1]


def test_a_frame_without_a_target_answers_a_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame([{"a": 1}])
    assert all(isinstance(text, str) for text in (frame.to_csv(), frame.to_json(), frame.to_html()))
    assert not list(tmp_path.iterdir())


def test_a_queue_without_a_bound_always_has_room():
    open_ended, few = queue.Queue(), queue.Queue(1)
    for number in range(1000):
        open_ended.put(number, block=False)
    few.put(1, block=False)
    with pytest.raises(queue.Full):
        few.put(2, block=False)


def test_a_datagram_socket_connects_without_waiting():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)  # what would wait raises BlockingIOError
        probe.connect(("127.0.0.1", 9))
        assert probe.getpeername() == ("127.0.0.1", 9)
