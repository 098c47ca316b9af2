"""Exactly what would leave with a share: kinds and fields at the left, the very rows at the right; Space holds back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.ui.giving.reading import Leaving, LeavingRows, Line, Wanted, look_at
from crm_tui.ui.giving.texts import COMMA, customers_text, path_text, records_text
from crm_tui.ui.list_screen import PairScreen
from crm_tui.ui.lists import Prose, plain, role_style, show_again
from crm_tui.ui.rows import Column, ListRows, Role, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.syncing.pane import Pane
from crm_tui.ui.text import fit, safe, width
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes
    from crm_tui.sync.shares import Look


class KindList(RowList):
    """Kinds and fields; Space holds back instead of marking."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Space belongs to the screen."""
        return False if action == "mark" else super().check_action(action, parameters)


class LeavingScreen(PairScreen):
    """The preview; it stands over *Shares*.

    Args:
        wanted: the share.
        look: what would leave.
        write: is called with what is to be written, when the person says so.
        left: is called when the person goes back without.
    """

    PLACE = "leaving"
    TITLE_TEXT = "What leaves"
    LIST = AUTO_FOCUS = "#kinds"
    SIDE, OPEN = "#rows", "-rows"
    HOME = "shares"
    CSS = """
    LeavingScreen #head { height: auto; padding: 0 1; margin-bottom: 1; }
    LeavingScreen #pair { height: 1fr; }
    LeavingScreen #kinds { width: 2fr; }
    LeavingScreen #right { width: 3fr; border-left: solid $line; padding-left: 1; }
    LeavingScreen #rows { height: 1fr; }
    LeavingScreen.-narrow #right { display: none; border-left: none; padding: 0; }
    LeavingScreen.-narrow.-rows #right { display: block; width: 100%; }
    LeavingScreen.-narrow.-rows #kinds { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w,ctrl+s", "write", "Write the file", id="leaving.write"),
        Binding("space", "hold", "Hold back / give", id="leaving.hold"),
        Binding("enter", "rows", "Its rows", id="leaving.rows"),
        Binding("tab", "rows", "Its rows", id="leaving.next", show=False),
        Binding("escape,left", "back", "Back", id="screen.back"),
    ]

    def __init__(
        self, wanted: Wanted, look: Look, write: Callable[[Wanted, Leaving], object], left: Callable[[], object]
    ) -> None:
        super().__init__()
        self._wanted, self._look, self._write, self._left = wanted, look, write, left
        self._leaving: Leaving | None = None
        self._lines: list[Line] = []
        self._shown = ""
        self._busy = False

    def body(self) -> ComposeResult:
        """Head, kinds, rows."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            yield KindList(id="kinds")
            with Vertical(id="right"):
                yield RowList(id="rows")

    def start(self) -> None:
        """It was read before."""
        self._ready = True
        self._take(self._wanted, self._look)

    def retitle(self) -> None:
        """Columns and texts."""
        self.rows.set_columns((Column(t("What leaves, what stays"), flex=1), Column(t("Records"), 8, kind="number")))
        self.side.set_columns((Column(t("Record"), flex=2), Column(t("What leaves of it"), flex=3)))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Look again: what leaves is what is there when it leaves."""
        self._again(self._wanted)

    def _again(self, wanted: Wanted) -> None:
        app = self.crm_app
        self._busy = True
        self._show_head()

        def failed(error: CrmError) -> None:
            self._busy = False
            self._show_head()
            self.toast(str(error), bad=True)

        self.load(lambda crm: look_at(app, crm, wanted), lambda found: self._take(*found), group="look", failed=failed)

    def _take(self, wanted: Wanted, look: Look) -> None:
        crm = self.crm_app.crm
        assert crm is not None
        self._busy = False
        self._wanted, self._look, self._shown = wanted, look, ""
        self._leaving = Leaving(look, crm.store.catalogue)
        self._lines = self._leaving.lines()
        self.retitle()
        self.read_side()

    def _show(self) -> None:
        if self._leaving is not None:
            show_again(self.rows, [_row(place, line) for place, line in enumerate(self._lines)])
            self._show_head()
            self.refresh_bindings()

    def _show_head(self) -> None:
        leaving, wanted = self._leaving, self._wanted
        if leaving is None:
            return
        muted, accent = role_style(self, "muted"), role_style(self, "accent")
        total = len(leaving.look.told.rows)
        line = Text(t("For {name}", name=safe(wanted.name)), "bold")
        line.append(f"   {customers_text(leaving.customers)}{COMMA[language()]}{records_text(total)}")
        line.append("   " + safe(path_text(wanted.file)), muted)
        said = t("Nothing has left yet: + goes into the file, x stays here. Space changes it.")
        line.append("\n" + (t("… looking") if self._busy else said), accent)
        self.query_one("#head", Static).update(Prose(line))

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        at = self.rows.cursor
        return self._lines[at] if 0 <= at < len(self._lines) else None

    @on(RowList.RowHighlighted, "#kinds")
    def _highlighted(self) -> None:
        self.follow()
        self.refresh_bindings()

    def read_side(self) -> None:
        """The rows of the line under the cursor; they are at hand already."""
        line, leaving = self.line, self._leaving
        if leaving is None or line is None or line.id == self._shown:
            return
        self._shown = line.id
        if line.hidden:
            self.side.set_empty(t("It stays here: nothing of it leaves."))
            self.side.show(ListRows(()))
        else:
            self.side.show(LeavingRows(leaving, line.noun, line.field))

    @on(RowList.RowChosen, "#kinds")
    def action_rows(self) -> None:
        """Into the rows."""
        self.read_side()
        if self.side.has_focus:
            self.leave_side()
        elif self.side.count:
            self.enter_side()

    @on(RowList.RowChosen, "#rows")
    def _open(self, event: RowList.RowChosen) -> None:
        if self._leaving is not None:
            title, parts = self._leaving.row(int(event.row.id))
            self.app.push_screen(WholeRow(title, parts))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only kinds and fields can be held back, and only what has rows can be entered."""
        line = self.line if self._ready else None
        if action == "hold":
            return line is not None and not line.fixed and not self.side.has_focus
        if action == "rows":
            return line is not None and not line.hidden
        return super().check_action(action, parameters)

    def action_hold(self) -> None:
        """Hold the line under the cursor back, or give it after all."""
        line = self.line
        if line is None or line.fixed or self._busy:
            return
        self._again(replace(self._wanted, hide=(self._wanted.hide or frozenset()) ^ {line.id}))

    def action_write(self) -> None:
        """Write the file."""
        if self._leaving is not None and not self._busy:
            self._write(self._wanted, self._leaving)

    def action_back(self) -> None:
        """Out of the rows, then back to the form."""
        if self.side.has_focus:
            self.leave_side()
        else:
            self.app.pop_screen()
            self._left()


def _row(place: int, line: Line) -> Row:
    mark = "x" if line.hidden else "+"
    role: Role = "muted" if line.hidden else ""
    label = f"    {mark} {line.label}" if line.field else f"{mark} {line.label}"
    if line.hidden and not line.fixed:
        label += "  " + t("(held back)")
    return Row(line.id or f"#{place}", (label, f"{line.count:,}" if line.count > 0 else ""), role)


class WholeRow(CrmDialog[None]):
    """Everything that leaves of one row.

    Args:
        title: what it is called.
        parts: label and value.
    """

    AUTO_FOCUS = "Pane"
    CSS = """
    WholeRow Pane { width: 76; height: auto; max-height: 80%; padding: 1 2; scrollbar-size-vertical: 1; }
    WholeRow Static { height: auto; }
    """

    def __init__(self, title: str, parts: list[tuple[str, str]]) -> None:
        super().__init__()
        self._heading, self._parts = title, parts

    def compose(self) -> ComposeResult:
        """A text in a frame."""
        with Pane(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("j k  move   Esc  back")
            wide = max((width(label) for label, _ in self._parts), default=0)
            yield Static(plain("\n".join(f"{fit(label, wide, 'right')}  {value}" for label, value in self._parts)))
