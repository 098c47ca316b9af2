"""What can be done with the lines of a card: open, change, add, trash, separate, take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.records.visits import VISIT_KINDS
from crm_tui.ui.dialogs import edit as forms
from crm_tui.ui.dialogs.ask import Choose, Confirm
from crm_tui.ui.dialogs.newer import trash_asking
from crm_tui.ui.fields import choice_text, noun_label
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.card_rows import Card

CHILDREN = ("phones", "emails", "contacts", "addresses", "tags", "needs", "key_dates", "relations", "parties")


def ask_what(screen: WorkingScreen[Any], card: Card, tab: str) -> None:
    """Ask what is added to the card; on the tabs of contacts and timeline there is no question."""
    customer = str(card.row["id"])
    if tab == "contacts":
        forms.add_child(screen, "contacts", customer)
    elif tab == "timeline":
        plan_or_log(screen, card)
    else:
        rows = [(noun, noun_label(noun), "") for noun in (*CHILDREN, "deals", "tickets")]
        screen.app.push_screen(Choose(t("Add to the card"), rows), partial(_add, screen, customer))


def _add(screen: WorkingScreen[Any], customer: str, noun: str | None) -> None:
    if noun == "tickets":
        from crm_tui.ui.servicing.take_in import take_in

        take_in(screen, (customer, ""))
    elif noun == "deals":
        from crm_tui.ui.selling.forms import new_deal

        new_deal(screen, customer, None, lambda _: screen.toast(t("Deal opened. N plans its next step")))
    elif noun is not None:
        forms.add_child(screen, noun, customer)


def plan_or_log(screen: WorkingScreen[Any], card: Card) -> None:
    """Log a contact with the customer of this card."""
    from crm_tui.ui.dialogs.log import open_log

    open_log(screen, (str(card.row["id"]), str(card.row["name"])))


def edit(screen: WorkingScreen[Any], card: Card, line: str) -> None:
    """Open the form of what a line stands for; the customer's own with the cursor in that field."""
    noun, _, row = line.partition(":")
    if noun == "deals":
        from crm_tui.ui.selling.forms import edit_deal

        edit_deal(screen, row)
    elif noun in NOUNS and row:
        forms.edit_row(screen, noun, row)
    else:
        forms.edit_customer(screen, str(card.row["id"]), row if noun == "field" and row else None)


def trash(screen: WorkingScreen[Any], card: Card, line: str) -> None:
    """Put what a line stands for into the trash; the customer itself after a question."""
    noun, _, row = line.partition(":")
    if noun in NOUNS and row:
        trash_asking(screen, noun, [row], card.opened, lambda _: _trashed(screen, noun_label(noun)))
        return
    name, customer = str(card.row["name"]), str(card.row["id"])

    def answered(yes: bool | None) -> None:
        if yes:
            trash_asking(screen, "customers", [customer], card.opened, lambda _: _trashed(screen, name))

    screen.app.push_screen(Confirm(t("Put {name} into the trash?", name=name)), answered)


def _trashed(screen: WorkingScreen[Any], name: str) -> None:
    screen.toast(t("In the trash: {name}. u takes it back.", name=name))


def open_row(screen: WorkingScreen[Any], card: Card, line: str) -> None:
    """Enter on a line: the form, the other customer, the question whether to separate or to take back."""
    noun, _, row = line.partition(":")
    if noun == "customer":
        _open_customer(screen, row)
    elif noun == "tickets":
        from crm_tui.ui.screens.tickets import TicketScreen

        screen.app.push_screen(TicketScreen(row))
    elif noun == "deals":
        from crm_tui.ui.selling.deal_page import DealScreen

        screen.app.push_screen(DealScreen(row))
    elif noun == "orders":
        _open_order(screen, row)
    elif noun == "relations":
        other = next((one["other"] for one in card.row["relations"] if one["id"] == row), None)
        if other is not None:
            _open_customer(screen, str(other))
    elif noun == "merged":
        _ask(
            screen,
            t("Separate this customer again? What was written on the other since stays there."),
            lambda: screen.change(lambda crm: crm.customers.unmerge(row), lambda _: screen.toast(t("Separated"))),
        )
    elif noun == "action":
        if row:
            _ask(screen, t("Take this action back, in all that it changed?"), lambda: _undo(screen, int(row)))
    elif noun == "visits":
        _open_visit(screen, row)
    elif noun != "single":
        edit(screen, card, line)


