"""The loader of the knowledge tables, and the form of every table."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest
from preaudit import knowledge

NAMES = sorted(path.stem for path in Path(knowledge.__file__).parent.glob("*.py") if not path.stem.startswith("_"))
SECTIONS = {
    "DISTRIBUTION", "CANONICAL", "CLASSES", "FUNCTIONS", "VALUES", "INSTEAD", "TIMEOUTS", "UNCHECKED", "AWAITABLE",
}  # fmt: skip
SHORT = {"self", "elem", "value", "type", "contextmanager", "asynccontextmanager", "iterator", "asynciterator"}
KEYS = {
    "bases", "init", "default", "methods", "attrs", "enter", "aenter", "iter", "iter_effect", "item", "await", "call",
    "getattr", "aiter",
}  # fmt: skip


@pytest.fixture
def own_entries():
    yield knowledge.extend
    knowledge.extend({})


def section(name: str, key: str) -> dict:
    return getattr(knowledge.table(name), key, {})


def type_names(text: str) -> list:
    """Answer every name in a type of the spec language."""
    for mark in "[]|,":
        text = text.replace(mark, " ")
    return text.split()


def known_type(name: str) -> bool:
    if name in SHORT:
        return True
    if name.startswith("@"):
        return name[1:].isdigit()
    if "." not in name:
        return name == "None" or isinstance(getattr(builtins, name, None), type)
    return knowledge.canonical(name) == name and knowledge.is_class(name)


def specs(name: str):
    """Yield (where, spec text, types of the entry) of a table."""
    for function, text in section(name, "FUNCTIONS").items():
        yield function, text
    for owner, entry in section(name, "CLASSES").items():
        for kind in ("methods", "attrs"):
            for member, text in entry.get(kind, {}).items():
                yield f"{owner}.{member}", text
        for key in ("init", "default", "iter_effect", "call"):
            if key in entry:
                yield f"{owner} {key}", entry[key]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_only_known_sections_and_keys(name):
    table = knowledge.table(name)
    assert {key for key in vars(table) if key.isupper() and not key.startswith("_")} <= SECTIONS
    assert isinstance(table.DISTRIBUTION, str)
    for owner, entry in section(name, "CLASSES").items():
        assert set(entry) <= KEYS, owner


@pytest.mark.parametrize("name", NAMES)
def test_every_name_belongs_to_its_table(name):
    for key in ("CANONICAL", "CLASSES", "FUNCTIONS", "VALUES", "TIMEOUTS"):
        for dotted in section(name, key):
            assert dotted.partition(".")[0] == name, (key, dotted)
    for dotted in section(name, "INSTEAD"):
        assert dotted.partition(".")[0] == name, dotted


@pytest.mark.parametrize("name", NAMES)
def test_every_spec_parses_and_every_type_is_known(name):
    for where, text in specs(name):
        spec = knowledge.parse_spec(text)
        if spec.returns:
            unknown = [part for part in type_names(spec.returns) if not known_type(part)]
            assert not unknown, (where, unknown)
    for owner, entry in section(name, "CLASSES").items():
        for key in ("enter", "aenter", "iter", "item", "await", "getattr"):
            unknown = [part for part in type_names(entry.get(key, "")) if not known_type(part)]
            assert not unknown, (owner, key, unknown)
        for base in entry.get("bases", ()):
            assert known_type(base), (owner, base)
    for dotted, kind in section(name, "VALUES").items():
        assert known_type(kind), (dotted, kind)


@pytest.mark.parametrize("name", NAMES)
def test_canonical_names_are_final_and_listed(name):
    for other, dotted in section(name, "CANONICAL").items():
        assert other != dotted
        assert knowledge.canonical(dotted) == dotted, other
        assert knowledge.is_class(dotted) or knowledge.function(dotted), (other, dotted)


@pytest.mark.parametrize("name", NAMES)
def test_what_blocks_is_never_async(name):
    for where, text in specs(name):
        spec = knowledge.parse_spec(text)
        assert not (spec.is_async and spec.effect in knowledge.BLOCKING), where


@pytest.mark.parametrize("name", NAMES)
def test_timeouts_belong_to_something_the_table_knows(name):
    for dotted, (keyword, position, default) in section(name, "TIMEOUTS").items():
        owner, _, member = dotted.rpartition(".")
        known = knowledge.is_class(dotted) or knowledge.function(dotted) or knowledge.member(owner, member)
        assert known, dotted
        assert keyword.isidentifier()
        assert position is None or position >= 0
        assert default is None or isinstance(default, (int, float))


def test_the_first_libraries_have_tables():
    assert {"redis", "sqlalchemy", "requests", "httpx", "subprocess", "celery", "fastapi", "flask"} <= set(NAMES)
    assert knowledge.table("no_such_library") is None
    assert knowledge.table("_each") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("free", ("free", False, "")),
        ("redis -> dict", ("redis", False, "dict")),
        ("async", ("free", True, "")),
        ("async free -> a.B", ("free", True, "a.B")),
        ("async -> a.B | None", ("free", True, "a.B | None")),
        ("-> self", ("free", False, "self")),
        ("lazy -> contextmanager[a.B]", ("lazy", False, "contextmanager[a.B]")),
    ],
)
def test_parse_spec(text, expected):
    assert tuple(knowledge.parse_spec(text)) == expected


@pytest.mark.parametrize("text", ["", "slow", "async async", "free network", "network async", "blocks -> str"])
def test_parse_spec_refuses(text):
    with pytest.raises(ValueError, match="not a spec"):
        knowledge.parse_spec(text)


@pytest.mark.parametrize(
    ("owner", "name", "kind", "effect", "is_async", "returns"),
    [
        ("redis.Redis", "get", "method", "redis", False, ""),
        ("redis.Redis", "hgetall", "method", "redis", False, "dict"),
        ("redis.Redis", "from_url", "method", "free", False, "self"),
        ("redis.Redis", "pipeline", "method", "free", False, "redis.client.Pipeline"),
        ("redis.client.Pipeline", "set", "method", "free", False, "self"),
        ("redis.client.Pipeline", "execute", "method", "redis", False, "list"),
        ("redis.asyncio.Redis", "get", "method", "free", True, ""),
        ("redis.BlockingConnectionPool", "disconnect", "method", "free", False, ""),
        ("sqlalchemy.orm.Session", "query", "method", "lazy", False, "sqlalchemy.orm.Query[@0]"),
        ("sqlalchemy.orm.Session", "add", "method", "free", False, ""),
        ("sqlalchemy.orm.Query", "filter", "method", "lazy", False, "self"),
        ("flask_sqlalchemy.SQLAlchemy", "session", "attr", "free", False, "sqlalchemy.orm.scoped_session"),
        ("fastapi.UploadFile", "read", "method", "free", True, "bytes"),
        ("pathlib.Path", "name", "attr", "free", False, "str"),
    ],
)
def test_member(owner, name, kind, effect, is_async, returns):
    found = knowledge.member(owner, name)
    assert found is not None
    assert (found[0], *found[1]) == (kind, effect, is_async, returns)


@pytest.mark.parametrize(("owner", "name"), [("redis.Redis", "_private"), ("pathlib.Path", "nothing"), ("a.B", "c")])
def test_member_unknown(owner, name):
    assert knowledge.member(owner, name) is None


def test_ancestors_come_nearest_first_and_once():
    assert knowledge.ancestors("fastapi.UploadFile") == ["fastapi.UploadFile", "starlette.datastructures.UploadFile"]
    assert knowledge.ancestors("no.Such") == ["no.Such"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("redis.client.StrictRedis", "redis.Redis"),
        ("fastapi.Request", "starlette.requests.Request"),
        ("sqlalchemy.Engine", "sqlalchemy.engine.Engine"),
        ("some.thing", "some.thing"),
    ],
)
def test_canonical(name, expected):
    assert knowledge.canonical(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("time.sleep", "asyncio.sleep"),
        ("redis.Redis.get", "redis.asyncio.Redis"),
        ("redis.RedisCluster", "redis.asyncio.RedisCluster"),
        ("redis.RedisCluster.get", "redis.asyncio.RedisCluster"),
        ("requests.Session.get", "httpx.AsyncClient"),
        ("subprocess.getoutput", "asyncio.create_subprocess_shell"),
        ("unknown.thing", ""),
    ],
)
def test_instead_takes_the_longest_match(name, expected):
    assert knowledge.instead(name) == expected


def test_timeout():
    assert knowledge.timeout("requests.get") == ("timeout", None, None)
    assert knowledge.timeout("httpx.Client") == ("timeout", None, 5.0)
    assert knowledge.timeout("unknown.thing") is None


def test_own_entries_win_and_can_be_taken_back(own_entries):
    own_entries({"acme.fetch": "network -> acme.Client", "acme.Client.get": "network", "requests.get": "free"})
    assert knowledge.function("acme.fetch") == ("network", False, "acme.Client")
    assert knowledge.is_class("acme.Client")
    assert knowledge.member("acme.Client", "get")[1].effect == "network"
    assert knowledge.function("requests.get").effect == "free"
    own_entries({})
    assert knowledge.function("acme.fetch") is None
    assert not knowledge.is_class("acme.Client")
    assert knowledge.function("requests.get").effect == "network"


def test_a_wrong_own_entry_is_refused_and_changes_nothing(own_entries):
    own_entries({"acme.fetch": "network"})
    with pytest.raises(ValueError, match="not a spec"):
        own_entries({"acme.other": "quick"})
    assert knowledge.function("acme.fetch").effect == "network"
