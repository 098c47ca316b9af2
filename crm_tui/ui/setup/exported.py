"""*Setup*: what left this file by export, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.when import clock, date_text
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MOST = 1000
"""So many of the latest exports are shown; all of them stay in the file."""


@dataclass(frozen=True)
class Left:
    """One export: its instant, who made it, what it was, how many rows, into which file."""

    at: datetime
    who: str
    what: str
    rows: int
    file: str


def read_exports(crm: Crm) -> list[Left]:
    """The latest first; runs in a thread."""
    names = {str(row): str(name) for row, name in crm.store.reader().execute("SELECT id, name FROM people")}
    return [
        Left(
            datetime.fromtimestamp(int(one["at"] or 0) / 1000, UTC),
            names.get(str(one["person"]), ""),
            str(one["what"] or ""),
            int(one["rows"] or 0),
            str(one["file"] or ""),
        )
        for one in crm.exports.logged(MOST)
    ]


class ExportsSection(Section):
    """One list; nothing in it can be changed."""

    NAME, TITLE = "exports", "Export log"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self._left: list[Left] = []

    def about(self) -> str:
        """What it is for."""
        return t("Every export is noted here: who took what out of this file, how much, and where to.")

    def retitle(self) -> None:
        """Columns, empty state."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("When"), 14, role="muted"),
                Column(t("Who"), flex=2, least=6),
                Column(t("What"), flex=2, least=10),
                Column(t("Rows"), 7, kind="number"),
                Column(t("File"), flex=4, role="muted", least=12),
            )
        )
        self.rows.set_empty(t("Nothing was exported from this file yet."))
        self._show()

    def reload(self) -> None:
        """Read it."""
        self.work.load(read_exports, self._read, group="setup-exports")

    def _read(self, left: list[Left]) -> None:
        self._left = left
        self._show()
        self.post_message(self.Counted(self.NAME, f"{len(left):,}" if left else ""))

    def _show(self) -> None:
        said = {
            **{"customers": t("Customers"), "contacts": t("Contacts"), "all": t("Everything")},
            **{"bundle": t("Bundle"), "share": t("Share")},
        }
        now = self.crm_app.local_now()
        rows = []
        for number, one in enumerate(self._left):
            at = one.at.astimezone(now.tzinfo)
            when = clock(at, now.date()) if at.year == now.year else date_text(at.date(), now.date())
            rows.append(
                Row(str(number), (when, one.who, said.get(one.what, one.what), f"{one.rows:,}", file_text(one.file)))
            )
        show_again(self.rows, rows)

    @on(RowList.RowHighlighted)
    @on(RowList.RowChosen)
    def _nothing(self, event: RowList.RowMessage) -> None:
        event.stop()


def file_text(file: str) -> str:
    """The name of a file before its folder, because the end is cut where room is short."""
    folder, _, name = file.rpartition("/")
    return f"{name}  {folder}/" if folder else name
