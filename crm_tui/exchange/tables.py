"""Tables that other programs wrote: CSV, TSV, text, XLSX, XLS and ODS, read into header and rows of text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.errors import BadFile
from crm_tui.exchange.dialect import Records, vote
from crm_tui.exchange.encoding import detect_encoding, known_encoding, text_lines
from crm_tui.exchange.files import kind_of
from crm_tui.exchange.headers import LOOK_AHEAD, find_heading
from crm_tui.words import t

SAMPLE_LINES = 400
Record = tuple[int, list[str]]
Drawn = Generator[Record, None, None]
"""Records to draw once; `close()` it to stop early."""
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(slots=True)
class Table:
    """A table with what had to be guessed to read it.

    Attributes:
        format: "csv", "tsv", "xlsx", "xls" or "ods".
        encoding: the codec of a text table, None for a workbook.
        sheet: the sheet that was read, and `sheets` all of them; None and empty for text.
        delimiter: what stands between the cells of a text table.
        header: one unlike name a column; "Column 1" and so on where the file names none.
        has_header: whether the file names its columns.
        rows: the records, blank ones left out, at least as long as the header; longer where a record is.
        first_line: line (text) or row (workbook) of each record in the source, from 1.
        complete: False if `limit` cut the table.
        notes: sentences about what was decided or mended.
    """

    path: Path
    format: str
    encoding: str | None = None
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    delimiter: str | None = None
    header: list[str] = field(default_factory=list)
    has_header: bool = True
    rows: list[list[str]] = field(default_factory=list)
    first_line: list[int] = field(default_factory=list)
    complete: bool = True
    notes: list[str] = field(default_factory=list)


def read_table(
    path: str | Path,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    limit: int | None = None,
    header: bool | None = None,
) -> Table:
    """Read a whole table, or its first `limit` records for a preview.

    Args:
        path: the file; its content decides what it is, not its name.
        encoding: codec of a text table instead of the one found.
        sheet: sheet of a workbook instead of the first with content.
        delimiter: one character instead of the vote's winner.
        limit: stop after so many records.
        header: whether the first row names the columns, None to judge.

    Raises:
        BadFile: with a sentence that says what the file is and what to do.
    """
    table, records = open_table(path, encoding, sheet, delimiter, header)
    for line, cells in records:
        if limit is not None and len(table.rows) >= limit:
            table.complete = False
            records.close()
            break
        table.first_line.append(line)
        table.rows.append(cells)
    return table


def open_table(
    path: str | Path,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
) -> tuple[Table, Drawn]:
    """What is known about a table before its records are read, and the records to read once.

    The table's `notes` grow while the records are drawn.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind == "vcard":
        raise BadFile(t("{file} holds address cards (vCard), not a table: give it the ending .vcf.", file=path))
    if kind == "ical":
        raise BadFile(t("{file} holds a calendar, not a table.", file=path))
    if kind == "json":
        raise BadFile(t("{file} holds JSON, not a table: export the data as CSV or XLSX.", file=path))
    if kind == "text":
        return _open_text(path, encoding, delimiter, header)
    return _open_workbook(path, kind, sheet, header)


def _open_text(path: Path, encoding: str | None, delimiter: str | None, header: bool | None) -> tuple[Table, Drawn]:
    codec = known_encoding(encoding) if encoding else detect_encoding(path)
    lines = text_lines(path, codec)
    sample = list(itertools.islice(lines, SAMPLE_LINES))
    first = 1
    if sample and (named := re.fullmatch(r"sep=(.)[\r\n]*", sample[0], re.IGNORECASE)):
        delimiter, first = delimiter or named[1], 2
        del sample[0]
    if delimiter is None:
        delimiter = vote(sample, path.suffix)
    elif len(delimiter) != 1 or delimiter in '"\r\n':
        raise BadFile(t("A delimiter is one character, such as , ; | or a tab."))
    table = Table(path, "tsv" if delimiter == "\t" else "csv", codec, delimiter=delimiter)
    records = Records(itertools.chain(sample, lines), delimiter, str(path), first)
    table.notes = records.notes
    if not encoding:
        _doubt_encoding(table, sample)
    return table, _closing(lines, _finish(table, _unguarded(records), header))


def _closing(lines: Generator[str, None, None], records: Iterator[Record]) -> Drawn:
    """The records; when the last is drawn or the caller stops, the file is closed."""
    try:
        yield from records
    finally:
        lines.close()


def _doubt_encoding(table: Table, sample: list[str]) -> None:
    """Say so where the encoding rests on nothing but that it did not fail."""
    if table.encoding == "gb18030":
        signs = [sign for line in sample for sign in line[:500] if sign > "\x7f"]
        common = sum(1 for sign in signs if _in_gb2312(sign))
        if common * 10 < len(signs) * 9:
            table.notes.append(
                t("The text was read as GB18030; if names look wrong, choose another encoding (Big5, Western …).")
            )
    elif table.encoding == "cp1252":
        table.notes.append(t("The text was read as Western (cp1252); if names look wrong, choose another encoding."))


def _in_gb2312(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _open_workbook(path: Path, kind: str, sheet: str | None, header: bool | None) -> tuple[Table, Drawn]:
    from crm_tui.exchange.workbooks import Workbook

    book = Workbook(path, sheet)
    table = Table(path, kind, sheet=book.sheet, sheets=book.sheets)
    table.notes = book.notes
    return table, _finish(table, book.rows(), header)


def _finish(table: Table, source: Iterator[Record], header: bool | None) -> Drawn:
    """Find the header at the top, then hand out the rest."""
    filled = _filled(source)
    top = list(itertools.islice(filled, LOOK_AHEAD))
    if not top:
        raise BadFile(t("{file} has no filled cell: there is nothing to read in it.", file=table.path))
    heading = find_heading([cells for _, cells in top], header)
    table.header = heading.header
    table.has_header = heading.row is not None
    table.notes.extend(heading.notes)
    return _levelled(table, itertools.chain(top[heading.skip :], filled))


def _filled(source: Iterator[Record]) -> Iterator[Record]:
    for record in source:
        for cell in record[1]:
            if cell and not cell.isspace():
                yield record
                break


def _levelled(table: Table, source: Iterator[Record]) -> Drawn:
    """Pad short records; cut blank cells beyond the header, but keep filled ones and say so once."""
    width, told = len(table.header), False
    for line, cells in source:
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        elif len(cells) > width:
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) > width and not told:
                told = True
                table.notes.append(t("Line {line} has more cells than the header has names.", line=line))
        yield line, cells


def _unguarded(records: Records) -> Iterator[Record]:
    """Take away the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    for line, cells in records:
        for position, cell in enumerate(cells):
            if cell[:1] == "'":
                cells[position] = unguard(cell)
        yield line, cells


def unguard(cell: str) -> str:
    """The cell without the apostrophe that `writers.guard` put before it."""
    return cell[1:] if _GUARDED.match(cell) else cell