def _open_order(screen: WorkingScreen[Any], row: str) -> None:
    """The order on *Orders*; the list as it is where no single one is meant."""
    from crm_tui.ui.screens.orders import OrdersScreen

    app = screen.crm_app

    def seek() -> None:
        if row and isinstance(app.screen, OrdersScreen):
            app.screen.seek(row)

    app.go("orders")
    app.call_after_refresh(seek)


def _open_customer(screen: WorkingScreen[Any], customer: str) -> None:
    from crm_tui.ui.palette import show_customer

    show_customer(screen.crm_app, customer)


def _open_visit(screen: WorkingScreen[Any], visit: str) -> None:
    """One that took place: its form. One that is planned: was it done, is it moved or cancelled."""

    def show(row: dict[str, Any]) -> None:
        if row["status"] != "planned":
            forms.edit_row(screen, "visits", visit)
            return
        rows = [
            ("done", t("It took place: log it"), "l"),
            ("move", t("Move it to another time"), ""),
            ("change", t("Change it: place, participants, minutes …"), ""),
            ("cancel", t("Cancel it"), ""),
        ]
        title = f"{choice_text('visits', 'kind', row['kind'])}  {row['topic'] or ''}"
        screen.app.push_screen(Choose(title, rows), partial(_planned, screen, visit))

    screen.load(lambda crm: crm.visits.get(visit), show, group="visit")


def _planned(screen: WorkingScreen[Any], visit: str, answer: str | None) -> None:
    if answer == "done":
        from crm_tui.ui.dialogs.log import log_plan

        log_plan(screen, visit)
    elif answer == "cancel":
        screen.change(lambda crm: crm.visits.cancel(visit), lambda _: screen.toast(t("Cancelled. u takes it back.")))
    elif answer == "change":
        from crm_tui.ui.dialogs.plan import edit_plan

        edit_plan(screen, visit)
    elif answer == "move":
        ask_move(screen, visit)


def ask_move(screen: WorkingScreen[Any], visit: str) -> None:
    """Ask for another time of a planned contact, and move it there."""
    from crm_tui.ui.dialogs.ask import AskLine
    from crm_tui.ui.typed import NotUnderstood, instant_of

    def moved(text: str | None) -> None:
        if text is None:
            return
        try:
            at = instant_of(text, screen.crm_app.local_now())
        except NotUnderstood as error:
            screen.toast(str(error), bad=True)
            return
        if at is not None:
            screen.change(lambda crm: crm.visits.move(visit, at), lambda _: screen.toast(t("Moved. u takes it back.")))

    screen.app.push_screen(AskLine(t("Move to: tomorrow 10:00, next fri, 12-24 …")), moved)


def _undo(screen: WorkingScreen[Any], number: int) -> None:
    screen.change(lambda crm: crm.history.undo(number), screen.crm_app.said_undone)


def _ask(screen: WorkingScreen[Any], question: str, then: Callable[[], object]) -> None:
    def answered(yes: bool | None) -> None:
        if yes:
            then()

    screen.app.push_screen(Confirm(question), answered)


def ask_kind(screen: WorkingScreen[Any], kind: str | None, then: Callable[[str | None], object]) -> None:
    """Ask which kind of contact the timeline shows."""
    rows = [("", t("All kinds"), "")]
    rows += [(one.code, choice_text("visits", "kind", one.code), "") for one in VISIT_KINDS]

    def chosen(answer: str | None) -> None:
        if answer is not None:
            then(answer or None)

    screen.app.push_screen(Choose(t("Show"), rows, at=kind), chosen)
