"""fitz: the name that PyMuPDF had first."""

from __future__ import annotations

DISTRIBUTION = "pymupdf"

CANONICAL = {"fitz.open": "pymupdf.Document", "fitz.Document": "pymupdf.Document", "fitz.Page": "pymupdf.Page"}
