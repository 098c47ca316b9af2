"""Writes quotes, orders and receipts as plain text, or as one HTML file that a browser prints as PDF."""

from __future__ import annotations

from html import escape
from pathlib import Path
from unicodedata import east_asian_width

from crm_tui.errors import Refused
from crm_tui.exchange.replacing import replacing
from crm_tui.rules.documents import Document
from crm_tui.words import t

_STYLE = """
@page { size: A4; margin: 20mm; }
body { font: 11pt/1.5 "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #111;
  max-width: 180mm; margin: 12mm auto; }
h1 { font-size: 18pt; margin: 0 0 2mm; } .number { color: #555; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 6mm; margin: 6mm 0; } dt { color: #555; }
dd { margin: 0; } table { width: 100%; border-collapse: collapse; margin: 6mm 0; }
th, td { padding: 1.5mm 2mm; border-bottom: 1px solid #ccc; text-align: right; vertical-align: top; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; border-bottom: 2px solid #111; }
tfoot td { border: 0; font-weight: 600; } .note { white-space: pre-line; margin-top: 8mm; }
"""


def write_document(path: Path, document: Document) -> None:
    """Write a document; the ending of the file says how: .txt or .html.

    Raises:
        Refused: for another ending.
        BadFile: the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in (".txt", ".html", ".htm"):
        raise Refused(t("{file}: the name must end in .txt or .html", file=path.name))
    said = text_of(document) if ending == ".txt" else html_of(document)
    with replacing(path) as part:
        part.write_text(said, encoding="utf-8")


def text_of(document: Document) -> str:
    """The document as plain text, columns measured in cells."""
    head = [document.seller, ""] if document.seller else []
    head += [f"{document.title}  {document.number}".rstrip(), ""]
    wide = max((_width(label) for label, _ in document.facts), default=0)
    head += [_fit(label, wide) + "  " + value for label, value in document.facts]
    rows = [document.headings(), *(document.cells(line) for line in document.lines)] if document.lines else []
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    body = []
    for row in rows:
        cells = [_fit(row[0], widths[0])]
        cells += [_fit(cell, size, right=True) for cell, size in zip(row[1:], widths[1:], strict=True)]
        body.append("  ".join(cells).rstrip())
    if body:
        line = "-" * (sum(widths) + 2 * (len(widths) - 1))
        body = ["", body[0], line, *body[1:], line]
    sums = [f"{label}  {value}" for label, value in document.sums()]
    note = ["", document.note] if document.note else []
    return "\n".join([*head, *body, *sums, *note]) + "\n"


def html_of(document: Document) -> str:
    """The document as one HTML page that needs nothing else; whatever a person typed is escaped."""
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in document.facts)
    head = "".join(f"<th>{escape(one)}</th>" for one in document.headings())
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in document.cells(line)) + "</tr>"
        for line in document.lines
    )
    span = len(document.headings()) - 1
    sums = "".join(
        f'<tr><td colspan="{span}">{escape(label)}</td><td>{escape(value)}</td></tr>'
        for label, value in document.sums()
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{sums}</tfoot></table>"
    if not document.lines:
        table = f"<table><tfoot>{sums}</tfoot></table>"
    seller = f"<p>{escape(document.seller)}</p>" if document.seller else ""
    note = f'<p class="note">{escape(document.note)}</p>' if document.note else ""
    title = escape(f"{document.title} {document.number}".rstrip())
    code = "zh-CN" if document.language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{code}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>{seller}<h1>{escape(document.title)}</h1>"
        f'<p class="number">{escape(document.number)}</p><dl>{facts}</dl>{table}{note}</body></html>\n'
    )


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _fit(text: str, size: int, *, right: bool = False) -> str:
    gap = " " * max(0, size - _width(text))
    return gap + text if right else text + gap
