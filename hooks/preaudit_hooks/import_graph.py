"""The import graph of a project: which module runs which other ones, and where it goes in circles.

Nodes are the paths of Python files. `a/b/x.py` that imports `a.c.d` also runs `a/c/__init__.py`; its
own packages `a` and `a.b` are being imported already and make no edge, unless the statement asks them
for a name of theirs.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque, namedtuple

Import = namedtuple("Import", "path line column module target names when guard needed implied")
Import.__doc__ = """One edge: the statement at (path, line, column) makes the file `target` run.

`module` is the dotted name of the target, `names` what is taken from it; `implied` where the target is
only a package around the module that the statement names. The others are as in facts/imports.py.
"""

Cycle = namedtuple("Cycle", "edges cut")
Cycle.__doc__ = "A circle of run-time imports, as edges from the file of `cut` on, and the edge easiest to cut."

RUN = frozenset({"run"})


class ImportGraph:
    """The imports of a project's files, by importing file."""

    def __init__(self, find, module_name, is_own=None):
        """`find(dotted, near)` answers (path, names left over) or None, `module_name(path)` the dotted name.

        `is_own(top)` answers whether `find` can find anything below a top-level name: most imports are of libraries.
        """
        self.find, self.module_name, self.is_own = find, module_name, is_own
        self._foreign: dict = {}
        self.edges: dict = {}
        self._around: dict = {}

    def add(self, path, rows):
        """Add one file with its import rows."""
        made = []
        own = set(self._packages(self.module_name(path), path))
        for line, column, kind, module, names, when, guard, needed in rows:
            if self._is_foreign(module):
                continue
            targets: dict = {}
            for name in [name for name, _, _ in names] if kind == "from" else [""]:
                found = self._target(module, name, path)
                if found is not None:
                    targets.setdefault(found[0], (found[1], []))[1].append(name)
            for target, (dotted, taken) in targets.items():
                if target != path:
                    made.append(Import(path, line, column, dotted, target, tuple(taken), when, guard, needed, False))
                for package in self._packages(dotted, path):
                    if package not in own and package != target and package != path:
                        implied = Import(path, line, column, dotted, package, (), when, guard, needed, True)
                        made.append(implied)
        self.edges[path] = made

    def _is_foreign(self, module):
        if self.is_own is None:
            return False
        top = module.partition(".")[0]
        if top not in self._foreign:
            self._foreign[top] = not self.is_own(top)
        return self._foreign[top]

    def _target(self, module, name, path):
        """Answer (path, dotted name) of what `from module import name` (or `import module`) runs, or None."""
        if not module:
            return None
        if name and name != "*":
            found = self.find(f"{module}.{name}", path)
            if found is not None and not found[1]:
                return found[0], f"{module}.{name}"
            if found is not None and found[1] == [name]:
                return found[0], module
            return None
        found = self.find(module, path)
        return None if found is None or found[1] else (found[0], module)

    def _packages(self, dotted, near):
        """Answer the paths of the packages around a module, outermost first."""
        parent = dotted.rpartition(".")[0]
        if not parent:
            return []
        top = dotted.partition(".")[0], near.rpartition("/")[0]
        known = self._around.get((parent, top))
        if known is None:
            known = list(self._packages(parent, near))
            found = self.find(parent, near)
            if found is not None and not found[1]:
                known.append(found[0])
            self._around[parent, top] = known
        return known

    def imported(self, path, when=RUN):
        """Answer the paths that a file's imports make run, for the given moments."""
        return {edge.target for edge in self.edges.get(path, ()) if edge.when in when}

    def reachable(self, starts, when=frozenset({"run", "function", "main"})):
        """Answer all files that run when these are run."""
        seen, stack = set(starts), list(starts)
        while stack:
            for target in self.imported(stack.pop(), when):
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
        return seen

    def cycles(self):
        """Answer the cycles of run-time imports, none of which contains the statement cut for one found before it.

        Cutting the statements they name leaves no cycle. They are in the order of their cuts.
        """
        found = []
        for members in self.components():
            found.extend(_cut_all(self._inner(members)))
        return sorted(found, key=lambda cycle: (cycle.cut.path, cycle.cut.line, cycle.cut.column))

    def _inner(self, members):
        """Answer {path: {target: [edges]}} of the run-time edges among some files."""
        inner: dict = {}
        for path in sorted(members):
            for edge in self.edges.get(path, ()):
                if edge.when in RUN and edge.guard != "fallback" and edge.target in members:
                    inner.setdefault(path, {}).setdefault(edge.target, []).append(edge)
        return inner

    def components(self):
        """Answer the sets of two and more files that import each other in circles, by Tarjan's algorithm."""
        targets = {
            path: sorted({edge.target for edge in edges if edge.when in RUN and edge.guard != "fallback"})
            for path, edges in self.edges.items()
        }
        index, low, on, stack, result = {}, {}, set(), [], []
        for start in sorted(targets):
            if start in index:
                continue
            work = [(start, iter(targets[start]))]
            index[start] = low[start] = len(index)
            stack.append(start)
            on.add(start)
            while work:
                path, rest = work[-1]
                for target in rest:
                    if target not in index:
                        index[target] = low[target] = len(index)
                        stack.append(target)
                        on.add(target)
                        work.append((target, iter(targets.get(target, ()))))
                        break
                    if target in on:
                        low[path] = min(low[path], index[target])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[path])
                    if low[path] == index[path]:
                        members = set()
                        while True:
                            member = stack.pop()
                            on.discard(member)
                            members.add(member)
                            if member == path:
                                break
                        if len(members) > 1:
                            result.append(members)
        return result


