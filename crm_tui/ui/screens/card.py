"""The card of one customer as a screen of its own: on narrow terminals, and from anywhere by the palette."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.widgets.card_view import CardView

if TYPE_CHECKING:
    from crm_tui.store.database import Changes


class CardScreen(CrmScreen):
    """The card.

    Args:
        customer: whose.
        step: gives the id of the customer so many rows further in the list that this was opened from.
    """

    PLACE = "card"
    CSS_PATH = "card.tcss"
    AUTO_FOCUS = "CardView RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="card.leave"),
        Binding("left_square_bracket", "step(-1)", "Customer before", id="card.before", show=False),
        Binding("right_square_bracket", "step(1)", "Next customer", id="card.next"),
    ]

    def __init__(self, customer: str, step: Callable[[int], str | None] | None = None) -> None:
        super().__init__()
        self._customer = customer
        self._step = step
        self._called = ""

    def body(self) -> ComposeResult:
        """The card alone."""
        yield CardView()

    def start(self) -> None:
        """Read the card."""
        self.query_one(CardView).show(self._customer)

    def retitle(self) -> None:
        """The card speaks too."""
        self.query_one(CardView).retitle()

    def reload(self, changes: Changes | None) -> None:
        """Read it again."""
        self.query_one(CardView).reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a next one only where there is a list."""
        if action == "step":
            return self._step is not None
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)

    def action_step(self, rows: int) -> None:
        """The card of the next customer in the list."""
        customer = self._step(rows) if self._step is not None else None
        if customer is not None:
            self._customer = customer
            self.query_one(CardView).show(customer)

    @on(CardView.Shown)
    def _shown(self, event: CardView.Shown) -> None:
        self._customer, self._called = event.customer, event.name

    def log_target(self) -> tuple[str, str] | None:
        """The customer of this card."""
        return self._customer, self._called
