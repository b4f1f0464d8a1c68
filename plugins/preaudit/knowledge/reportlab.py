"""ReportLab: building and saving a document computes, then writes."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "reportlab"

_DOC = "reportlab.platypus.doctemplate."
CANONICAL = {
    "reportlab.platypus.SimpleDocTemplate": f"{_DOC}SimpleDocTemplate",
    "reportlab.platypus.BaseDocTemplate": f"{_DOC}BaseDocTemplate",
}
CLASSES = {
    "reportlab.pdfgen.canvas.Canvas": {
        "methods": {
            **each("cpu", "save getpdfdata"),
            **each("free", "drawString drawImage showPage setFont line rect setTitle setPageSize drawCentredString"),
        },
    },
    f"{_DOC}BaseDocTemplate": {"methods": {**each("cpu", "build multiBuild"), "addPageTemplates": "free"}},
    f"{_DOC}SimpleDocTemplate": {"bases": (f"{_DOC}BaseDocTemplate",), "methods": {"build": "cpu"}},
}
INSTEAD = {"reportlab.": "asyncio.to_thread"}