def _cut_all(inner):
    """Answer the cycles to report of one component; every one loses its easiest edge before the next is sought."""
    heap = []
    shared = Counter()
    for path in sorted(inner):
        circle = _shortest(inner, path)
        if circle:
            heap.append((len(circle), path, circle))
            shared.update(_pairs(circle))
    heapq.heapify(heap)
    found = []
    while heap:
        _, path, circle = heapq.heappop(heap)
        pairs = _pairs(circle)
        if any(target not in inner.get(source, ()) for source, target in pairs):
            circle = _shortest(inner, path)
            if circle:
                heapq.heappush(heap, (len(circle), path, circle))
            continue
        source, target = min(pairs, key=lambda pair: _effort(inner[pair[0]][pair[1]], shared[pair]))
        start = pairs.index((source, target))
        turned = [*pairs[start:], *pairs[:start]]
        edges = tuple(min(inner[one][other], key=_place) for one, other in turned)
        found.append(Cycle(edges, edges[0]))
        _take_out(inner, source, {_place(edge) for edge in inner[source][target]})
        heapq.heappush(heap, (len(circle), path, circle))
    return found


def _take_out(inner, source, places):
    """Remove the import statements at these places of a file, with all that they make run."""
    for target, edges in list(inner[source].items()):
        left = [edge for edge in edges if _place(edge) not in places]
        if left:
            inner[source][target] = left
        else:
            del inner[source][target]


def _pairs(circle):
    """Answer the (file, next file) pairs of a circle."""
    return list(zip(circle, [*circle[1:], circle[0]]))


def _shortest(inner, start):
    """Answer the shortest circle through a file as a list of paths, None if there is none."""
    came = {start: None}
    queue = deque([start])
    while queue:
        path = queue.popleft()
        for target in sorted(inner.get(path, ())):
            if target == start:
                circle = []
                while path is not None:
                    circle.append(path)
                    path = came[path]
                return circle[::-1]
            if target not in came:
                came[target] = path
                queue.append(target)
    return None


def _effort(edges, shared):
    """Answer how hard it is to cut the way from one file to another, which `shared` circles take; less is easier."""
    needed = any(edge.needed == "import" for edge in edges)
    implied = any(edge.implied for edge in edges)
    package = edges[0].path.endswith("__init__.py")
    taken = sum(len(edge.names) or 1 for edge in edges)
    return (needed, -shared, implied, package, len(edges), taken, _place(edges[0]))


def _place(edge):
    return (edge.path, edge.line, edge.column)


def graph_of(project):
    """Answer the import graph of a project view, made once for all rules that ask."""
    return project.derived("import_graph")


# The graph is made of the facts of this kind, and of each file's facts apart from the others'.
PARTS = "imports"


def make(project, _=""):
    """Answer the import graph of a project view."""
    graph = _empty(project)
    for path, rows in project.facts(PARTS):
        graph.add(path, rows)
    return graph


def part(project, path, graph=None):
    """Answer what the graph tells of the imports of one file, their lines left out; from `graph` where it is made."""
    if graph is None:
        graph = _empty(project)
        graph.add(path, project.fact(PARTS, path) or ())
    edges = graph.edges.get(path, ())
    return [
        edge[2:] if number and edge[1] == edges[number - 1][1] else ["+", *edge[2:]]
        for number, edge in enumerate(edges)
    ]  # fmt: skip


def _empty(project):
    return ImportGraph(project.project.find, project.module, project.project.is_own)
