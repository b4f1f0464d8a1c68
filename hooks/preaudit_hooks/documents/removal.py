"""Taking an entry out of a YAML file or a line out of a `.env`: text edits, verified by reading the result again.

A wrong fix is worse than none: whatever a line cannot express is refused, with the reason.
"""

from __future__ import annotations

from preaudit.core.edits import apply
from preaudit.core.finding import Edit

from preaudit_hooks.documents.compose import is_shared, last_offset
from preaudit_hooks.documents.yaml import Alias, Mapping, Scalar, Sequence, YamlDocument


class Refused(Exception):
    """Why an entry cannot be taken out by an edit of its lines."""


def _is_spent(document):
    most = 400_000 if isinstance(document, YamlDocument) else 1_500_000
    return document.readings > 3 and document.readings * len(document.text) > most


def spend(document) -> None:
    """Count one more reading of a document for a fix; Refused once they would take too long together."""
    document.readings += 1
    if _is_spent(document):
        raise Refused("there are too many for one run; fix the others and run again")


def remove_item(document, sequence: Sequence, index: int, twin: int = -1) -> tuple:
    """Answer the edits that take item `index` out of a sequence; Refused with the reason if they cannot be told.

    A comment at the item's end stays, on a line of its own, unless the item `twin` has the same one.
    """
    item = sequence.items[index]
    if _is_spent(document):
        raise Refused("there are too many for one run; fix the others and run again")
    _refuse_shared(document, item, sequence)
    if sequence.flow:
        edits = _out_of_brackets(document, sequence, index)
    else:
        before = document.text[document.starts[item.place[0] - 1] : item.start]
        if before.strip() != "-":
            raise Refused("the entry shares its line with another")
        kept = sequence.items[twin] if twin >= 0 else None
        edits = _whole_lines(document, item.place[0], item, kept)
    return _verified(document, edits, sequence, index)


def remove_pair(document, mapping: Mapping, index: int, twin: int = -1) -> tuple:
    """Answer the edits that take pair `index` out of a mapping, as `remove_item` does."""
    key, value = mapping.pairs[index]
    _refuse_shared(document, key, mapping)
    _refuse_shared(document, value, mapping)
    if mapping.flow:
        raise Refused("the mapping is written in braces")
    before = document.text[document.starts[key.place[0] - 1] : key.start]
    if before.strip():
        raise Refused("the entry shares its line with another")
    kept = mapping.pairs[twin][1] if twin >= 0 else None
    last = value if value.end > value.start else key
    return _verified(document, _whole_lines(document, key.place[0], last, kept), mapping, index)


def remove_line(document, entry, twin=None) -> tuple:
    """Answer the edits that take an entry out of a `.env`, as `remove_item` does."""
    if entry.first != entry.last:
        raise Refused("the value spans several lines")
    line = document.line(entry.first)
    end = entry.value_place[3] if not entry.inherited else entry.place[3]
    comment = line[end - 1 :].strip()
    twin_line = document.line(twin.last) if twin is not None else ""
    same = bool(comment) and twin_line.endswith(comment)
    edit = _lines(document, entry.first, entry.first, "" if same else comment, "")
    spend(document)
    after = type(document)(document.path, apply(document.text, [edit]))
    expected = [(each.name, each.value, each.quote) for each in document.entries if each is not entry]
    if [(each.name, each.value, each.quote) for each in after.entries] != expected:
        raise Refused("the file would mean something else")
    return (edit,)


def _refuse_shared(document, node, container):
    if is_shared(document, node) or is_shared(document, container):
        raise Refused("an anchor shares the entry")
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Alias):
            raise Refused("an alias stands in the entry")
        if isinstance(each, Scalar) and "$" in each.text.replace("$$", ""):
            raise Refused("a variable stands in the entry")
        if isinstance(each, Sequence):
            stack += each.items
        elif isinstance(each, Mapping):
            stack += [node for pair in each.pairs for node in pair]


def _out_of_brackets(document, sequence, index):
    first, last = document.place(sequence.start, sequence.end)[::2]
    if first != last:
        raise Refused("the list is written in brackets over several lines")
    start = sequence.items[index - 1].end if index else sequence.items[0].start
    end = (
        sequence.items[index].end
        if index
        else sequence.items[1].start
        if len(sequence.items) > 1
        else sequence.items[0].end
    )
    return (Edit(*document.place(start, end), ""),)


def _whole_lines(document, first, last_node, twin):
    end = last_offset(last_node)
    if isinstance(last_node, Scalar) and last_node.style in ("|", ">"):
        end = len(document.text[: last_node.end].rstrip())
    last = document.place(end, end)[0]
    tail = document.line(last)[document.place(end, end)[1] - 1 :]
    comment = tail.strip()
    if comment and not comment.startswith("#"):
        raise Refused("the entry shares its line with another")
    if any(each.line < last or each.alone for each in document.comments if first <= each.line <= last):
        raise Refused("comments stand inside the entry")
    if comment and twin is not None:
        twin_line = document.line(document.place(last_offset(twin), last_offset(twin))[0])
        if twin_line.rstrip().endswith(comment):
            comment = ""
    indent = document.line(first)[: len(document.line(first)) - len(document.line(first).lstrip())]
    return (_lines(document, first, last, comment, indent),)


def _lines(document, first, last, comment, indent):
    """Answer the edit that removes whole lines, or leaves a comment in their place."""
    if comment:
        return Edit(first, 1, last, len(document.line(last)) + 1, indent + comment)
    if last >= len(document.starts) and first > 1:
        # The last line has no line break: the one before it goes, so that the text ends as it did.
        previous = document.line(first - 1)
        return Edit(first - 1, len(previous) + 1, last, len(document.line(last)) + 1, "")
    starts = document.starts
    if last >= len(starts):
        return Edit(first, 1, last, len(document.line(last)) + 1, "")
    return Edit(first, 1, last + 1, 1, "")


def _verified(document, edits, container, index):
    """Answer the edits if the text read again means what it meant, less the entry; Refused if not."""
    spend(document)
    text = apply(document.text, edits)
    after = type(document)(document.path, text)
    if after.problems and not document.problems:
        raise Refused("the file could not be read any more")
    if [_form(root) for root in after.roots] != [_form(root, container, index) for root in document.roots]:
        raise Refused("the file would mean something else")
    kept = [comment.text for comment in after.comments]
    lost = [comment.text for comment in document.comments if comment.text not in kept]
    if lost:
        raise Refused("a comment would be lost")
    return tuple(edits)


def _form(node, container=None, index=-1):
    """Answer what a node means as nested tuples, aliases by name, without one entry."""
    if isinstance(node, Alias):
        return ("*", node.name)
    if isinstance(node, Scalar):
        return (node.text, bool(node.style), node.anchor, node.tag)
    if isinstance(node, Sequence):
        items = [item for at, item in enumerate(node.items) if node is not container or at != index]
        return ("[", node.anchor, node.tag, tuple(_form(item, container, index) for item in items))
    pairs = [pair for at, pair in enumerate(node.pairs) if node is not container or at != index]
    return (
        "{", node.anchor, node.tag,
        tuple((_form(key, container, index), _form(value, container, index)) for key, value in pairs),
    )  # fmt: skip
