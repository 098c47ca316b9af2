"""What every section of *Setup* is: a heading, a sentence or two, and mostly one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from crm_tui.ui.lists import plain
from crm_tui.ui.screen import WorkingScreen, working_screen
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp


class Section(Vertical):
    """The right side of *Setup*; its keys work while the focus is in it."""

    DEFAULT_CSS = """
    Section { height: 1fr; padding: 0 1; }
    Section .section--about { height: auto; max-height: 40%; color: $muted; margin-bottom: 1; }
    """
    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    """English title, in the list at the left."""

    class Counted(Message):
        """The section knows now how many things it holds."""

        def __init__(self, name: str, count: str) -> None:
            super().__init__()
            self.name, self.count = name, count

    def compose(self) -> ComposeResult:
        """The sentence, then the list."""
        yield Static(classes="section--about")
        yield RowList(classes="section--list")

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(".section--list", RowList)

    @property
    def work(self) -> WorkingScreen[object]:
        """The screen, which loads and changes."""
        return working_screen(self)

    @property
    def crm_app(self) -> CrmApp:
        """The app, by its own type."""
        return cast("CrmApp", self.app)

    def on_mount(self) -> None:
        """Show everything once."""
        self.retitle()
        self.reload()

    def about(self) -> str:
        """The sentence over the list, in the language that is spoken."""
        return ""

    def retitle(self) -> None:
        """Every text in the language that is spoken; children add their columns."""
        line = self.query_one(".section--about", Static)
        said = self.about()
        line.update(plain(said))
        line.display = bool(said)

    def reload(self) -> None:
        """Read what is shown."""

    @on(RowList.RowHighlighted)
    def _highlighted(self, event: RowList.RowHighlighted) -> None:
        """The screen listens to its own list only; what the keys can do depends on the row."""
        event.stop()
        self.screen.refresh_bindings()

    def enter(self) -> None:
        """Take the focus."""
        self.rows.focus()

    def left(self) -> None:
        """The person went elsewhere."""

    def title(self) -> str:
        """The title in the language that is spoken."""
        return t(self.TITLE)
