"""What project rules found in earlier runs, as far as it still holds.

One record for all rules: for each what it asked for with the state of it, its findings, and the content of the files
that they lie in. Modules are compared name by name, and only where their text changed.
"""

from __future__ import annotations

import json
from importlib import import_module

from preaudit.core.cache import digest
from preaudit.core.finding import Finding
from preaudit.core.patterns import lazy
from preaudit.core.results import TABLES, WHOLE, state_of

# A message that names a line; what it names is then looked for again when the file changes.
_NAMES_LINES = lazy(r"\blines? \d|:\d")


class Kept:
    """The findings of project rules that the cache holds."""

    def __init__(self, run, chosen=None):
        """`run`: preaudit_hooks.engine.Run; `chosen`: the files that wanted findings speak of, all if None."""
        self.run, self.cache, self.chosen = run, run.cache, chosen
        self._view = None
        self._states: dict = {}
        self._names: dict = {}
        self._lines: dict = {}
        self._changed = False
        self._records: dict = {}
        if self.cache is not None:
            self._key = ("project", digest(run.settings.fingerprint.encode())[:12])
            found = self.cache.get("p", *self._key)
            self._records = found if isinstance(found, dict) else {}

    @property
    def view(self):
        """Answer the view of the project, made on first use: most runs need none."""
        if self._view is None:
            from preaudit_hooks.view import ProjectView

            self._view = ProjectView(self.run.project, self.run.settings, self.run.facts.of, self.run.facts.one)
        return self._view

    def findings(self, info) -> list | None:
        """Answer the wanted findings of a rule if all that it asked for is as it was, else None."""
        record = self._records.get(info.code)
        if record is None:
            return None
        try:
            states, symbols, contents, rows = record
            if self._same_states(states) and self._same_names(symbols) and self._same_places(contents, rows):
                return [Finding.from_row(row) for row in rows if self._is_wanted(row)]
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):  # no record of ours
            pass
        del self._records[info.code]  # it may be changed in part
        self._changed = True
        return None

    def _same_states(self, states) -> bool:
        return all(
            self._state(kind, tuple(name) if isinstance(name, list) else name) == then for kind, name, then in states
        )

    def _is_wanted(self, row):
        chosen = self.chosen
        return chosen is None or row[3] in chosen or any(place[0] in chosen for place in row[10])

    def _state(self, kind, name) -> str:
        """Answer the present state of what a rule can depend on."""
        key = (kind, name)
        if key not in self._states:
            if kind == "facts":
                found = self.run.facts.state(name)
            elif kind == "fact":
                found = self.run.facts.digest_of(*name)
            elif kind == "paths":
                found = digest("\n".join(self.run.project.paths).encode("utf-8", "surrogatepass"))
            elif kind == "exact":
                found = self._exact(name)
            elif kind == "derived":
                found = self._derived(*name)
            else:
                found = state_of(kind, name, "", self.run.project, self.cache)
            self._states[key] = found
        return self._states[key]

    def _exact(self, kind) -> str:
        """Answer the state of the facts of a kind with their lines: the content of the files that have such facts."""
        rows = [f"{path}\0{self.cache.content_hash(path)}" for path in self.run.facts.paths(kind)]
        return digest("\n".join(rows).encode("utf-8", "surrogatepass"))

    def _derived(self, module, argument) -> str:
        """Answer the state of what is derived from facts: made again only where they changed."""
        key = f"{module} {argument}"
        record = self._records.get(key)
        if isinstance(record, list) and len(record) == 2 and self._same_states(record[1]):
            return record[0]
        source = import_module(f"preaudit_hooks.{module}")
        if hasattr(source, "PARTS"):
            return self._derived_by_file(key, module, source)
        made, asked = self.view.derivation(module, argument)
        found = _digest(source.shape(made))
        if self._is_whole(asked):
            self._records[key] = [found, self._states_of(asked)]
            self._changed = True
        return found

    def _derived_by_file(self, key, module, source) -> str:
        """Answer the state of what is derived of the facts of each file apart: of those files alone that changed.

        A file's part depends on its facts and on which files there are.
        """
        kind, paths = source.PARTS, self._state("paths", "")
        record = self._records.get(f"{key} by file")
        known = record[1] if isinstance(record, list) and record[:1] == [paths] else {}
        made = self.view.made(module)
        parts, whole = {}, made is None or self.run.facts.is_whole(kind)
        for path in self.run.facts.paths(kind):
            now = self.run.facts.digest_of(kind, path)
            row = known.get(path)
            if not row or row[0] != now:
                row = [now, _digest(source.part(self.view, path, made))[:16]]
                whole = whole and (made is not None or self.run.facts.one(kind, path) is not None)
            parts[path] = row
        found = _digest([[path, row[1]] for path, row in parts.items()])
        if whole:
            self._records[f"{key} by file"] = [paths, parts]
            self._records[key] = [found, [["facts", kind, self._state("facts", kind)], ["paths", "", paths]]]
            self._changed = True
        return found

    def _is_whole(self, asked) -> bool:
        """Answer whether all facts that were asked for could be read."""
        return all(
            self.run.facts.is_whole(name) if kind == "facts" else
            kind != "derived" or self._is_whole(self.view.derivation(*name)[1])
            for kind, name in asked
        )  # fmt: skip

    def _states_of(self, asked) -> list:
        return sorted(([kind, name, self._state(kind, name)] for kind, name in asked), key=repr)

    def _same_names(self, symbols) -> bool:
        """Answer whether the names that were asked for mean what they meant, and note modules whose other names changed."""
        for path, row in symbols.items():
            now = self.cache.content_hash(path)
            if row[0] == now:
                continue
            before, after = self._summary(path, row[0]), self._summary(path, now)
            if before is None or after is None:
                return False
            for part, name in row[1]:
                if part not in TABLES or name == WHOLE:
                    if _shape(before[part]) != _shape(after[part]):
                        return False
                elif _shape(before[part].get(name)) != _shape(after[part].get(name)):
                    return False
            row[0] = now
            self._changed = True
        return True

    def _summary(self, path, content):
        key = (path, content)
        if key not in self._names:
            project = self.run.project
            if content == self.cache.content_hash(path):
                found = project.summary(path)
            else:
                found = self.cache.summary_of(content, project.module_name(path)) if content else None
            self._names[key] = found
        return self._names[key]

    def _same_places(self, contents, rows) -> bool:
        """Move findings in files that changed with the text of their lines; answer whether all could be."""
        moved = {}
        for path, then in contents.items():
            now = self.cache.content_hash(path)
            if now != then:
                moved[path] = self._moves(path, then, now)
                if moved[path] is None:
                    return False
                contents[path] = now
                self._changed = True
        return not moved or all(self._move(row, moved) for row in rows)

    def _kinds(self, states) -> set:
        """Answer the kinds of facts that findings were found by."""
        kinds = {name[0] if kind == "fact" else name for kind, name, _ in states if kind in ("facts", "fact")}
        for kind, name, _ in states:
            if kind == "derived":
                kinds |= self._kinds(self._records[" ".join(name)][1])
        return kinds

    def _moves(self, path, then, now):
        """Answer a function: line before -> line now, 0 if not known; None if nothing is known of the file.

        Lines above the first and below the last change keep their text; of what lies between nothing is said.
        """
        before, after = self._lines_of(path, then), self._lines_of(path, now)
        if before is None or after is None:
            return None
        shorter = min(len(before), len(after))
        above = next((n for n in range(shorter) if before[n] != after[n]), shorter)
        below = next((n for n in range(shorter - above) if before[-1 - n] != after[-1 - n]), shorter - above)
        shift = len(after) - len(before)

        def move(line):
            if line <= above:
                return line
            # line 1 is also where a finding about the module stands
            return line + shift if line > len(before) - below and line > 1 else 0

        return move

    def _lines_of(self, path, content):
        key = (path, content)
        if key not in self._lines:
            found = self.cache.get("l", content, path) if content else None
            self._lines[key] = found if isinstance(found, list) else None
        return self._lines[key]

    def _move(self, row, moved) -> bool:
        """Give a finding's row its new places; answer False where one of them is not known."""
        move = moved.get(row[3])
        if move is not None:
            line, end = move(row[4]), move(row[7])
            if row[9] or not line or end - line != row[7] - row[4]:
                return False  # a fix has places of its own; a place that grew or shrank has another text
            row[4], row[7] = line, end
            row[12] = self.run.place_key(row[3], (row[4], row[5], row[7], row[8]))
        for place in row[10]:
            move = moved.get(place[0])
            if move is not None:
                line = move(place[1])
                if not line or _NAMES_LINES.search(place[3]):
                    return False
                place[1] = line
        return True

    def keep(self, info, findings, asked) -> None:
        """Keep what a rule found with the state of all that it asked for."""
        if self.cache is None:
            return
        if not self._is_whole(asked):
            return
        symbols: dict = {}
        for kind, name in asked:
            if kind == "symbol":
                symbols.setdefault(name[0], set()).add(name[1:])
        symbols = {path: [self.cache.content_hash(path), sorted(names)] for path, names in sorted(symbols.items())}
        rows = [finding.to_row() for finding in findings]
        states = self._states_of(one for one in asked if one[0] != "symbol")
        if any(_NAMES_LINES.search(row[6]) for row in rows):
            # which file it speaks of cannot be told: then lines count
            states += [["exact", kind, self._state("exact", kind)] for kind in sorted(self._kinds(states))]
        paths = {row[3] for row in rows} | {place[0] for row in rows for place in row[10]}
        contents = {path: self.cache.content_hash(path) for path in sorted(paths)}
        self._records[info.code] = [states, symbols, contents, rows]
        self._changed = True

    def save(self) -> None:
        """Hand what changed to the cache."""
        if self._changed:
            self.cache.put("p", *self._key, self._records)


def _digest(value) -> str:
    return digest(json.dumps(value, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _shape(value):
    """Answer a part of a summary without the places in it."""
    if isinstance(value, dict):
        if "line" in value:
            return {
                key: [call[2:] for call in item] if key == "calls" else item
                for key, item in value.items()
                if key != "line"
            }
        return {key: _shape(item) for key, item in value.items()}
    return value
