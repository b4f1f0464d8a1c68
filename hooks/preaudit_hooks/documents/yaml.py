"""YAML with exact positions: what stands in the file, aliases and repeated keys included.

Built from the parser's events and not from its composer, because the composer puts an anchored node
where the alias stands (its place is lost), raises on deep nesting, and a walk over its result never
ends on an alias bomb. Scalars are text: Compose files are written with the habits of YAML 1.1
(`22:22`, `on`), so a value is what is written.
"""

from __future__ import annotations

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.base import Document, hash_comments

_TABS = lazy(r"(?m)(?<=\S)[ \t]*\t[ \t]*(?=#|\r?$)")
MAX_DEPTH = 100
MAX_NODES = 200_000


class Node:
    """A node; `place` as in Document, `start` and `end` offsets, `anchor` and `tag` or ''."""

    __slots__ = ("place", "start", "end", "anchor", "tag")
    type = ""

    def __init__(self, place, start, end, anchor="", tag=""):
        """Hold where the node stands; the start is before its tag or anchor."""
        self.place, self.start, self.end, self.anchor, self.tag = place, start, end, anchor, tag

    @property
    def line(self):
        """The line of the node's start, from 1."""
        return self.place[0]


class Scalar(Node):
    """A text; `style` is '' for plain, or one of `' " | >`."""

    __slots__ = ("text", "style")
    type = "scalar"

    @property
    def is_null(self):
        """Whether the scalar is written as nothing, `~` or null."""
        return not self.style and self.text in ("", "~", "null", "Null", "NULL")


class Sequence(Node):
    """Items in order; `flow` if written in brackets."""

    __slots__ = ("items", "flow")
    type = "sequence"


class Mapping(Node):
    """Pairs (key, value) in order, repeated keys included; `flow` if written in braces."""

    __slots__ = ("pairs", "flow")
    type = "mapping"

    def get(self, key: str):
        """Answer the value of the last pair with this key, merges applied and aliases followed; None if none."""
        found = None
        for pair in self.merged():
            if pair[0].type == "scalar" and pair[0].text == key:
                found = pair[1]
        return resolve(found)

    def merged(self) -> list:
        """Answer (key, value, merged) of the mapping as a reader sees it: own pairs, then those of `<<`.

        Among merged mappings the first wins; a key of the mapping's own wins over all.
        """
        own = [(key, value, False) for key, value in self.pairs if not is_merge(key)]
        if len(own) == len(self.pairs):
            return own
        names = {key.text for key, _, _ in own if key.type == "scalar"}
        for source in self.merge_sources():
            for key, value, _ in source.merged_once():
                if key.type == "scalar" and key.text not in names:
                    names.add(key.text)
                    own.append((key, value, True))
        return own

    def merge_sources(self) -> list:
        """Answer the mappings that the mapping merges, directly or by way of another, each once, in order."""
        found, queue, seen = [], [self], {id(self)}
        while queue:
            mapping = queue.pop(0)
            sources = []
            for key, value in mapping.pairs:
                if is_merge(key):
                    target = resolve(value)
                    sources += target.items if isinstance(target, Sequence) else [target]
            for source in map(resolve, sources):
                if isinstance(source, Mapping) and id(source) not in seen:
                    seen.add(id(source))
                    found.append(source)
                    queue.append(source)
        return found

    def merged_once(self) -> list:
        """Answer (key, value, True) of the mapping's own pairs."""
        return [(key, value, True) for key, value in self.pairs if not is_merge(key)]


class Alias(Node):
    """`*name`: `target` is the anchored node, None if there is none."""

    __slots__ = ("name", "target")
    type = "alias"


def is_merge(key) -> bool:
    """Answer whether a key is the merge key `<<`."""
    return isinstance(key, Scalar) and key.text == "<<" and not key.style


def resolve(node):
    """Answer the node itself, or what an alias stands for."""
    while isinstance(node, Alias):
        node = node.target
    return node


