"""Fixes on odd files: exactly what was meant, or nothing.

Files are put together from pieces that are hard on an editor (tabs, flow, anchors, comments between, CRLF and lone
CR, a byte order mark, no final newline, block texts that look like entries) with duplicates anywhere. What another
reader (PyYAML, and for `.env` files the list of entries) sees after a fix must be what it saw before, less the later
one of two identical entries; no comment may be lost, and a second run must change nothing.
"""

import random
import re

import pytest
import yaml
from preaudit.core.edits import BOM, EditError, apply_fixes, apply_to_bytes
from preaudit_hooks.documents.kinds import read
from preaudit_hooks.registry import registry

CODES = ("AUD901", "AUD902", "AUD905")
VOLUMES = ("./a:/a", "'./a:/a'", '"./a:/a"', "./a:/a:ro", "b:/b", "{type: bind, source: ./c, target: /c}", "${D}:/d",
           "./ü:/ü", "/e:/e/", "/e:/e", "*one", "&one ./f:/f", "!!str ./g:/g", "C:\\x:/x")  # fmt: skip
ENVIRONMENT = ("A=1", "'A=1'", "A=2", "B=# x", '"C=a b"', "D", "D", "E=${E}", "F='x'", "'G=it''s'")
COMMENTS = ("", "", "", "  # c1", " # c1", "\t# c2", "   ", "#x")
BETWEEN = ("", "", "", "# between", "      # - ./a:/a", "", "\t", "   # tab\there")
LINES = ("A=1", "A=1", "export A=1", "A = 1", "B='x'", 'B="x"', "A=1 # c", "# A=1", "", "  A=1", "C=${X}", "C=${X}", "A",
         "D='a\nb'", "D='a\nb'", "E: 1", "bad line", "\tF=1", "F=1", "G='open", "Ü=1", "Ü=1")  # fmt: skip
SHELL = ("POLL_INTERVAL=60", "export TIMEOUT=5s", "WAIT_TIME='3' # c", 'DELAY="2"; sleep 1', "A=1 RETRY_DELAY=5",
         "if true; then", "  SLEEP_TIME=1", "fi", "cat <<EOF\nCHECK_INTERVAL=1\nEOF", "# PERIOD=1", "echo \"PERIOD=2\"",
         "readonly POLL_WAIT=7", "INTERVAL=5 cmd", "\tBACKOFF=3", "sleep $TIMEOUT", "COOLDOWN=4\\\n5")  # fmt: skip


def compose(source):
    """Answer a compose file of random pieces."""
    lines = ["services:" + source.choice(COMMENTS[:5])]
    for name in ("web", "worker")[: source.randint(1, 2)]:
        lines += [f"  {name}:", "    image: x"]
        if source.random() < 0.2:
            lines.append("    command: |\n      - ./a:/a\n      - ./a:/a  # no entry")
        for key, pieces in (("volumes", VOLUMES), ("environment", ENVIRONMENT)):
            chosen = [source.choice(pieces) for _ in range(source.randint(1, 6))]
            shape = source.random()
            if shape < 0.2:
                lines.append(f"    {key}: [{', '.join(chosen)}]{source.choice(COMMENTS[:5])}")
            elif shape < 0.3:
                lines.append(f"    {key}: [{','.join(chosen[:2])},\n      {', '.join(chosen[1:])}]")
            elif shape < 0.4 and key == "environment":
                lines.append(f"    {key}:")
                lines += [f"      {each}: 1{source.choice(COMMENTS[:5])}" for each in source.choices("ABC", k=3)]
            else:
                indent = source.choice(("    ", "      ", "        "))
                lines.append(f"    {key}:" + source.choice(("", "", " &list", "  # mounts")))
                for each in chosen:
                    lines += [row for row in (source.choice(BETWEEN),) if row]
                    lines.append(f"{indent}-{source.choice((' ', '   '))}{each}{source.choice(COMMENTS)}")
    return "\n".join(lines)


def dotenv(source):
    return "\n".join(
        source.choice(LINES) + source.choice(("", "", "", " ", "  # c1")) for _ in range(source.randint(1, 12))
    )


def shell(source):
    return "#!/bin/sh\n" + "\n".join(source.choice(SHELL) for _ in range(source.randint(1, 9)))


KINDS = {"docker-compose.yml": compose, ".env": dotenv, "run.sh": shell}
NEWLINES = ("\n", "\n", "\r\n", "\r")
SEEDS = 500


