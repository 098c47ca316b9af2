"""Screens that are one list, or a list with what stands under its cursor beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer

from crm_tui.ui.leaving import leave
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from crm_tui.store.database import Changes

REST = 0.08
"""Seconds that the cursor must rest on a row before what stands beside it is read."""


class ListScreen(CrmScreen):
    """One list, read when the screen is mounted; its keys have no meaning before.

    A child gives `body`, `retitle`, `reload`, and the names of its parts.
    """

    LIST: ClassVar[str] = ""
    """Selector of the list."""

    HOME: ClassVar[str] = "setup"
    """The screen that Esc goes to if one came from nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self._ready = False

    def start(self) -> None:
        """Texts, then rows."""
        self._ready = True
        self.retitle()
        self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read the rows again."""

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(self.LIST, RowList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before the list is there."""
        return super().check_action(action, parameters) if self._ready else False

    def action_back(self) -> None:
        """Where one came from."""
        leave(self, self.HOME)


class PairScreen(ListScreen):
    """A list and beside it a second one about the row under the cursor, which follows when the cursor rests.

    On a narrow screen the second one takes the place of the first while the class `OPEN` is set. A child also gives
    `read_side`.
    """

    SIDE: ClassVar[str] = ""
    """Selector of the second list."""

    OPEN: ClassVar[str] = ""
    """Class of the screen while the second list is in use."""

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None

    @property
    def side(self) -> RowList:
        """The second list."""
        return self.query_one(self.SIDE, RowList)

    def follow(self) -> None:
        """Read what belongs to the row under the cursor, a moment later."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self.read_side)

    def read_side(self) -> None:
        """Read it."""

    def enter_side(self) -> None:
        """Into the second list."""
        self.add_class(self.OPEN)
        self.side.focus()

    def leave_side(self) -> None:
        """Back to the first list."""
        self.remove_class(self.OPEN)
        self.rows.focus()

    def action_back(self) -> None:
        """Out of the second list, then out of the screen."""
        if self.side.has_focus:
            self.leave_side()
        else:
            super().action_back()
