"""Commands in deployment files that have no reader of their own: Supervisor, Kubernetes, Helm, Render, Fly, Makefile, npm.

Read out of a ConfigDocument, where somebody asks for them. A template (Helm, Jinja, Terraform's `${...}`) is read with
its actions replaced by a variable, so that what is written plainly can be read and the rest stays unknown.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.compose import own_place
from preaudit_hooks.documents.shellwords import Word
from preaudit_hooks.documents.yaml import Mapping, Scalar, Sequence, YamlDocument, resolve, walk

# What a template's action is replaced by, as long as the action, so that every offset stays.
_ACTION = lazy(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
_CONTROL = lazy(r"\{\{-?\s*(?:if|else|end|range|with|define|block|template|include|toYaml|tpl|/\*|\$)|\{%")
_ENTRY, _ARGUMENTS = ("command", "entrypoint", "entryPoint"), ("args", "arguments", "command", "cmd")
_SINGLE = ("startCommand", "dockerCommand", "run_command", "runCommand", "start_command", "CMD")
_RECIPE = lazy(r"^(?:\t|    )[@\-+]*[ \t]*(?=\S)")


def commands_in(document) -> list:
    """Answer [(name of the service or program, its commands, place or None)] of a ConfigDocument."""
    name = document.path.rpartition("/")[2].lower()
    if name.endswith((".yml", ".yaml", ".json", ".tpl", ".j2")):
        if "[program:" not in document.text:
            return _yaml(document, name)
    if name in ("makefile", "gnumakefile", "justfile") or name.endswith(".mk"):
        return _recipes(document)
    if "[program:" in document.text or name.endswith((".ini", ".conf", ".toml", ".service")):
        return _sections(document)
    return []


def _sections(document):
    """Read `[program:x] command=`, `[watcher:x] cmd =` of circus, and the `[processes]` of fly.toml."""
    found, section = [], ""
    lines, number = document.lines, 0
    while number < len(lines):
        line = lines[number]
        number += 1
        head = re.match(r"\s*\[+([^\]]+)\]+", line)
        if head:
            section = head[1].strip()
            continue
        pair = re.match(r"([A-Za-z_][\w.\-]*)\s*=\s*", line)
        if not pair or not _names_command(section, pair[1]):
            continue
        start = document.starts[number - 1] + pair.end()
        last = number
        while last < len(lines) and lines[last][:1].isspace() and lines[last].strip() and "[" not in lines[last][:1]:
            last += 1
        end = document.starts[last - 1] + len(lines[last - 1].rstrip("\r\n"))
        number = last
        text = document.text[start:end]
        comment = re.search(r"\s;.*$", text) if section.startswith("program:") and last == number else None
        text = re.sub(r"\r?\n", lambda match: " " * len(match[0]), text[: comment.start()] if comment else text)
        # Supervisor's own expansions: unknown, and no shell syntax
        text = re.sub(r"%\(\w+\)s", lambda match: "$" + "_" * (len(match[0]) - 1), text)
        if len(text) > 1 and text[0] in "\"'" and text.rstrip().endswith(text[0]):
            start, text = start + 1, text.rstrip()[1:-1]
        commands = commandline.from_text(text, lambda a, b, base=start: document.place(base + a, base + b))
        found.append(
            (section.partition(":")[2] or pair[1], commands, document.place(start, start + len(text.rstrip())))
        )
    return found


def _names_command(section, key) -> bool:
    if section.startswith(("program:", "fcgi-program:")):
        return key == "command"
    if section.startswith("watcher:"):
        return key == "cmd"
    return section == "processes"


def _recipes(document):
    found = []
    number = 0
    lines = document.lines
    while number < len(lines):
        match = _RECIPE.match(lines[number])
        start = document.starts[number]
        last = number
        while lines[last].rstrip("\r\n").endswith("\\") and last + 1 < len(lines):
            last += 1
        if match:
            begin = start + match.end()
            end = document.starts[last] + len(lines[last].rstrip("\r\n"))
            # make's own variables are none of the shell's, and both are unknown
            text = document.text[begin:end]
            commands = commandline.from_text(text, lambda a, b, base=begin: document.place(base + a, base + b))
            found.append(("", commands, document.place(begin, end)))
        number = last + 1
    return found


def plain(text: str) -> str:
    """Answer a template as plain YAML of the same length: control lines are comments, other actions are variables."""

    def replaced(match):
        action = match[0]
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        alone = not text[start : match.start()].strip() and not text[match.end() : None if end < 0 else end].strip()
        body = re.sub(r"[^\r\n]", "T", action)
        if alone and (_CONTROL.match(action) or "\n" in action):
            return re.sub(r"[^\r\n]", " ", action)
        return "$" + body[1:] if "\n" not in action else re.sub(r"[^\r\n]", " ", action)

    return _ACTION.sub(replaced, text)


def _yaml(document, name):
    text = document.text
    templated = "{{" in text or "{%" in text
    inner = YamlDocument(document.path, plain(text) if templated else text)
    found = []
    for root in inner.roots:
        for node in walk(root):
            if isinstance(node, Mapping):
                found += _commands_of(inner, node, name)
    return found


def _commands_of(document, node, file):
    own: dict = {}
    for key, *value in node.pairs:
        if isinstance(key, Scalar) and value:
            own.setdefault(key.text, []).append(value[0])
    title = resolve(own.get("name", [None])[0])
    title = title.text if isinstance(title, Scalar) else ""
    entries = next((own[key] for key in _ENTRY if key in own), [])
    given = next((own[key] for key in _ARGUMENTS if key in own and own[key] is not entries), [])
    # a template may write either of two, under conditions: each is read
    for entry in entries or [None]:
        for arguments in given or [None]:
            if entry is not None or arguments is not None:
                yield from _joined(document, title, entry, arguments)
    for key in _SINGLE:
        for value in map(resolve, own.get(key, ())):
            if isinstance(value, Scalar) and not value.is_null:
                yield title, _scalar(document, value), own_place(document, value)
    scripts = resolve(own.get("scripts", [None])[0]) if file == "package.json" else None
    for key, value in scripts.pairs if isinstance(scripts, Mapping) else ():
        value = resolve(value)
        if isinstance(value, Scalar):
            yield getattr(key, "text", ""), _scalar(document, value), own_place(document, value)


def _joined(document, title, entry, arguments):
    alone = resolve(entry if arguments is None else arguments)
    if (entry is None or arguments is None) and isinstance(alone, Scalar):
        if not alone.is_null:
            yield title, _scalar(document, alone), own_place(document, alone)
        return
    words = _words(document, entry) + _words(document, arguments)
    if words:
        yield title, commandline.from_words(words), words[0].place


def _scalar(document, node):
    from preaudit_hooks.documents.appspec import scalar_commands

    return scalar_commands(document, node)


def _words(document, node):
    """Answer the words of a `command` or `args`: a list, or one text that a program like Helm splits itself."""
    from preaudit_hooks.documents.shellwords import split

    node = resolve(node)
    if isinstance(node, Scalar):
        if node.is_null:
            return []
        place = own_place(document, node)
        words = split(node.text)
        for word in words:
            word.place = place
        return words
    return listed_words(document, node)


def listed_words(document, node) -> list:
    """Answer the words of a command that is written as a list, one word an item; [] for anything else."""
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        item = resolve(item)
        if isinstance(item, Scalar):
            place = own_place(document, item)
            found.append(Word(item.text, item.text, item.start, item.end, bool(item.style), False, place))
    return found


def is_open(document, read: bool) -> bool:
    """Answer whether a file may start workers in a way that is not read; `read`: whether some worker's command was.

    A file of another format speaks of a worker's program and none was read; or a template leaves a command or its
    arguments to something else.
    """
    name, text = document.path.rpartition("/")[2].lower(), document.text
    if not name.endswith(_OPEN) or _CI.search(document.path):
        return False
    if name.endswith((".conf", ".ini")) and "[program:" not in text and "[watcher:" not in text:
        return False
    text = re.sub(r"(?m)^\s*(?:#|//|;).*$", "", text)
    if not read:
        return bool(_PROGRAM.search(text))
    return bool(_OUTSIDE.search(text))


_OPEN = (".yml", ".yaml", ".tf", ".tfvars", ".hcl", ".tpl", ".j2", ".conf", ".ini", ".template", ".json", ".service")
_CI = lazy(
    r"(?:^|/)\.(?:github|gitlab|circleci|buildkite|azure)|pre-commit|\.gitlab-ci|azure-pipelines|\.travis|\.drone"
)
_PROGRAM = lazy(r"\b(?:celery|celeryd|rqworker|dramatiq|arq)\b|\brq[\s\"',]+worker\b")
# `command:` or `args:` that a template fills
_OUTSIDE = lazy(r"(?m)^\s*-?\s*(?:command|args):[ \t]*(?:\{\{|$(?=\s*\{\{-?\s*(?:toYaml|include|range|tpl)))")
