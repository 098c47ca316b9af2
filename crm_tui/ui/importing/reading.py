"""How the file of an import is to be read: what was told of it, and the questions that tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.ui.dialogs.pick import Pick
from crm_tui.ui.text import cut, safe, width
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.exchange.importing import Opened
    from crm_tui.services.crm import Crm
    from crm_tui.ui.screen import CrmScreen


@dataclass(frozen=True)
class Reading:
    """A file, and what is not to be found out about it.

    Attributes:
        path: the file.
        mapping: field by column.
        encoding: codec of a text file.
        sheet: sheet of a workbook.
        delimiter: what stands between the cells of a text table.
    """

    path: Path = Path()
    mapping: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    sheet: str | None = None
    delimiter: str | None = None

    def open(self, crm: Crm) -> Opened:
        """Read it so; runs in a thread.

        Raises:
            CrmError: with a sentence that says what the file is.
        """
        from crm_tui.exchange.importing import open_file

        return open_file(
            crm, self.path, mapping=self.mapping, encoding=self.encoding, sheet=self.sheet, delimiter=self.delimiter
        )


Take = Callable[[Reading], object]


def ask_encoding(screen: CrmScreen, reading: Reading, take: Take) -> None:
    """Which encoding a text file has; the columns may be others then."""
    from crm_tui.exchange.encoding import encodings_to_try

    rows = [("", t("find out"), ""), *((code, said, code) for code, said in encodings_to_try())]

    def taken(code: str | None) -> None:
        if code is not None:
            take(replace(reading, encoding=code or None, mapping={}))

    screen.app.push_screen(Pick(t("Encoding"), rows, reading.encoding or ""), taken)


def ask_delimiter(screen: CrmScreen, reading: Reading, take: Take) -> None:
    """What stands between the cells of a text file; the columns are others then."""
    rows = [("", t("find out"), "")]
    rows += [(",", t("comma"), ","), (";", t("semicolon"), ";"), ("\t", t("tab"), ""), ("|", t("bar"), "|")]

    def taken(sign: str | None) -> None:
        if sign is not None:
            take(replace(reading, delimiter=sign or None, mapping={}))

    screen.app.push_screen(Pick(t("Between the cells"), rows, reading.delimiter or ""), taken)


def ask_sheet(screen: CrmScreen, reading: Reading, opened: Opened, take: Take) -> None:
    """Which sheet of a workbook."""

    def taken(name: str | None) -> None:
        if name is not None:
            take(replace(reading, sheet=name, mapping={}))

    screen.app.push_screen(Pick(t("Sheet"), [(name, name, "") for name in opened.sheets], opened.sheet), taken)


def ask_target(screen: CrmScreen, reading: Reading, opened: Opened, place: int, take: Take) -> None:
    """Where a column goes."""
    from crm_tui.ui.importing.texts import targets_to_choose

    column, target = opened.header[place], opened.targets[place]

    def taken(name: str | None) -> None:
        if name is not None:
            take(replace(reading, mapping={**reading.mapping, column: name}))

    now = target.name if target is not None else "extra" if opened.kind == "customers" else "ignore"
    screen.app.push_screen(Pick(t("Column “{name}” goes to", name=column), targets_to_choose(opened.kind), now), taken)


def facts(opened: Opened, room: int) -> str:
    """What the file was found to be, in one line of `room` cells; a long name gives way to the rest."""
    told = [opened.format]
    told += [opened.encoding] if opened.encoding and opened.is_table else []
    signs = {",": t("comma"), ";": t("semicolon"), "\t": t("tab"), "|": t("bar")}
    told += [signs.get(opened.delimiter, opened.delimiter)] if opened.delimiter else []
    told += [t("sheet {name}", name=opened.sheet)] if opened.sheet else []
    rest = " · ".join(["", *map(safe, told)])
    return cut(safe(opened.path.name), max(12, room - width(rest))) + rest
