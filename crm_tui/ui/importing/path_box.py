"""A path, typed with completion: Tab goes on to what fits, the list below shows what there is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import working_screen
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

CALENDARS = (".ics", ".ical", ".ifb")
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".vcf", ".vcard", ".json", *CALENDARS)
MOST = 400


@dataclass(frozen=True)
class Entry:
    """A folder or a file that fits what was typed: its name, whether it is a folder, its size in bytes."""

    name: str
    folder: bool
    size: int


def split(typed: str) -> tuple[Path, str]:
    """The folder that a typed path lies in, and the beginning of the name."""
    head, _, tail = typed.rpartition("/")
    folder = Path(head + "/" if "/" in typed else ".").expanduser()
    return folder, tail


def entries(typed: str) -> list[Entry]:
    """Folders and files that fit, folders first; files of other kinds only once their name is begun."""
    folder, start = split(typed)
    found = []
    try:
        with os.scandir(folder) as scan:
            for one in scan:
                if not one.name.casefold().startswith(start.casefold()) or (one.name[0] == "." and not start):
                    continue
                try:
                    is_folder = one.is_dir()
                    size = 0 if is_folder else one.stat().st_size
                except OSError:
                    continue
                if is_folder or start or one.name.casefold().endswith(ENDINGS):
                    found.append(Entry(one.name, is_folder, size))
    except OSError:
        return []
    return sorted(found, key=lambda one: (not one.folder, one.name.casefold()))[:MOST]


def is_own(path: Path, db: Path) -> bool:
    """Whether a path is the open file or lies close beside it.

    Opening and closing that in this very process would take SQLite's locks away from it.
    """
    return path.name.startswith(db.name) and path.absolute().parent.resolve() == db.absolute().parent.resolve()


def completed(typed: str, found: list[Entry]) -> str:
    """What Tab makes of it: as far as all that fits is the same."""
    if not found:
        return typed
    head = typed[: len(typed) - len(split(typed)[1])]
    if len(found) == 1:
        return head + found[0].name + ("/" if found[0].folder else "")
    names = [one.name.casefold() for one in found]
    common = next((n for n, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1), len(min(names)))
    return head + found[0].name[:common] if common > len(split(typed)[1]) else typed


class PathInput(Input):
    """The line of a path; arrows move in the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="path.complete"),
        Binding("down", "step(1)", "Next row", id="path.down", show=False),
        Binding("up", "step(-1)", "Previous row", id="path.up", show=False),
        Binding("pagedown", "step(10)", "Page down", id="path.page_down", show=False),
        Binding("pageup", "step(-10)", "Page up", id="path.page_up", show=False),
    ]

    @property
    def box(self) -> PathBox:
        """The box around it."""
        assert isinstance(self.parent, PathBox)
        return self.parent

    def action_complete(self) -> None:
        """As far as it is clear."""
        self.box.complete()

    def action_step(self, rows: int) -> None:
        """Move in the list."""
        self.box.step(rows)


class PathBox(Vertical):
    """The line and the list."""

    DEFAULT_CSS = """
    PathBox { height: 1fr; padding: 0 1; }
    PathBox PathInput { border: none; height: 1; padding: 0; margin-bottom: 1; }
    """

    class Taken(Message):
        """A file was named."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Entry] = []
        self._moved = False
        self._chosen = ""
        self._head = ""

    def compose(self) -> ComposeResult:
        """The line over the list."""
        yield PathInput(compact=True, select_on_focus=False)
        yield RowList()

    @property
    def line(self) -> PathInput:
        """The line."""
        return self.query_one(PathInput)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def begin(self) -> None:
        """Show the home folder's files."""
        self.rows.can_focus = False
        self.retitle()
        if not self.line.value:
            self.line.value = "~/"
        self.line.cursor_position = len(self.line.value)
        self._read()

    def retitle(self) -> None:
        """Columns, empty state, in the language that is spoken."""
        self.line.placeholder = t("path of a file: CSV, Excel, ODS, vCard, JSON, iCalendar")
        self.rows.set_columns((Column(t("Files here"), flex=1), Column(t("Size"), 10, kind="number", role="muted")))
        self._tell_empty()

    def _tell_empty(self) -> None:
        folder, start = split(self.line.value)
        if start or not folder.is_dir():
            self.rows.set_empty(t("Nothing here begins so."))
        else:
            self.rows.set_empty(t("Nothing to import in this folder.\n\nType the path of a file; Tab completes it."))

    def step(self, rows: int) -> None:
        """Move the cursor of the list."""
        if self._moved:
            self.rows.action_move(rows)
        self._moved = True
        row = self.rows.cursor_row
        if row is not None:
            self._put(row.id)

    def _put(self, name: str) -> None:
        self._chosen = name
        with self.line.prevent(Input.Changed):
            self.line.value = self._head + name
            self.line.cursor_position = len(self.line.value)

    def complete(self) -> None:
        """Tab: as far as it is clear, then to the first that fits and on; on a chosen folder, into it."""
        typed = self.line.value
        if self._chosen and any(one.name == self._chosen and one.folder for one in self._found):
            self.line.value = typed + "/"
        else:
            whole = completed(typed, self._found)
            if whole == typed and self._found and split(typed)[1]:
                self.step(1)
                return
            self.line.value = whole
        self.line.cursor_position = len(self.line.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._moved, self._chosen = False, ""
        self._head = event.value[: len(event.value) - len(split(event.value)[1])]
        self._read()

    def _read(self) -> None:
        typed = self.line.value
        working_screen(self).load(lambda _: entries(typed), self._show, group="path")

    def _show(self, found: list[Entry]) -> None:
        from crm_tui.ui.setup.health import size_text

        self._found = found
        self._tell_empty()
        rows = [
            Row(one.name, (one.name + "/" if one.folder else one.name, "" if one.folder else size_text(one.size)))
            for one in found
        ]
        self.rows.show(ListRows(rows))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        if path.is_dir():
            self.line.value = event.value.rstrip("/") + "/"
            self.line.cursor_position = len(self.line.value)
        elif self._found and split(event.value)[1] and not path.exists():
            self.step(1)  # a name half typed: what it can become comes into the line, the next Enter takes it
        elif event.value.strip():
            self.post_message(self.Taken(path))
