"""Hand-written SQL migrations: which way a script goes."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.base import Comment, Document

# What the runners write above the way back: dbmate, aerich, goose, sql-migrate, Liquibase, Play evolutions.
_DOWN = lazy(
    r"(?im)^[ \t]*--[ \t]*(?:migrate:down|downgrade\b|\+goose[ \t]+down|\+migrate[ \t]+down|rollback\b|!downs)"
    r"|^#[ \t]*---[ \t]*!downs"
)
_DOWN_NAME = lazy(r"(?i)(?:^|[._\-])(?:down|rollback|undo|revert|reverse|downgrade)(?:[._\-]|$)")
_NUMBER = lazy(r"(?i)^[vu]?(\d{1,14})(?:[._\-]|$)")


class SqlDocument(Document):
    """A migration script: `number` at the front of its name ('' if none), `is_down`, `has_down`."""

    kind = "sql-migration"

    def __init__(self, path: str, text: str):
        """Read names and markers; statements are not judged."""
        super().__init__(path, text)
        name = path.rpartition("/")[2]
        number = _NUMBER.match(name)
        self.number = number[1] if number else ""
        undo = re.match(r"U\d+__", name) is not None
        self.is_down = undo or bool(_DOWN_NAME.search(name.removesuffix(".sql"))) or "/down/" in path.lower()
        self.has_down = bool(_DOWN.search(self.text))
        for match in re.finditer(r"--[^\r\n]*", self.text):
            line, column, _, _ = self.place(match.start(), match.end())
            alone = not self.line(line)[: column - 1].strip()
            self.comments.append(Comment(line, column, match[0].replace("--", "#", 1).rstrip(), alone))
