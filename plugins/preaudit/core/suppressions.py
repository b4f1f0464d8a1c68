"""Comments that silence findings, in every kind of file.

    x = f()  # noqa: AUD401                          as flake8 reads it (Python only)
    x = f()  # preaudit: ignore[AUD401] reason       this line
    # preaudit: ignore[bare-except] reason           alone: the next line that is no comment
    # preaudit: ignore[AUD401] reason until=2027-01-31
    # preaudit: ignore-file[AUD4] reason             the whole file
    # preaudit: off[AUD401] reason ... # preaudit: on[AUD401]

Brackets hold codes, prefixes and rule names. A string or backslash that joins physical lines joins them
here too. A file that speaks of neither noqa nor preaudit costs one look at its text; a file that does
is only tokenized once something must be decided.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

# flake8.defaults.NOQA_INLINE_REGEXP and NOQA_FILE of flake8 7.5; a test compares both with flake8's own.
NOQA = lazy(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
NOQA_FILE = lazy(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
SEPARATOR = lazy(r"[,\s]")
OUR_NOQA = lazy(r"AUD\d{1,3}\Z")

DIRECTIVE = lazy(
    r"#\s*preaudit:\s*(?P<kind>[\w-]+)[ \t]*(?:\[(?P<words>[^\]\n]*)(?P<closed>\])?)?[ \t]*"
    r"(?P<reason>(?:(?!\s#(?!\d)|(?<=\s)#(?!\d)).)*)"
)
UNTIL = lazy(r"\s*\buntil\s*=\s*(?P<date>\S*)")
DATE = lazy(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z")
KINDS = ("ignore", "ignore-file", "off", "on")
PREFIX = lazy(r"AUD\d{0,3}\Z")


class Suppression:
    """One comment, and the lines it speaks for.

    `kind`: noqa, noqa-text (in a string), noqa-file, ignore, ignore-file or off. `words`: what it silences,
    () for everything (a blanket noqa). `first`, `last`: its lines, from 1, both inclusive; a `last` of 0 is the end.
    `used`: those of its words that silenced something. `wrong`: why it silences nothing, '' if it can.
    """

    __slots__ = ("kind", "line", "column", "end_column", "words", "reason", "until", "first", "last", "used", "wrong")

    def __init__(self, kind, line, column, end_column, words, first, last, reason="", until="", wrong=""):
        """Hold a comment that was read."""
        self.kind, self.line, self.column, self.end_column = kind, line, column, end_column
        self.words, self.first, self.last = tuple(words), first, last
        self.reason, self.until, self.wrong = reason, until, wrong
        self.used: set = set()

    @property
    def place(self):
        """Answer the comment's own place, as a rule's draft takes it."""
        return (self.line, self.column, self.line, self.end_column)

    def names(self, code, name):
        """Answer the word that silences this code, None if there is none; '' for a blanket noqa."""
        if not self.words:
            return "" if self.kind.startswith("noqa") else None
        for word in self.words:
            if self.kind.startswith("noqa"):
                if code.startswith(word):
                    return word
            elif word in (code, name) or (code.startswith(word) and PREFIX.match(word)):
                return word
        return None

    def __repr__(self):
        """Answer the comment's meaning, for people who debug."""
        return f"<{self.kind}[{', '.join(self.words)}] lines {self.first}-{self.last or ''}>"