class YamlDocument(Document):
    """A YAML file: `roots` holds one node per document in it; empty where it could not be read."""

    kind = "yaml"

    def __init__(self, path: str, text: str):
        """Read the text; what is wrong with it goes to `problems`, nothing is raised."""
        super().__init__(path, text)
        self.roots: list = []
        self.literals: list = []
        if not self.too_large:
            self._read()

    @property
    def root(self):
        """The first document's node if it is a mapping, else None."""
        return self.roots[0] if self.roots and isinstance(self.roots[0], Mapping) else None

    def _read(self):
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            try:
                self._build(YAML(typ="safe", pure=True).parse(self.text))
            except MarkedYAMLError as error:
                # YAML allows a tab before a comment and at a line's end; the parser does not. Blanks keep all places.
                blanks = _TABS.sub(lambda match: " " * len(match[0]), self.text)
                if "'\\t'" not in str(error.problem) or blanks == self.text:
                    raise
                self.roots, self.literals = [], []
                self._build(YAML(typ="safe", pure=True).parse(blanks))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = min(mark.index, len(self.text)) if mark else 0
            self._fail(at, error.problem or error.context or "not YAML")
        except YAMLError as error:
            at = getattr(error, "position", None)
            reason = getattr(error, "reason", None) or "not YAML"
            self._fail(at if isinstance(at, int) else 0, reason)
        except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError, AssertionError) as error:
            self._fail(0, f"not YAML ({type(error).__name__})")
        self.comments = hash_comments(self, sorted(self.literals))

    def _fail(self, offset, message):
        line, column, _, _ = self.place(offset, offset)
        # A template of another program (Jinja, Go) is no YAML yet, and nobody's mistake.
        template = "{{" in self.text or "{%" in self.text
        self.problem(line, column, " ".join(str(message).split()), not template)
        self.roots = []

    def _build(self, events):
        anchors, stack, count = {}, [], 0
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                anchors = {}
                continue
            if name in ("MappingEndEvent", "SequenceEndEvent"):
                node = stack.pop()
                node.end = event.end_mark.index
                node.place = self.place(node.start, node.end)
                continue
            node = self._node(name, event, anchors)
            if node is None:
                continue
            count += 1
            if count > MAX_NODES or len(stack) >= MAX_DEPTH:
                what = (
                    f"more than {MAX_NODES:,} nodes" if count > MAX_NODES else f"nested deeper than {MAX_DEPTH} levels"
                )
                self._fail(node.start, f"{what}; not read")
                return
            if node.anchor:
                anchors[node.anchor] = node
            self._add(stack, node)
            if not isinstance(node, (Scalar, Alias)):
                stack.append(node)

    def _add(self, stack, node):
        if not stack:
            self.roots.append(node)
            return
        parent = stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif parent.pairs and len(parent.pairs[-1]) == 1:
            parent.pairs[-1] = (parent.pairs[-1][0], node)
        else:
            parent.pairs.append((node,))

    def _node(self, name, event, anchors):
        start, end = event.start_mark.index, event.end_mark.index
        if name == "AliasEvent":
            node = Alias(self.place(start, end), start, end)
            node.name, node.target = str(event.anchor), anchors.get(str(event.anchor))
            if node.target is None:
                line, column = node.place[:2]
                self.problem(line, column, f"undefined alias {node.name}")
            return node
        kind = {"ScalarEvent": Scalar, "SequenceStartEvent": Sequence, "MappingStartEvent": Mapping}.get(name)
        if kind is None:
            return None
        node = kind(self.place(start, end), start, end, str(event.anchor or ""), str(event.tag or ""))
        if kind is Scalar:
            node.text, node.style = event.value, event.style or ""
            if node.style or end - start > 1:
                self.literals.append((start, end))
        elif kind is Sequence:
            node.items, node.flow = [], bool(event.flow_style)
        else:
            node.pairs, node.flow = [], bool(event.flow_style)
        return node


def walk(root):
    """Answer every node under a root once, in the order of the text; aliases are not followed."""
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        if isinstance(node, Sequence):
            stack.extend(reversed(node.items))
        elif isinstance(node, Mapping):
            for pair in reversed(node.pairs):
                stack.extend(reversed(pair))
    return found


def repeated_keys(root) -> list:
    """Answer (key before, key, value before, value) for keys repeated in one mapping, `<<` included."""
    found = []
    for node in walk(root):
        if isinstance(node, Mapping):
            before: dict = {}
            for key, value in node.pairs:
                if isinstance(key, Scalar):
                    if key.text in before:
                        found.append((before[key.text][0], key, before[key.text][1], value))
                    before[key.text] = (key, value)
    return found


def same(one, other) -> bool:
    """Answer whether two nodes hold the same text and structure; False once they are larger than a fix needs."""
    stack, count = [(one, other)], 0
    while stack:
        one, other = (resolve(node) for node in stack.pop())
        count += 1
        if count > 2_000 or type(one) is not type(other) or one is None or one.tag != other.tag:
            return False
        if isinstance(one, Scalar):
            if one.text != other.text or bool(one.style) != bool(other.style):
                return False
        elif isinstance(one, Sequence):
            if len(one.items) != len(other.items):
                return False
            stack.extend(zip(one.items, other.items))
        else:
            if len(one.pairs) != len(other.pairs):
                return False
            for (key, value), (other_key, other_value) in zip(one.pairs, other.pairs):
                stack += [(key, other_key), (value, other_value)]
    return True
