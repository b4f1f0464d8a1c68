"""What the XML formats share: text that any XML 1.0 reader accepts."""

from __future__ import annotations

import re

from preaudit_hooks.output.context import without_surrogates

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def attribute(text):
    """Answer text for an attribute or an element: escaped, without what XML 1.0 forbids."""
    text = FORBIDDEN.sub("", without_surrogates(text))
    return "".join(ESCAPES.get(character, character) for character in text)
