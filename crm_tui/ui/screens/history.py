"""*History*: what was done in this file, by whom; any of it can be taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from crm_tui.ui.list_screen import PairScreen
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, ListRows, Role, Row
from crm_tui.ui.when import clock, date_text
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.action_steps import Touched
    from crm_tui.services.history import Entry
    from crm_tui.services.received import Received
    from crm_tui.store.database import Changes, Undone

PAGE = 200


class HistoryScreen(PairScreen):
    """Actions at the left, what the one under the cursor changed at the right."""

    PLACE = "history"
    TITLE_TEXT = "History"
    CSS_PATH = "history.tcss"
    LIST = AUTO_FOCUS = "#history"
    SIDE, OPEN = "#steps", "-steps"
    WAITS = frozenset({"undo_this"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo_this", "Undo this one", id="history.undo"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._more = False

    def body(self) -> ComposeResult:
        """Two lists."""
        with Horizontal(id="pair"):
            yield RowList(id="history")
            yield RowList(id="steps")

    def retitle(self) -> None:
        """Columns and empty states."""
        from crm_tui.ui.steps import step_columns

        self.rows.set_columns(
            (
                Column(t("When"), 14, role="muted"),
                Column(t("Who"), flex=2, from_width=60),
                Column(t("What"), flex=7),
                Column(t("Fields"), 6, kind="number", role="muted"),
            )
        )
        self.side.set_columns(step_columns())
        self.rows.set_empty(t("Nothing was done in this file yet.\n\nEverything that changes it will stand here."))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read again what was read so far."""
        limit = max(PAGE, len(self._entries))
        self.load(lambda crm: crm.history.entries(limit), self._read)

    def _read(self, entries: list[Entry]) -> None:
        self._entries, self._more = entries, len(entries) >= PAGE
        self._show()
        self.follow()

    def _show(self) -> None:
        show_again(self.rows, [self._row(entry) for entry in self._entries])

    def _row(self, entry: Entry) -> Row:
        app = self.crm_app
        at, today = entry.at.astimezone(app.local_now().tzinfo), app.local_now().date()
        when = clock(at, today) if at.year == today.year else date_text(at.date(), today)
        mark = f"x {t('undone')} · " if entry.undone else ""
        role: Role = "muted" if entry.undone or entry.kind in ("undo", "redo") else ""
        return Row(str(entry.id), (when, entry.person, mark + entry.title, f"{entry.count:,}"), roles=("", "", role))

    @property
    def entry(self) -> Entry | None:
        """The action under the cursor."""
        place = self.rows.cursor
        return self._entries[place] if 0 <= place < len(self._entries) else None

    @on(RowList.RowHighlighted, "#history")
    def _highlighted(self, event: RowList.RowHighlighted) -> None:
        if self._more and event.index >= len(self._entries) - 20:
            self._more = False
            last = self._entries[-1].id
            self.load(lambda crm: crm.history.entries(PAGE, last), self._append, group="more")
        self.follow()
        self.refresh_bindings()

    def _append(self, older: list[Entry]) -> None:
        self._entries += older
        self._more = len(older) >= PAGE
        self._show()

    def read_side(self) -> None:
        """What the action under the cursor changed."""
        entry = self.entry
        if entry is None:
            self.side.show(ListRows(()))
            return
        number = entry.id

        def show(steps: list[Touched]) -> None:
            from crm_tui.ui.steps import step_rows

            self.side.show(ListRows(step_rows(steps)))

        from crm_tui.services.action_steps import steps_of

        self.load(lambda crm: steps_of(crm, number), show, group="steps")

    @on(RowList.RowChosen, "#history")
    def _chosen(self) -> None:
        if self.entry is not None:
            self.enter_side()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is undone already cannot be undone again; a list of nothing has no keys."""
        may = super().check_action(action, parameters)
        if action == "undo_this" and may:
            return self.entry is not None and not self.entry.undone
        return may

    def action_undo_this(self) -> None:
        """Take back the action under the cursor, or all that came with it from another machine."""
        from crm_tui.services.received import import_of

        entry = self.entry
        if entry is not None:
            number = entry.id
            self.load(lambda crm: import_of(crm, number), partial(self._ask_undo, entry), group="import")

    def _ask_undo(self, entry: Entry, came: Received | None) -> None:
        if came is None:
            self._undo(entry.id)
            return
        from crm_tui.ui.dialogs.ask import Choose
        from crm_tui.ui.syncing.compare import when
        from crm_tui.ui.syncing.taking_back import ask_take_back

        heading = t("Came from {name}: {when}", name=came.sender, when=when(came.at, self.crm_app.local_now()))
        rows = [
            ("one", t("Take back only this: {title}", title=entry.title), ""),
            ("all", t("Take back all that came with it: {n} changes", n=f"{came.new:,}"), ""),
        ]

        def chosen(answer: str | None) -> None:
            if answer == "one":
                self._undo(entry.id)
            elif answer == "all":
                ask_take_back(self, came)

        self.app.push_screen(Choose(heading, rows), chosen)

    def _undo(self, number: int) -> None:
        self.change(lambda crm: crm.history.undo(number), lambda undone: self.toast(undone_text(undone)))


def undone_text(undone: Undone) -> str:
    """What was taken back, and what was left and why."""
    from crm_tui.services.history import title

    lines = [t("Undone: {title}", title=title(undone.action.verb, undone.action.params))]
    if undone.left:
        lines.append(t("{n} left as they are: changed since", n=len(undone.left)))
    lines.append(t("ctrl+y does it again"))
    return "\n".join(lines)