def make(path, seed):
    """Answer the bytes of one odd file."""
    source = random.Random(f"{path} {seed}")
    text = KINDS[path](source) + source.choice(("", "\n", "\n\n", "\n# end", "  "))
    newline = source.choice(NEWLINES[: 3 if path.endswith("yml") else 4])
    return (BOM if source.random() < 0.2 else b"") + text.replace("\n", newline).encode()


def drafts(path, data):
    document = read(path, data.decode("utf-8-sig"))
    found = []
    for code in CODES:
        for kinds, check in registry().get(code).load().document_checks:
            if document.kind in kinds:
                found += list(check(document, None) or ())
    return found


def meaning(path, data):
    """Answer what another reader sees in a file, None if it cannot read it."""
    text = data.decode("utf-8-sig")
    if path.endswith("yml"):
        try:
            return [_plain(document) for document in yaml.compose_all(text, yaml.SafeLoader)]
        except yaml.YAMLError:
            return None
    if path == ".env":
        return [(entry.name, entry.value) for entry in read(path, text).entries]
    return None


def _plain(node):
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return [(_plain(key), _plain(value)) for key, value in node.value]
    return node.value


def less_one(before, after):
    """Answer whether `after` is `before` without one later entry that an earlier one of the same list repeats."""
    if before == after or type(before) is not type(after):
        return False
    if not isinstance(before, list) and not isinstance(before, tuple):
        return False
    if len(before) == len(after) + 1:
        return any(
            list(before[:at]) + list(before[at + 1 :]) == list(after) and _repeats(before, at)
            for at in range(len(before))
        )
    if len(before) != len(after):
        return False
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    return len(changed) == 1 and less_one(*changed[0])


def _repeats(items, at):
    def normal(item):
        return re.sub(r"/+(?=:|$)", "", item) if isinstance(item, str) else item

    return normal(items[at]) in [normal(item) for item in items[:at]]


def comments(data):
    return sorted(text.rstrip() for text in re.findall(r"(?<![^\s])#[^\r\n]*", data.decode("utf-8-sig")))


FIXED = dict.fromkeys(KINDS, 0)


@pytest.mark.parametrize("path", KINDS)
def test_one_fix_does_what_it_means(path):
    for seed in range(SEEDS):
        data = make(path, seed)
        before = meaning(path, data)
        for draft in drafts(path, data):
            if draft.fix is None:
                continue
            after = apply_to_bytes(data, draft.fix.edits)
            FIXED[path] += 1
            where = f"seed {seed}: {draft.message}\n{data!r}\n{after!r}"
            assert after.startswith(BOM) == data.startswith(BOM), where
            assert set(re.findall(rb"\r\n|\r|\n", after)) <= set(re.findall(rb"\r\n|\r|\n", data)), where
            if path == "run.sh":
                assert re.sub(rb'"\$\{\w+:-([^}]*)\}"', rb"\1", after) == re.sub(
                    rb"=(['\"])(\d+s?)\1", rb"=\2", data
                ) or re.sub(rb'"\$\{\w+:-([^}]*)\}"', rb"\1", after) in (data, _unquoted(data, draft)), where
                continue
            assert before is None or less_one(before, meaning(path, after)), where
            lost = [each for each in set(comments(data)) if each not in comments(after)]
            assert not lost, where
            assert not [each for each in drafts(path, after) if each.fix and each.fix.edits == draft.fix.edits
                        and after == data], where  # fmt: skip
    assert FIXED[path] >= 100, FIXED


def _unquoted(data, draft):
    """Answer the script with the quotes of the one fixed value gone."""
    edit = draft.fix.edits[0]
    text = data.decode("utf-8-sig")
    line = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)[edit.line - 1]
    value = line[edit.column - 1 : edit.end_column - 1]
    new = text.replace(line, line[: edit.column - 1] + value.strip("'\"") + line[edit.end_column - 1 :], 1)
    return (BOM if data.startswith(BOM) else b"") + new.encode()


@pytest.mark.parametrize("path", KINDS)
def test_all_fixes_together_come_to_rest(path):
    for seed in range(SEEDS):
        text = make(path, seed).decode("utf-8-sig")
        for _ in range(12):
            fixes = [draft.fix for draft in drafts(path, text.encode()) if draft.fix]
            if not fixes:
                break
            try:
                after, made, _ = apply_fixes(text, fixes)
            except EditError:
                break
            assert made and after != text, f"seed {seed}: {text!r}"
            text = after
        else:
            pytest.fail(f"seed {seed} does not come to rest: {text!r}")
