"""The page of a ticket: what it is about, its clock, its story step by step, and every step by one key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from crm_tui.rules.amounts import show_money
from crm_tui.rules.ticket_states import state_name, wait_name
from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import Prose, role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.servicing.arithmetic import Arithmetic
from crm_tui.ui.servicing.queue_rows import span
from crm_tui.ui.servicing.texts import one_line, safe_lines
from crm_tui.ui.text import safe
from crm_tui.ui.when import clock, since
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.ticket_clocks import TicketClock
    from crm_tui.store.database import Changes

KEYS = {
    "respond": "respond", "accept": "accept", "dispatch": "dispatch", "arrive": "arrive", "done": "done",
    "review": "review", "reopen": "reopen",
}  # fmt: skip
CLOCK = "clock"


@dataclass(frozen=True)
class Told:
    """All that the page shows."""

    row: dict[str, Any]
    name: str
    clock: TicketClock
    steps: tuple[str, ...]
    log: list[dict[str, Any]]
    reviews: list[dict[str, Any]]
    grants: list[dict[str, Any]]
    subtasks: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    people: dict[str, str]
    cause: str


def read_ticket(ticket: str, crm: Crm) -> Told:
    """Read the page, in a thread."""
    tickets = crm.tickets
    row = tickets.get(ticket)
    people = dict(crm.store.reader().execute("SELECT id, name FROM people").fetchall())
    cause = crm.corrective_actions.cause_name(row["cause"])
    actions = crm.corrective_actions.of_cause(row["cause"], row["product"]) if row["cause"] else []
    return Told(
        row, str(crm.customers.get(row["customer"])["name"]), tickets.clock(ticket), tickets.possible(ticket),
        tickets.log(ticket), crm.reviews.of_ticket(ticket), crm.grants.of_ticket(ticket), tickets.subtasks(ticket),
        actions, people, cause,
    )  # fmt: skip


class TicketScreen(CrmScreen):
    """One ticket.

    Args:
        ticket: its id.
    """

    PLACE = "ticket"
    TITLE_TEXT = "Ticket"
    CSS_PATH = "tickets.tcss"
    AUTO_FOCUS = "#story"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "step('respond')", "Answered", id="tickets.respond"),
        Binding("a", "step('accept')", "Accept", id="tickets.accept"),
        Binding("d", "step('dispatch')", "Dispatch", id="tickets.dispatch"),
        Binding("w", "wait", "Wait / go on", id="tickets.wait"),
        Binding("x", "step('done')", "Done", id="tickets.done"),
        Binding("v", "step('review')", "Review", id="tickets.review"),
        Binding("s", "steps", "All steps", id="tickets.steps"),
        Binding("o", "sell", "Need or deal", id="tickets.sell", show=False),
        Binding("e", "edit", "Edit", id="tickets.edit", show=False),
        Binding("n", "step('note')", "Note", id="tickets.note", show=False),
        Binding("b", "brief", "Brief", id="visits.brief", show=False),
        Binding("escape", "leave", "Back", id="card.leave"),
    ]

    def __init__(self, ticket: str) -> None:
        super().__init__()
        self._ticket = ticket
        self._told: Told | None = None

    def body(self) -> ComposeResult:
        """Head, story, text."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            yield RowList(id="story")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="card")

    def start(self) -> None:
        """Texts, then the ticket."""
        self.retitle()
        self.reload(None)
        self.set_interval(20, self._tick)

    @property
    def story(self) -> RowList:
        """The list."""
        return self.query_one("#story", RowList)

    def retitle(self) -> None:
        """Columns, and everything that was read."""
        self.story.set_columns(
            (
                Column(t("When"), 14, role="muted"),
                Column(t("Step"), 16),
                Column(t("Who"), 9, from_width=60, role="muted"),
                Column(t("What"), flex=1),
            )
        )
        self.story.set_empty(t("Opening the file …"))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read it again."""
        self.load(partial(read_ticket, self._ticket), self._read)

    def _tick(self) -> None:
        if self.is_current and self._told is not None:
            self.reload(None)

    def _read(self, told: Told) -> None:
        self._told = told
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        told = self._told
        if told is None:
            return
        self.query_one("#head", Static).update(self._head(told))
        show_again(self.story, self._rows(told))
        self.query_one("#card", Static).update(self._card(told))

    def _head(self, told: Told) -> Prose:
        row, muted = told.row, role_style(self, "muted")
        text = Text().append(safe(str(row["number"])), "bold").append("  " + safe(told.name), "bold")
        said = state_name(row["state"]) if not row["waiting"] else t("waits for {what}", what=wait_name(row["waiting"]))
        text.append(f"   {said}", role_style(self, "accent"))
        if row["reopened"]:
            text.append("   ! " + t("reopened: {n}", n=row["reopened"]), role_style(self, "bad"))
        about = (
            choice_text("tickets", "kind", row["kind"]), choice_text("tickets", "severity", row["severity"]),
            row["category"], row["product"], told.people.get(row["person"] or ""),
        )  # fmt: skip
        text.append("\n" + safe(" · ".join(str(part) for part in about if part)), muted)
        if self.has_class("-narrow"):
            text.append("\n" + safe(one_line(row["text"])))
        return Prose(text)

    def _card(self, told: Told) -> Prose:
        row, muted = told.row, role_style(self, "muted")
        text = Text(safe_lines(str(row["text"])))
        for label, value in (
            (t("Cause"), told.cause), (t("Solution"), row["solution"]), (t("Asset"), row["asset"]),
            (t("Channel"), choice_text("tickets", "channel", row["channel"])), (t("Tier"), row["tier"]),
        ):  # fmt: skip
            if value:
                text.append(f"\n{label}  ", muted).append(safe_lines(str(value)))
        text.append("\n\n" + t("how the clock comes to it:"), muted)
        for line in told.clock.said():
            text.append("\n" + safe(line), muted)
        return Prose(text)

    def _rows(self, told: Told) -> list[Row]:
        now = self.crm_app.local_now()
        rows = [self._clock_row(told)]
        for one in told.log:
            at = self.crm_app.local(one["at"])
            what = [wait_name(one["why"]) if one["verb"] == "wait" and one["why"] else "", one_line(one["reason"])]
            if one["assigned"]:
                what.insert(0, "→ " + told.people.get(one["assigned"], "?"))
            if one["verb"] == "review":
                what.insert(0, t("solved") if one["why"] == "solved" else t("not solved"))
            if one["minutes"]:
                what.append(t("{n} min", n=one["minutes"]))
            verb = choice_text("ticket_steps", "verb", one["verb"])
            role: Role = "bad" if one["verb"] == "reopen" or one["why"] == "unsolved" else ""
            cells = (
                clock(at, now.date()),
                verb,
                told.people.get(one["person"] or "", ""),
                "  ".join(filter(None, what)),
            )
            rows.append(Row(one["id"], cells, roles=("", role)))
        rows += [self._review_row(one, told) for one in told.reviews]
        rows += [self._grant_row(one, told) for one in told.grants]
        rows += [self._subtask_row(one) for one in told.subtasks]
        rows += [
            Row(one["id"], (one["due"] or "", t("Against it"), told.people.get(one["person"] or "", ""),
                            f"{one['text']} ({choice_text('corrective_actions', 'state', one['state'])})"))
            for one in told.actions
        ]  # fmt: skip
        return rows

    def _clock_row(self, told: Told) -> Row:
        shows = told.clock.shows
        of = {"response": t("Answer"), "resolution": t("Solution"), "promise": t("Promise")}[told.clock.of]
        role: Role = "bad" if told.clock.late else "warn" if shows.level else "good"
        if shows.stopped:
            said = t("took {used}", used=span(shows.used))
        elif shows.paused:
            said = t("stands at {used}", used=span(shows.used))
        else:
            said = t("used {used}", used=span(shows.used))
        if shows.standard is not None:
            said += " " + t("of {standard} ({percent} %)", standard=span(shows.standard), percent=shows.percent)
        left = "" if shows.left is None else f"! -{span(-shows.left)}" if shows.left < 0 else span(shows.left)
        if shows.paused or shows.stopped:
            left = "=" if shows.paused else "+"
        return Row(CLOCK, (left, of, "", said), roles=(role, role))

    def _review_row(self, one: dict[str, Any], told: Told) -> Row:
        said = [t("solved") if one["solved"] else t("not solved")]
        for name, label in (("score", t("satisfaction")), ("attitude", t("attitude")), ("recommend", t("recommends"))):
            if one[name] is not None:
                said.append(f"{label} {one[name]}")
        said.append(one_line(one["text"]))
        when = since(self.crm_app.local(one["at"]), self.crm_app.local_now())
        return Row(one["id"], (when, t("Customer says"), told.people.get(one["person"] or "", ""),
                               " · ".join(filter(None, said))), roles=("", "accent"))  # fmt: skip

    def _grant_row(self, one: dict[str, Any], told: Told) -> Row:
        money = show_money(one["amount"] or 0, one["currency"] or "CNY")
        state = choice_text("grants", "state", one["state"])
        kind = choice_text("grants", "kind", one["kind"])
        return Row(one["id"], (state, kind, told.people.get(one["person"] or "", ""), f"{money}  {one['reason']}"))

    def _subtask_row(self, one: dict[str, Any]) -> Row:
        when = clock(self.crm_app.local(one["promised"]), self.crm_app.local_now().date()) if one["promised"] else ""
        late = one["queue_key"] and one["promised"] and self.crm_app.local(one["promised"]) < self.crm_app.local_now()
        said = f"{one['number']}  {one_line(one['text'])}  ({state_name(one['state'])})"
        return Row(one["id"], (when, str(one["department"] or ""), "", said), roles=("bad" if late else "",))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only steps that may follow now have a key."""
        told = self._told
        if action in ("leave",):
            return True
        if told is None:
            return False
        if action == "step" and parameters[0] in KEYS:
            return parameters[0] in told.steps
        if action == "wait":
            return "wait" in told.steps or "resume" in told.steps
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """Whose ticket it is."""
        return (self._told.row["customer"], self._told.name) if self._told is not None else None

    @on(RowList.RowChosen, "#story")
    def _chosen(self, event: RowList.RowChosen) -> None:
        told = self._told
        if told is None:
            return
        if event.row.id == CLOCK:
            self.app.push_screen(Arithmetic(str(told.row["number"]), told.clock.said()))
        elif any(one["id"] == event.row.id for one in told.subtasks):
            self.app.push_screen(TicketScreen(event.row.id))
        elif any(one["id"] == event.row.id for one in told.actions):
            self._close_action(event.row.id)
        elif any(one["id"] == event.row.id and one["state"] == "asked" for one in told.grants):
            self._decide(event.row.id)

    def _close_action(self, action: str) -> None:
        self._ask(t("Is this corrective action done?"), lambda crm: crm.corrective_actions.close(action))

    def _decide(self, grant: str) -> None:
        from crm_tui.ui.dialogs.ask import Choose

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self.change(lambda crm: crm.grants.decide(grant, answer == "yes"), self._changed)

        rows = [("yes", t("Grant it"), ""), ("no", t("Do not grant it"), "")]
        self.app.push_screen(Choose(t("It waits for an approver"), rows), chosen)

    def _ask(self, question: str, work: Callable[[Crm], Any]) -> None:
        from crm_tui.ui.dialogs.ask import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self.change(work, self._changed)

        self.app.push_screen(Confirm(question), answered)

    def _changed(self, _: Any) -> None:
        self.toast(t("Done. u takes it back"))

    def action_step(self, step: str) -> None:
        """Take a step."""
        from crm_tui.ui.servicing.steps import take_step

        if self._told is not None:
            take_step(self, self._told.row, step)

    def action_wait(self) -> None:
        """Let the clock stand, or run again."""
        if self._told is not None:
            self.action_step("resume" if "resume" in self._told.steps else "wait")

    def action_steps(self) -> None:
        """All that can be done."""
        from crm_tui.ui.servicing.steps import choose_step

        if self._told is not None:
            choose_step(self, self._told.row)

    def action_sell(self) -> None:
        """What came up for sales: a need, or a deal."""
        from crm_tui.ui.dialogs.ask import Choose
        from crm_tui.ui.servicing.steps import beside_name

        def chosen(step: str | None) -> None:
            if step is not None:
                self.action_step(step)

        rows = [(step, beside_name(step), "") for step in ("need", "deal")]
        self.app.push_screen(Choose(t("For sales"), rows), chosen)

    def action_edit(self) -> None:
        """Change what was taken down."""
        from crm_tui.ui.dialogs.edit import edit_row

        edit_row(self, "tickets", self._ticket)

    def action_brief(self) -> None:
        """What one should know of the customer."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if self._told is not None:
            self.app.push_screen(BriefDialog(self._told.row["customer"]))

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)
