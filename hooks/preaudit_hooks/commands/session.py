"""What the commands that look at a project share: its root, settings, codes, and one run of the engine."""

from __future__ import annotations

import os
import sys

from preaudit import __version__

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands.terminal import is_terminal, terminal_width, wants_color
from preaudit_hooks.output.context import Context, printable

# Which rules a part of the umbrella hook runs, by their scope.
PARTS = {"python": ("file", "types"), "config": ("document",), "project": ("project",)}


def note(text):
    """Tell the user something that is no finding, on standard error."""
    sys.stderr.write(f"preaudit: {printable(text)}\n")


class Session:
    """One command at work on one project.

    `root` and `base` (the working directory) are absolute; `registry` holds all rules, `codes` those that run;
    `narrowed` tells whether the command line or the environment left codes out, so that what a whole run could
    say of baseline and suppressions stays unsaid.
    """

    __slots__ = ("root", "base", "settings", "registry", "codes", "narrowed", "options")

    def __init__(self, options, start=""):
        """Read configuration and selection as these options say; Usage with every error at once."""
        from preaudit.core.settings import SettingsError, load

        from preaudit_hooks.registry import registry

        self.options, self.base = options, os.getcwd()
        self.registry = registry()
        try:
            kept = kept_configuration if getattr(options, "no_cache", None) is False else None
            self.settings = load(start or self.base, getattr(options, "isolated", False), kept=kept)
            if getattr(options, "force_exclude", False):
                self.settings = self.settings.with_values({"force-exclude": True})
            self.settings.check_words(self.registry)
        except SettingsError as error:
            raise Usage(str(error)) from error
        self.root = self.settings.root
        self.codes, self.narrowed = self.select()

    def select(self):
        """Answer (codes that run, whether that is less than the configuration asks for)."""
        from preaudit.core.selection import SelectionError, codes_of, select

        options, settings = self.options, self.settings
        chosen = getattr(options, "select", None)
        more = getattr(options, "extend_select", None) or ()
        less = getattr(options, "ignore", None) or ()
        try:
            codes = select(
                self.registry,
                chosen or settings.select,
                (*(() if chosen else settings.extend_select), *more),
                (*(() if chosen else settings.ignore), *less),
            )
            usual = select(self.registry, settings.select, settings.extend_select, settings.ignore)
        except SelectionError as error:
            raise Usage(str(error).replace("; '", "\n'")) from error
        part = getattr(options, "part", None)
        if part:
            scopes = PARTS[part]
            codes = frozenset(info.code for info in self.registry if info.code in codes and info.scope in scopes)
            codes |= {"AUD000"}
        skipped = set()
        for word in os.environ.get("SKIP", "").split(","):
            word = word.strip().removeprefix("preaudit-")
            if word in self.registry.by_name or word.upper().startswith("AUD"):
                skipped |= codes_of(word, self.registry)[0] & codes - {"AUD000"}
        if skipped:
            note(f"SKIP leaves out {', '.join(sorted(skipped))}")
        codes = codes - skipped
        return codes, bool(usual - codes)

    def run(self, paths, stdin=None):
        """Run the engine on these paths (absolute or relative to the working directory) and answer its Result.

        `stdin` is (root-relative path, bytes) where a text on standard input stands for a file.
        """
        return self._run(paths, self.root, self.settings, not getattr(self.options, "no_cache", False), stdin)

    def run_at(self, folder, paths):
        """Run the engine with this session's settings on another tree, that of the past, and answer its Result."""
        from copy import copy

        from preaudit_hooks.commands.history import CACHE

        settings = copy(self.settings)
        settings.root, settings.cache_dir = folder, CACHE
        return self._run(paths, folder, settings, True, None)

    def _run(self, paths, root, settings, cache, stdin):

        from preaudit_hooks.commands.progress import Progress
        from preaudit_hooks.engine import check_paths

        with Progress(sys.stderr) as progress:
            return check_paths(
                paths,
                root=root,
                settings=settings,
                codes=self.codes,
                jobs=getattr(self.options, "jobs", None),
                cache=cache,
                stdin=stdin,
                progress=progress.step if progress.on else None,
            )

    def context(self, result, stream, statistics=False, texts=None):
        """Answer the Context in which a format shows a result on a stream."""
        return Context(
            self.root,
            base=self.base,
            repository=repository_of(self.root),
            rules=self.registry,
            errors=result.errors,
            version=__version__,
            files=result.files,
            color=wants_color(getattr(self.options, "color", "auto"), stream),
            width=terminal_width() if is_terminal(stream) else 120,
            statistics=statistics,
            texts=texts,
        )

    def inside(self, path):
        """Answer a path of the command line relative to the root, with `/`."""
        return os.path.relpath(os.path.abspath(path), self.root).replace(os.sep, "/")


def kept_configuration(root, text, own, read):
    """Answer what `read(text, own)` answers, from the cache if it is there: reading TOML takes longer than starting."""
    from preaudit.core.cache import Cache, digest

    cache = Cache(root)
    key = (digest(text.encode("utf-8", "surrogatepass")), str(own))
    found = cache.get("c", *key)
    if not isinstance(found, dict):
        found = read(text, own)
        if isinstance(found, dict) and "cache-dir" not in found:  # else the cache lies elsewhere
            cache.put("c", *key, found)
            cache.save()
    return found


def repository_of(root):
    """Answer the folder of the git repository around a folder, or the folder itself."""
    place = root
    while True:
        if os.path.exists(os.path.join(place, ".git")):
            return place
        above = os.path.dirname(place)
        if above == place:
            return root
        place = above


def report_errors(result, context):
    """Tell the files that could not be read, on standard error; answer whether the result is incomplete.

    What an AUD000 finding says already is not said twice.
    """
    told = {finding.path for finding in result.findings if finding.code == "AUD000"}
    for path, message in result.errors:
        if path in told:
            continue
        sys.stderr.write(f"preaudit: error: {context.shown(path)}: {printable(message)}\n")
    if len(told) > 1:
        _tell_version(result)
    return bool(result.errors or told)


def _tell_version(result):
    """Tell once that many files wait for a newer Python, and what that means for all the others."""
    from preaudit.core.pythons import asked_for

    asked = [version for finding in result.findings if (version := asked_for(finding))]
    if len(asked) > 1:
        wanted = max(asked, key=lambda version: [int(part) for part in version.split(".")])
        here = ".".join(map(str, sys.version_info[:2]))
        note(
            f"{len(asked):,} of {result.files:,} files were not checked, and what they define is unknown to the checks of "
            f"others: this is Python {here}, and they are written for {wanted}; install preaudit under that "
            f"(pre-commit: language_version: python{wanted})"
        )
