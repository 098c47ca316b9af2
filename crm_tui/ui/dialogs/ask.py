"""Small questions: yes or no, one of a list, one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from crm_tui.ui.lists import plain
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t


class Confirm(CrmDialog[bool]):
    """A question that y or Enter answers with yes, n or Esc with no."""

    CSS = "Confirm .dialog { width: 60; padding: 1 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes", id="dialog.yes"),
        Binding("n", "answer(False)", "No", id="dialog.no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical(classes="dialog") as frame:
            frame.border_subtitle = t("y  yes   n  no")
            yield Static(plain(self._question))

    def action_answer(self, yes: bool) -> None:
        """Answer and leave."""
        self.dismiss(yes)


class Choose(CrmDialog[str]):
    """One of a short list; letters and digits before the rows choose too. The result is the row's id.

    Args:
        title: over the list.
        rows: ids and texts, the second of which is muted.
        at: id of the row that the cursor stands on at first.
        keys: further keys and what they are for ("n", "New"); the result is then "n:" and the row's id.
    """

    AUTO_FOCUS = "RowList"
    CSS = """
    Choose .dialog { width: 60; }
    Choose RowList { height: auto; max-height: 18; background: $surface; }
    """

    def __init__(
        self,
        title: str,
        rows: Sequence[tuple[str, str, str]],
        at: str | None = None,
        keys: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._heading, self._rows, self._start, self._extra = title, rows, at, keys

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            keys = "   ".join(f"{key}  {what}" for key, what in (("Enter", t("choose")), *self._extra))
            frame.border_subtitle = keys
            hints = any(hint for *_, hint in self._rows)
            yield RowList((Column("", flex=2), *((Column("", flex=1, role="muted"),) if hints else ())))

    def start(self) -> None:
        """Fill the list."""
        rows = self.query_one(RowList)
        rows.styles.height = min(18, len(self._rows) + 1)
        rows.show(ListRows([Row(one, (text, hint)) for one, text, hint in self._rows]), cursor_id=self._start)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        self.dismiss(event.row.id)

    def on_key(self, event: events.Key) -> None:
        """One of the further keys."""
        if any(event.character == key for key, _ in self._extra):
            event.stop()
            row = self.query_one(RowList).cursor_row
            self.dismiss(f"{event.character}:{row.id if row is not None else ''}")


class AskLine(CrmDialog[str]):
    """One line of text."""

    CSS = """
    AskLine .dialog { width: 60; }
    AskLine Input { border: none; height: 1; padding: 0; }
    """

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self._heading, self._text = title, text

    def compose(self) -> ComposeResult:
        """A line in a frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  do   Esc  back")
            yield Input(self._text, compact=True)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)