class Suppressions:
    """All suppression comments of one file."""

    __slots__ = ("_text", "_comments", "_python", "_all", "_today")

    def __init__(self, text, comments, python, today):
        """Keep what is needed to read the comments once the first question comes."""
        self._text, self._comments, self._python, self._today = text, comments, python, today
        self._all = None

    def __iter__(self):
        """Answer the suppressions in the order of their lines."""
        if self._all is None:
            self._all = sorted(self._read(), key=lambda one: (one.line, one.column))
        return iter(self._all)

    def suppresses(self, code, name, line):
        """Answer the suppression that silences this finding, and note its use; None if none does."""
        if code == "AUD000":
            return None
        for one in self:
            if one.first <= line and (not one.last or line <= one.last) and not one.wrong:
                word = one.names(code, name)
                if word is not None:
                    one.used.add(word)
                    return one
        return None

    def unused(self, ran, registry=None, require_reason=False):
        """Answer [(suppression, what is wrong with it)], to be asked after all findings were.

        `ran`: the codes that ran on this file. `registry`: the rules there are, where all of them are
        known, so that an unknown word can be told from one of another door.
        """
        if not self._may_be_judged():
            return []
        found = []
        for one in self:
            if one.wrong:
                found.append((one, one.wrong))
                continue
            for word in one.words:
                said = self._judge(one, word, ran, registry)
                if said:
                    found.append((one, said))
            if require_reason and not one.reason and one.kind in ("ignore", "ignore-file", "off"):
                found.append((one, f"preaudit: {one.kind} gives no reason; write it behind the brackets"))
        return found

    def _may_be_judged(self):
        return "preaudit:" in self._text or "AUD" in self._text

    def _judge(self, one, word, ran, registry):
        """Answer what is wrong with one word of a suppression, '' if nothing is or it cannot be known."""
        if one.kind.startswith("noqa"):
            if one.kind != "noqa" or not OUR_NOQA.match(word):
                return ""
            shown = f"noqa: {word}"
        else:
            shown = f"preaudit: {one.kind}[{word}]"
        if registry is not None:
            codes = _meant(word, registry)
            if not codes:
                from preaudit.core.selection import nearest

                near = nearest(word, registry)
                return f"{shown} names no rule; " + (f"did you mean {near}?" if near else "correct or delete it")
        else:
            codes = {code for code in ran if code.startswith(word)}
        if word in one.used or not codes or "AUD998" in codes or not codes <= ran:
            return ""
        return f"{shown} silences nothing; delete it"

    def _read(self):
        lines = _lines(self._text)
        if self._python:
            comments, ranges = _tokens(lines)
            yield from _noqa(self._text, lines, ranges, comments)
        else:
            comments, ranges = self._comments, {}
        if "preaudit:" in self._text:
            yield from _directives(comments, lines, ranges, self._today)


class _Nothing(Suppressions):
    """The suppressions of a file that has none."""

    __slots__ = ()

    def __iter__(self):
        return iter(())

    def suppresses(self, code, name, line):
        return None

    def unused(self, ran, registry=None, require_reason=False):
        return []


NOTHING = _Nothing("", (), False, "")


def python(text, today=""):
    """Answer the suppressions of a Python source; `today` (YYYY-MM-DD) is the day that `until` is held against."""
    if "preaudit:" not in text and not _may_be_meant(text):
        return NOTHING
    return Suppressions(text, None, True, today or _today())


def _may_be_meant(text) -> bool:
    """Answer whether a noqa of the text can concern us: one without codes, or with codes that can be ours.

    Most name those of other tools, and reading all comments of a file takes longer than most checks of it.
    """
    if "noqa" not in text.lower():
        return False
    for line in text.splitlines():
        if "noqa" in line.lower():
            hit = NOQA.search(line)
            if hit is None or not hit["codes"] or "AU" in line.upper() or NOQA_FILE.match(line):
                return True
    return False


def document(text, comments, today=""):
    """Answer the suppressions of another file; its reader gives (line, column, text) of each comment, from 1.

    `comments` may be a function that answers them: it is called only where the text speaks of preaudit.
    """
    if "preaudit:" not in text:
        return NOTHING
    return Suppressions(text, comments() if callable(comments) else comments, False, today or _today())


def _noqa(text, lines, ranges, comments):
    """Yield what flake8's own comments silence; what it joins and searches is what is searched here."""
    if "noqa" not in text.lower():
        return
    for number, line in enumerate(lines, 1):
        if NOQA_FILE.match(line):
            yield Suppression("noqa-file", number, 1, len(line.rstrip()) + 1, (), 1, 0)
            return
    written = {}
    for number, column, comment in comments:
        hit = NOQA.search(comment)
        if hit:
            written[number] = (column + hit.start(), column + len(comment[: hit.end()].rstrip()), _words(hit))
    done = 0
    for number in range(1, len(lines) + 1):
        first, last = ranges.get(number, (number, number))
        if number <= done:
            continue
        done = last
        hit = NOQA.search("".join(lines[first - 1 : last]))
        if hit is None:
            continue
        words = _words(hit)
        at = next((row for row in range(first, last + 1) if row in written and written[row][2] == words), 0)
        # A noqa inside a string silences too, but nobody wrote it for us: it is never called unused.
        start, end, _ = written.get(at, (1, 1, ""))
        yield Suppression("noqa" if at else "noqa-text", at or first, start, end, words, first, last)


