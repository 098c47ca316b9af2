"""*Setup*: ways to the screens that have no digit of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from crm_tui.ui.setup.section import Section
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


class Door(Section):
    """A sentence about a screen, and Enter that opens it."""

    GOES: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", id="setup.open")]

    def __init__(self) -> None:
        super().__init__()
        self._count: int | None = None

    def enter(self) -> None:
        """There is nothing to stop at."""
        self.action_open()

    def action_open(self) -> None:
        """Go there."""
        self.crm_app.go(self.GOES)

    def retitle(self) -> None:
        """The sentence fills the place of the list."""
        super().retitle()
        self.rows.can_focus = False
        self.rows.set_empty(t("Enter  open"))

    def reload(self) -> None:
        """Count what is there."""
        self.work.load(self.count, self._counted, group=f"setup-{self.NAME}")

    def _counted(self, count: int | None) -> None:
        self._count = count
        self.retitle()
        if count is not None:
            self.post_message(self.Counted(self.NAME, f"{count:,}"))

    def count(self, crm: Crm) -> int | None:
        """How many things stand there; runs in a thread."""
        return None


class ImportDoor(Door):
    """To the import."""

    NAME, TITLE, GOES = "import", "Import", "import"

    def about(self) -> str:
        """What it is for."""
        return t("Bring in customers from a file of another program: CSV, Excel, ODS, vCard, or our own JSON.")


class DuplicatesDoor(Door):
    """To the duplicates."""

    NAME, TITLE, GOES = "duplicates", "Duplicates", "duplicates"

    def about(self) -> str:
        """What it is for."""
        return t("Customers that may be one and the same, with the reason. Merging keeps both histories.")


class HistoryDoor(Door):
    """To the history."""

    NAME, TITLE, GOES = "history", "History", "history"

    def about(self) -> str:
        """What it is for."""
        return t("Everything that was done in this file, by whom, and a key that takes it back.")

    def count(self, crm: Crm) -> int:
        """Actions."""
        return int(crm.store.reader().execute("SELECT count(*) FROM action").fetchone()[0])


class TrashDoor(Door):
    """To the trash."""

    NAME, TITLE, GOES = "trash", "Trash", "trash"

    def about(self) -> str:
        """What it is for."""
        return t("What was deleted. Nothing is ever thrown away before you say so.")

    def count(self, crm: Crm) -> int:
        """Rows in it."""
        return len(crm.trash.rows())


class DraftsDoor(Door):
    """To the forms that were left with something typed."""

    NAME, TITLE = "drafts", "Drafts"

    def about(self) -> str:
        """What it is for."""
        return t("Forms that were left with something typed. Enter lists them; choosing one opens it as you left it.")

    def count(self, crm: Crm) -> int:
        """Drafts."""
        return len(crm.drafts.all())

    def action_open(self) -> None:
        """List them."""
        from crm_tui.ui.dialogs.drafts import open_drafts

        open_drafts(self.work)
