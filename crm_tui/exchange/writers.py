"""Tables that other programs read: CSV that no spreadsheet runs as formulas, and XLSX."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from crm_tui.errors import Refused
from crm_tui.exchange.replacing import replacing
from crm_tui.words import t

Value = str | int | None
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?\d[\d ]*(?:[.,]\d+)*%?|\+\d[\d ().]*(?: ?x\d+)?")
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL_LIMIT = 32_767
"""Characters that a cell of a workbook holds."""
WIDTH_SAMPLE = 200


def guard(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet would run it as a formula.

    Plain numbers and phone numbers (-5, +86 138…) stay as they are, but not +1-919-676, which would be subtracted.
    `tables.unguard` takes the apostrophe away.
    """
    if cell[:1] in "'=+-@\t\r" and cell and _RISKY.match(cell) and not _HARMLESS.fullmatch(cell):
        return "'" + cell
    return cell


def write_csv(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write UTF-8 with BOM, CRLF between records, guarded cells; return the number of records.

    Raises:
        BadFile: the file cannot be written; an older one stays as it was.
    """
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8-sig", errors="replace", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([guard(name) for name in header])
        for row in rows:
            writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def write_xlsx(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str = "Sheet1") -> int:
    """Write a workbook of one sheet: bold frozen header, texts as texts, integers as numbers; return the records.

    Raises:
        Refused: more rows, columns or characters a cell than a workbook holds.
        BadFile: the file cannot be written; an older one stays as it was.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    source = iter(rows)
    first = list(islice(source, WIDTH_SAMPLE))
    with replacing(path) as part:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(part), options)
        count = 0
        try:
            page = book.add_worksheet(_sheet_name(sheet))
            bold = book.add_format({"bold": True})
            page.freeze_panes(1, 0)
            for column, width in enumerate(_widths(header, first)):
                page.set_column(column, column, width)
            _write_row(page, 0, header, bold)
            for some in (first, source):
                for row in some:
                    count += 1
                    _write_row(page, count, row)
            page.autofilter(0, 0, max(count, 1), max(len(header) - 1, 0))
        finally:
            try:
                book.close()
            except XlsxWriterException as error:
                raise OSError(str(error)) from error
    return count


def _write_row(page: object, number: int, row: Sequence[Value], look: object = None) -> None:
    if number >= SHEET_ROWS or len(row) > SHEET_COLUMNS:
        raise Refused(
            t("A workbook holds {rows} rows and {columns} columns: export CSV.", rows=SHEET_ROWS, columns=SHEET_COLUMNS)
        )
    for column, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, int) and abs(cell) < 10**15:
            page.write_number(number, column, cell, look)  # type: ignore[attr-defined]
            continue
        text = str(cell)
        if len(text) > CELL_LIMIT:
            raise Refused(
                t("Row {row} has a text of more than {limit} characters: export CSV.", row=number, limit=CELL_LIMIT)
            )
        page.write_string(number, column, text, look)  # type: ignore[attr-defined]


def _sheet_name(name: str) -> str:
    """A name that workbooks allow: at most 31 characters, no brackets, slashes, colons or stars."""
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:31].strip(" '") or "Sheet1"


def _widths(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[int]:
    """Column widths in characters, Chinese ones counted double, from the header and the first rows."""
    widths = [_cells(name) + 2 for name in header]
    for row in rows:
        for column, cell in enumerate(row[: len(widths)]):
            if cell is not None:
                widths[column] = max(widths[column], max(map(_cells, str(cell)[:200].split("\n"))) + 1)
    return [min(max(width, 6), 60) for width in widths]


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