def _words(hit):
    """Answer the codes of a noqa comment; none for a blanket one."""
    return [word for word in SEPARATOR.split(hit["codes"] or "") if word]


def _directives(comments, lines, ranges, today):
    """Yield what the `preaudit:` comments say."""
    open_ranges = []
    alone_rows = {number for number, column, _ in comments if not lines[number - 1][: column - 1].strip()}
    for number, column, comment in sorted(comments):
        for hit in DIRECTIVE.finditer(comment):
            kind = hit["kind"]
            start, end = column + hit.start(), column + len(comment[: hit.end()].rstrip())
            words = tuple(word.strip() for word in (hit["words"] or "").split(",") if word.strip())
            reason, until, wrong = _reason(hit["reason"], today)
            if kind not in KINDS:
                wrong = f"preaudit: {_shown(kind)} is unknown; write ignore[CODE], ignore-file[CODE] or off[CODE]"
            elif kind == "on":
                closed = [one for one in open_ranges if not words or set(one.words) <= set(words)]
                for one in closed:
                    one.last = number
                    open_ranges.remove(one)
                if closed:
                    continue
                wrong = "preaudit: on ends nothing; name the words of the off before it, or delete it"
            elif not words or not hit["closed"]:
                wrong = f"preaudit: {kind} names no code; write {kind}[CODE] reason"
            first, last = number, number
            if kind in ("ignore-file", "off"):
                first, last = (1 if kind == "ignore-file" else number), 0
            elif number in alone_rows:
                first = number
                last = number + 1
                while last in alone_rows:
                    last += 1
                last = ranges.get(last, (last, last))[1]
            else:
                first, last = ranges.get(number, (number, number))
            one = Suppression(kind, number, start, end, words, first, last, reason, until, wrong)
            if kind == "off" and not wrong:
                open_ranges.append(one)
            yield one


def _reason(text, today):
    """Answer (reason, until, what is wrong) of the text behind the brackets."""
    hit = UNTIL.search(text)
    if hit is None:
        return text.strip(" \t:-"), "", ""
    date = hit["date"].rstrip(".,;)")
    reason = (text[: hit.start()] + text[hit.end() :]).strip(" \t:-")
    if not DATE.match(date):
        return reason, date, "preaudit: until= holds no date; write until=YYYY-MM-DD"
    if today > date:
        return reason, date, f"preaudit: the suppression expired on {date}; fix the finding or set a new date"
    return reason, date, ""


def _meant(word, registry):
    """Answer the codes that a word in brackets names."""
    named = registry.get(word)
    if named is not None:
        return {named.code}
    if PREFIX.match(word):
        return {code for code in registry.codes if code.startswith(word)} - {"AUD000", "AUD998"}
    return set()


def _lines(text):
    """Answer the physical lines with their ends, split where Python and flake8 split them."""
    from io import StringIO

    return StringIO(text.removeprefix("\ufeff"), newline=None).readlines()


def _tokens(lines):
    """Answer ([(line, column, text)] of the comments, {line: (first, last)} of joined physical lines).

    As flake8 does, lines are joined over strings and backslashes only. A source that cannot be
    tokenized has its comments up to that place, and no joined lines.
    """
    import tokenize

    comments, ranges, feed = [], {}, iter(lines)
    first, last = len(lines) + 2, -1
    try:
        for kind, text, (row, column), (end_row, _), _ in tokenize.generate_tokens(lambda: next(feed, "")):
            if kind in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            first, last = min(first, row), max(last, end_row)
            if kind == tokenize.COMMENT:
                comments.append((row, column + 1, text))
            elif kind in (tokenize.NL, tokenize.NEWLINE):
                if first != last:
                    ranges.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first, last = len(lines) + 2, -1
    except (tokenize.TokenError, SyntaxError):
        return comments, {}
    return comments, ranges


def _shown(word):
    """Answer a word of the user's in a form that a message can hold."""
    return ascii(word)[1:-1][:40]


def _today():
    from time import strftime

    return strftime("%Y-%m-%d")


__all__ = ["NOTHING", "Suppression", "Suppressions", "document", "python"]
