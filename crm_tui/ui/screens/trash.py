"""*Trash*: what was deleted; all of it can come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.ui.list_screen import ListScreen
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.when import since
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.trash import Trashed
    from crm_tui.store.database import Changes


class TrashScreen(ListScreen):
    """One list."""

    PLACE = "trash"
    TITLE_TEXT = "Trash"
    CSS_PATH = "trash.tcss"
    LIST = AUTO_FOCUS = "#trash"
    WAITS = frozenset({"restore"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "restore", "Restore", id="trash.restore"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._trashed: list[Trashed] = []

    def body(self) -> ComposeResult:
        """The list."""
        yield RowList(id="trash")

    def retitle(self) -> None:
        """Columns and empty state."""
        self.rows.set_columns(
            (
                Column(t("Kind"), 17, role="muted"),
                Column(t("Name"), flex=1),
                Column(t("Since"), 8, align="right", role="muted"),
            )
        )
        self.rows.set_empty(t("The trash is empty.\n\nWhat you delete (d) lies here and can be restored with r."))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read the trash again."""
        self.load(lambda crm: crm.trash.rows(), self._read)

    def _read(self, trashed: list[Trashed]) -> None:
        self._trashed = trashed
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        from crm_tui.ui.steps import one_label

        app = self.crm_app
        now = app.local_now()
        show_again(
            self.rows,
            [
                Row(one.id, (one_label(one.noun), one.title, since(app.local(one.since), now) if one.since else ""))
                for one in self._trashed
            ],
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be restored out of an empty trash."""
        if action == "restore" and not self._trashed:
            return False
        return super().check_action(action, parameters)

    def action_restore(self) -> None:
        """Restore what is marked, else what stands under the cursor."""
        row = self.rows.cursor_row
        wanted = self.rows.marks or ({row.id} if row is not None else set())
        chosen = [one for one in self._trashed if one.id in wanted]
        if not chosen:
            return

        def restore(crm: Crm) -> list[Changes]:
            nouns = dict.fromkeys(one.noun for one in chosen)
            return [crm.noun(noun).restore(*[one.id for one in chosen if one.noun == noun]) for noun in nouns]

        def said(_: list[Changes]) -> None:
            self.rows.clear_marks()
            what = chosen[0].title if len(chosen) == 1 else str(len(chosen))
            self.toast(t("Restored: {name}. u takes it back", name=what))

        self.change(restore, said)

    @on(RowList.RowChosen, "#trash")
    def _chosen(self, event: RowList.RowChosen) -> None:
        row = event.row.id

        def owner(crm: Crm) -> str | None:
            noun = crm.trash.noun_of(row)
            return row if noun == "customers" else crm.noun(noun).get(row).get("customer")

        self.load(owner, self._open, group="open")

    def _open(self, customer: str | None) -> None:
        from crm_tui.ui.palette import show_customer

        if customer is not None:
            show_customer(self.crm_app, customer)
        else:
            self.toast(t("r restores it"))
