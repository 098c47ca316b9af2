"""One deal as a screen of its own, over the board or a customer's card."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.ui.lists import Prose, role_style
from crm_tui.ui.screen import CrmScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes
    from crm_tui.ui.selling.deal_text import DealPage


class DealScreen(CrmScreen):
    """Everything about one deal.

    Args:
        deal: its id.
    """

    TITLE_TEXT = "Deal"
    CSS = """
    DealScreen #deal { height: 1fr; padding: 1 2 0 2; scrollbar-size-vertical: 0; }
    DealScreen #page { width: 100%; height: auto; }
    """
    AUTO_FOCUS = "#deal"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="deals.edit"),
        Binding("N,t", "next_step", "Next step", id="deals.next_step"),
        Binding("l", "log", "Log a contact", id="deals.log"),
        Binding("w", "win", "Won", id="deals.win"),
        Binding("x", "lose", "Lost", id="deals.lose"),
        Binding("r", "grade", "Prospect grade", id="deals.grade", show=False),
        Binding("c", "customer", "Customer's card", id="deals.customer", show=False),
        Binding("d", "trash", "To the trash", id="deals.trash", show=False),
        Binding("j", "scroll(1)", "Down", id="deals.scroll_down", show=False),
        Binding("k", "scroll(-1)", "Up", id="deals.scroll_up", show=False),
        Binding("escape", "leave", "Back", id="card.leave"),
    ]

    def __init__(self, deal: str) -> None:
        super().__init__()
        self._deal = deal
        self._page: DealPage | None = None

    def body(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="deal", can_focus=True):
            yield Static(id="page")

    def start(self) -> None:
        """Read it."""
        self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read it again."""
        from crm_tui.ui.selling.deal_text import read_page

        deal = self._deal
        self.load(lambda crm: read_page(crm, deal), self._show)

    def _show(self, page: DealPage) -> None:
        if page.row["deleted"]:
            self.dismiss(None)
            return
        self._page = page
        self.retitle()

    def retitle(self) -> None:
        """The page in the language that is spoken."""
        from crm_tui.ui.selling.deal_text import page_text

        if self._page is not None:
            app = self.crm_app
            text = page_text(self._page, app.local, app.local_now(), partial(role_style, self), app.masked)
            self.query_one("#page", Static).update(Prose(text))

    def log_target(self) -> tuple[str, str] | None:
        """The customer of the deal."""
        page = self._page
        return (str(page.row["customer"]), page.customer) if page is not None else None

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def action_scroll(self, step: int) -> None:
        """A line up or down."""
        self.query_one("#deal").scroll_relative(y=step, animate=False)

    def action_edit(self) -> None:
        """Its form."""
        from crm_tui.ui.selling.forms import edit_deal

        edit_deal(self, self._deal)

    def action_next_step(self) -> None:
        """Plan what comes next."""
        from crm_tui.ui.selling.steps import ask_next

        if self._page is not None:
            ask_next(self, self._deal, str(self._page.row["name"]))

    def action_log(self) -> None:
        """Log a contact about it."""
        from crm_tui.ui.selling.steps import log_contact

        target = self.log_target()
        if target is not None:
            log_contact(self, self._deal, target)

    def action_win(self) -> None:
        """It is won."""
        from crm_tui.ui.selling.moves import win

        win(self, self._deal)

    def action_lose(self) -> None:
        """It is lost: ask why."""
        from crm_tui.ui.selling.moves import lose

        lose(self, self._deal)

    def action_grade(self) -> None:
        """Change its grade."""
        from crm_tui.ui.selling.steps import ask_grade

        page = self._page
        if page is not None:
            ask_grade(self, self._deal, str(page.row["name"]), str(page.grade["code"]) if page.grade else "")

    def action_customer(self) -> None:
        """The card of its customer."""
        from crm_tui.ui.palette import show_customer

        if self._page is not None:
            show_customer(self.crm_app, str(self._page.row["customer"]))

    def action_trash(self) -> None:
        """Put it into the trash and leave."""
        deal = self._deal
        said = t("{n} to the trash. u takes it back", n=1)
        self.change(lambda crm: crm.deals.trash(deal), lambda _: self.toast(said))
