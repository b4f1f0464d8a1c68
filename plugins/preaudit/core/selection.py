"""From the words that users write to the set of codes that run.

A word is a code, a prefix (`AUD3`, `AUD`), a rule name, an area, a severity or a preset (`default`,
`audit`, `all`). A preset holds what it says; any other word means every rule that it names, also
those that are off by default.
"""

from __future__ import annotations

from preaudit.core.finding import SEVERITIES
from preaudit.core.registry import AREAS, BROKEN, UNUSED

HOUSEKEEPING = frozenset((BROKEN, UNUSED))
PRESETS = ("default", "audit", "all")


class SelectionError(ValueError):
    """Words that select nothing; `words` holds (word, nearest or '') of each, the text all of them."""

    def __init__(self, words):
        """Make the error of these (word, nearest) pairs."""
        self.words = tuple(words)
        super().__init__("; ".join(describe(word, nearest) for word, nearest in self.words))


def describe(word, nearest):
    """Answer the message about a word that selects nothing."""
    known = "a code, a prefix, a rule name, an area, a severity or default, audit, all"
    return f"{word!r} selects nothing; " + (f"did you mean {nearest!r}?" if nearest else f"write {known}")


def codes_of(word, registry):
    """Answer (codes, specificity) of a word; an empty set for an unknown one.

    The specificity orders words that contradict each other: a full code or name beats a longer
    prefix, that a shorter one, and any of them an area, a severity or a preset.
    """
    word = word.strip()
    named = registry.by_name.get(word)
    if named is not None:
        return frozenset((named.code,)), len(named.code)
    code = word.upper()
    if code.startswith("AUD") and (code == "AUD" or code[3:].isdigit()):
        codes = frozenset(known for known in registry.codes if known.startswith(code))
        # `--ignore AUD9` speaks of deployment files, not of the housekeeping code AUD998.
        return codes - (HOUSEKEEPING if 3 < len(code) < 6 else frozenset()), len(code)
    word = word.lower()
    if word == "default":
        return frozenset(info.code for info in registry if info.default), 1
    if word == "audit":
        return frozenset(info.code for info in registry if info.audits), 1
    if word == "all":
        return registry.codes, 0
    if word in SEVERITIES:
        return frozenset(info.code for info in registry if info.severity == word), 2
    if word in AREAS:
        return frozenset(info.code for info in registry if info.area == word), 2
    return frozenset(), 0


def is_known(word, registry):
    """Answer whether a word selects something, or is an area or severity that has no rule yet."""
    return bool(codes_of(word, registry)[0]) or word.strip().lower() in (*AREAS, *SEVERITIES, *PRESETS)


def unknown_words(words, registry):
    """Answer (word, nearest word or '') for each word that selects nothing."""
    return [(word, nearest(word, registry)) for word in words if not is_known(word, registry)]


def nearest(word, registry):
    """Answer the known word that is most like this one, or ''."""
    from difflib import get_close_matches  # only on the way to an error message

    known = [*registry.codes, *registry.by_name, *AREAS, *SEVERITIES, *PRESETS]
    word = word.strip()
    form = word.upper() if word.upper().startswith("AUD") else word.lower().replace("_", "-")
    return next(iter(get_close_matches(form, known, 1)), "")


def select(registry, select=(), extend_select=(), ignore=()):
    """Answer the codes that run; AUD000 is always among them.

    `select` stands for the preset `default` where it is empty. Between a selecting and an ignoring
    word the more specific one wins, and the ignoring one if both are alike. SelectionError names all
    unknown words at once.
    """
    wrong = unknown_words((*select, *extend_select, *ignore), registry)
    if wrong:
        raise SelectionError(wrong)
    wanted = _strongest((*(select or ("default",)), *extend_select), registry)
    ignored = _strongest(ignore, registry)
    return frozenset(code for code in wanted if wanted[code] > ignored.get(code, -1)) | {BROKEN}


def _strongest(words, registry):
    """Answer code -> the specificity of the most specific of these words that names it."""
    strength: dict = {}
    for word in words:
        codes, specificity = codes_of(word, registry)
        for code in codes:
            if specificity > strength.get(code, -1):
                strength[code] = specificity
    return strength


__all__ = ["PRESETS", "SelectionError", "codes_of", "is_known", "nearest", "select", "unknown_words"]
