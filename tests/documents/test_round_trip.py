"""Insert a duplicate anywhere in a real-looking file, fix it, and get the original back byte for byte."""

import random

import pytest
from preaudit.core.edits import BOM, apply, apply_to_bytes
from preaudit.core.source import split_lines
from preaudit_hooks.documents.kinds import read
from preaudit_hooks.documents.yaml import Sequence, walk
from preaudit_hooks.registry import registry

COMPOSE = """\
# Stack of the shop  --  owned by ops
name: shop

x-logging: &logging   # shared
  driver: json-file   # kept small
  options: {max-size: "10m", max-file: '3'}

services:   # in start order

  web:
    image: "registry.example.com/shop/web:1.2"   # pinned
    logging: *logging
    command: >-
      gunicorn -w 4
      # this is text of the command
      app:app
    environment:
      # --- application
      - LOG_LEVEL=info      # debug is too loud
      - 'GREETING=hello # world'
      - "EMPTY="

      # --- flags
      - FEATURE_X
    volumes:
    - ./uploads:/srv/uploads
    # templates are read only
    - './templates:/srv/templates:ro'    # see the wiki

    - "media:/srv/media"
    - type: bind
      source: ./conf
      target: /etc/shop   # mounted whole
    ports: ["8000:8000", '127.0.0.1:9000:9000' , 9100:9100]   # metrics
    depends_on: [ db,cache ]
    networks:
        - front
        -   back   # odd indentation
  db:
    image: postgres:16
    volumes: [ "pgdata:/var/lib/postgresql/data" , "./init.sql:/docker-entrypoint-initdb.d/init.sql:ro" ]
    environment: {POSTGRES_USER: shop, POSTGRES_DB: shop}
    env_file:
      - db.env   # not in git
      - common.env
\x20\x20cache: {image: redis:7, volumes: [cachedata:/data]}

  worker:
    image: registry.example.com/shop/worker
    environment:
      BROKER: redis://cache/0
      # concurrency of the pool
      WORKERS: 4   # one per core
      NOTE: |
        several lines # no comment
        - ./x:/y
    volumes:
      - ./uploads:/srv/uploads\t# tab before the comment
      - \u00fcmlaut:/srv/\u00fc   # \U0001f600 emoji
      - log\u2028s:/srv/logs

volumes:
  pgdata:
  media:
# end"""

DOTENV = """\
# Shop

# --- database
POSTGRES_HOST=localhost
POSTGRES_PORT=5433   # published
export POSTGRES_USER = shop
GREETING="hello # world"  # quoted
SINGLE='it # is'
EMPTY=
URL=postgres://shop@localhost:5433/shop#fragment

  INDENTED=1
YAML_STYLE: yes
\u00dcMLAUT=\U0001f600
INHERITED
# LAST=0
LAST=1"""

ENDS = [
    ("as is", lambda text: text),
    ("final newline", lambda text: text + "\n"),
    ("two newlines", lambda text: text + "\n\n"),
]
BREAKS = [("LF", "\n", b""), ("CRLF", "\r\n", b""), ("BOM", "\n", BOM), ("BOM and CRLF", "\r\n", BOM)]


def shapes(text):
    for end_name, end in ENDS:
        for break_name, newline, mark in BREAKS:
            yield f"{break_name}, {end_name}", mark + end(text).replace("\n", newline).encode()


def checks(codes, kind):
    for code in codes:
        for kinds, check in registry().get(code).load().document_checks:
            if kind in kinds:
                yield check


def findings(path, data):
    document = read(path, data.decode("utf-8-sig"))
    assert not document.problems
    return [draft for check in checks(("AUD901", "AUD902"), document.kind) for draft in check(document, None)]


def duplicates(path, data):
    """Answer (bytes with one entry twice, line from 1) for every entry that stands in a line of its own, or in brackets."""
    mark = BOM if data.startswith(BOM) else b""
    text = data.decode("utf-8-sig")
    document = read(path, text)
    lines = split_lines(text)
    newline = "\r\n" if "\r\n" in text else "\n"

    def with_copies(first, last, at, copied):
        """The lines from first to last once more behind line `at`."""
        before, block, after = lines[:at], copied, lines[at:]
        if before and not before[-1].endswith(("\r", "\n")):
            # The file ends without a line break: the copy ends without one instead.
            before[-1] += newline
            block = [*block[:-1], block[-1].rstrip("\r\n")]
        return mark + "".join([*before, *block, *after]).encode()

    if document.kind == "dotenv":
        for entry in document.entries:
            copied = [lines[entry.first - 1]]
            copied[-1] = copied[-1] if copied[-1].endswith(("\n", "\r")) else copied[-1] + newline
            for at in range(entry.last, len(lines) + 1):
                yield with_copies(entry.first, entry.last, at, copied)
        return
    for service in document.services:
        for key in ("volumes", "environment", "ports", "networks", "env_file", "depends_on"):
            node = service.get(key)
            if not isinstance(node, Sequence):
                continue
            for item in node.items:
                if node.flow:
                    raw = document.text[item.start : item.end]
                    for other in node.items[node.items.index(item) :]:
                        changed = document.text[: other.end] + ", " + raw + document.text[other.end :]
                        yield mark + changed.encode()
                    continue
                end = max(each.place[2] if each.type == "scalar" else 0 for each in walk(item))
                copied = lines[item.line - 1 : end]
                if not copied[-1].endswith(("\n", "\r")):
                    copied[-1] += newline
                if any(
                    comment.line < end or len(copied) > 1
                    for comment in document.comments
                    if item.line <= comment.line <= end
                ):
                    continue
                for other in node.items[node.items.index(item) :]:
                    at = max(each.place[2] if each.type == "scalar" else 0 for each in walk(other))
                    yield with_copies(item.line, end, at, copied)


CASES = [
    (f"{path}: {name}", path, data)
    for path, text in (("docker-compose.yml", COMPOSE), (".env", DOTENV))
    for index, (name, data) in enumerate(shapes(text))
    if path == ".env" or index % 2 == 0  # reading YAML is slow: every other shape of it
]
COUNTS = {}


@pytest.mark.parametrize("path, data", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_original_comes_back(path, data):
    assert findings(path, data) == []
    count = 0
    for changed in duplicates(path, data):
        found = findings(path, changed)
        assert len(found) == 1 and found[0].fix, changed.decode()
        assert apply_to_bytes(changed, found[0].fix.edits) == data
        count += 1
    COUNTS[path, data] = count
    assert count >= 40


def test_there_were_enough_cases():
    if len(COUNTS) == len(CASES):
        total = sum(COUNTS.values())
        print(f"{total:,} duplicates inserted, fixed, and the bytes compared")
        assert total >= 1_000


def test_a_fix_changes_one_line_of_a_long_file():
    """500 lines, one duplicate: exactly one line goes, whatever else is in the file."""
    source = random.Random(3)
    lines = ["services:\n"]
    for number in range(60):
        lines += [f"  s{number}:\n", "    image: x   # pinned\n", "    volumes:\n"]
        lines += [f"      - ./v{number}_{index}:/srv/v{index}   # note {index}\n" for index in range(5)] + ["\n"]
    at = source.choice([index for index, line in enumerate(lines) if "/srv/v4" in line])
    text = "".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])
    assert len(lines) > 500
    (draft,) = findings("compose.yml", text.encode())
    assert apply(text, draft.fix.edits) == "".join(lines)
    assert findings("compose.yml", apply(text, draft.fix.edits).encode()) == []
