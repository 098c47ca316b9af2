"""Rows of XLSX, XLS and ODS workbooks as the text that a person sees in the cells."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.errors import BadFile
from crm_tui.exchange.files import locked_workbook
from crm_tui.words import t

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
EXACT = 10**15
"""From here on a spreadsheet's number has lost its last digits."""


class Workbook:
    """An open workbook: the names of its sheets and the rows of one of them.

    Attributes:
        sheets: names of all sheets with cells, in the workbook's order.
        sheet: the chosen one: the wanted, else the first visible one with content.
        notes: sentences about what the cells could not tell.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._path = path
        self.notes: list[str] = []
        self._lossy = False
        self._book, self.sheets, visible = _open(path)
        if not self.sheets:
            raise BadFile(t("{file} has no sheet with cells.", file=path))
        self.sheet, self._rows = self._choose(sheet, visible)
        others = [name for name in self.sheets if name != self.sheet]
        if others:
            self.notes.append(
                t("Sheet “{sheet}” was read; the others are {others}.", sheet=self.sheet, others=", ".join(others))
            )

    def _choose(self, wanted: str | None, visible: list[str]) -> tuple[str, CalamineSheet]:
        if wanted is not None:
            if wanted not in self.sheets:
                raise BadFile(
                    t(
                        "{file} has no sheet “{sheet}”: its sheets are {others}.",
                        file=self._path,
                        sheet=wanted,
                        others=", ".join(self.sheets),
                    )
                )
            return wanted, _sheet(self._book, wanted, self._path)
        for name in [*visible, *(name for name in self.sheets if name not in visible)]:
            found = _sheet(self._book, name, self._path)
            if found.height and any(cell not in ("", None) for row in found.iter_rows() for cell in row):
                return name, found
        raise BadFile(t("{file} is a workbook without a filled cell.", file=self._path))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with its number in the sheet (from 1), padded so that cells keep their columns."""
        start = self._rows.start
        left = [""] * (start[1] if start else 0)
        with _reading(self._path):
            for number, row in enumerate(self._rows.iter_rows(), 1):
                yield number, left + [cell if cell.__class__ is str else self._text(cell, number) for cell in row]

    def _text(self, cell: Cell, number: int) -> str:
        """The cell's text; the first number that cannot be right leaves a note."""
        if not self._lossy and isinstance(cell, float) and abs(cell) >= EXACT:
            self._lossy = True
            self.notes.append(
                t(
                    "Row {line}: a number of more than 15 digits has lost its last digits in the spreadsheet; "
                    "store such numbers as text.",
                    line=number,
                )
            )
        return cell_text(cell)


def _open(path: Path) -> tuple[CalamineWorkbook, list[str], list[str]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with _reading(path):
        book = CalamineWorkbook.from_path(str(path))
        about = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
    visible = [item.name for item in about if item.visible == SheetVisibleEnum.Visible]
    return book, [item.name for item in about], visible


def _sheet(book: CalamineWorkbook, name: str, path: Path) -> CalamineSheet:
    with _reading(path):
        return book.get_sheet_by_name(name)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever the workbook library raises on a damaged file into one sentence."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise BadFile(locked_workbook(path)) from None
    except (CalamineError, OSError, ValueError) as error:
        raise BadFile(_damaged(path, error)) from None
    except BaseException as error:
        # The library is written in Rust; a panic there comes as a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise BadFile(_damaged(path, error)) from None


def _damaged(path: Path, error: BaseException) -> str:
    if "password" in str(error).lower() or "encrypt" in str(error).lower():
        return locked_workbook(path)
    return t(
        "{file} is a damaged workbook: open it in a spreadsheet and save it again ({reason}).", file=path, reason=error
    )


def cell_text(cell: Cell | None) -> str:
    """A cell as text: whole numbers without point or exponent, days and instants as ISO, TRUE and FALSE."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return _number_text(cell)
    if isinstance(cell, datetime.datetime):
        whole = cell + datetime.timedelta(microseconds=500_000) if cell.microsecond else cell
        whole = whole.replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == datetime.time() else whole.isoformat()
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        seconds = round(cell.total_seconds())
        sign = "-" if seconds < 0 else ""
        hours, rest = divmod(abs(seconds), 3600)
        return f"{sign}{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return ""


def _number_text(number: int | float) -> str:
    """At most the 15 digits that a spreadsheet keeps, never in exponents."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text
