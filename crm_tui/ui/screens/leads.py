"""*Leads*: who called or walked in; those that wait for a first answer stand on top."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.rules.phones import show_phone
from crm_tui.ui.fields import choice_text
from crm_tui.ui.list_screen import ListScreen
from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.text import safe
from crm_tui.ui.when import since, until
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.leads import Register
    from crm_tui.store.database import Changes

_ON_LEAD = frozenset({"answer", "qualify", "convert", "discard", "edit", "trash"})
_ROLES: dict[str, Role] = {"new": "warn", "qualified": "good", "converted": "good", "discarded": "muted"}


def read_leads(crm: Crm, closed: bool) -> tuple[list[dict[str, Any]], Register]:
    """The leads, and what came in today; in a thread."""
    rows = crm.leads.closed() if closed else crm.leads.queue()
    return rows, crm.leads.register(crm.local_now().date())


class LeadsScreen(ListScreen):
    """The register."""

    PLACE = "leads"
    TITLE_TEXT = "Leads"
    CSS_PATH = "leads.tcss"
    AUTO_FOCUS = "#leads"
    LIST = "#leads"
    HOME = "deals"
    WAITS = _ON_LEAD | {"new", "closed"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new('call_in')", "Call-in", id="leads.call_in"),
        Binding("w", "new('walk_in')", "Walk-in", id="leads.walk_in"),
        Binding("a", "answer", "Answered", id="leads.answer"),
        Binding("c", "convert", "Make a deal of it", id="leads.convert"),
        Binding("p", "qualify", "Qualified", id="leads.qualify", show=False),
        Binding("x", "discard", "Give up", id="leads.discard"),
        Binding("e", "edit", "Edit", id="leads.edit", show=False),
        Binding("d", "trash", "To the trash", id="leads.trash", show=False),
        Binding("o", "closed", "Open / closed", id="leads.closed", show=False),
        Binding("escape", "back", "Back", id="screen.back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._rows: list[dict[str, Any]] | None = None
        self._today: Register | None = None

    def body(self) -> ComposeResult:
        """What came today, the list."""
        yield Static(id="head")
        yield RowList(id="leads")

    def retitle(self) -> None:
        """Columns, empty state."""
        self.rows.set_columns(
            (
                Column(t("Due"), 9),
                Column(t("State"), 10, from_width=60),
                Column(t("How"), 8, role="muted", from_width=72),
                Column(t("Name"), flex=2, least=8),
                Column(t("Company"), flex=2, from_width=90, role="muted"),
                Column(t("Reach"), 17),
                Column(t("Interest"), flex=2, from_width=66),
                Column(t("Heard of us"), flex=1, from_width=110, role="muted"),
            )
        )
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read the register again."""
        closed = self._closed
        self.load(lambda crm: read_leads(crm, closed), self._read)

    def _read(self, answer: tuple[list[dict[str, Any]], Register]) -> None:
        self._rows, self._today = answer
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        self.rows.set_empty(
            t("Opening the file …")
            if self._rows is None
            else t("Nobody waits.\n\nn  somebody called\nw  somebody walked in\no  what became of the others")
        )
        now = self.crm_app.local_now()
        show_again(self.rows, [self._row(row, now) for row in self._rows or ()])
        self._head()

    def _row(self, row: dict[str, Any], now: datetime) -> Row:
        local = self.crm_app.local
        due, role = until(local(str(row["due"])), now) if row["due"] else ("", "")
        if row["answered"] or self._closed:
            due, role = since(local(str(row["stated"] or row["came"])), now), "muted"
        reach = show_phone(str(row["phone"]), self._region) if row["phone"] else str(row["email"] or "")
        state = str(row["state"])
        cells = (
            *(due, choice_text("leads", "state", state), choice_text("leads", "kind", row["kind"]), str(row["name"])),
            *(str(row["company"] or ""), reach or "? " + t("none"), str(row["interest"] or "")),
            str(row["source"] or ""),
        )
        roles: tuple[Role, ...] = (role, _ROLES.get(state, ""), "", "", "", "" if reach else "warn")
        return Row(str(row["id"]), cells, roles=roles)

    @property
    def _region(self) -> str:
        return self.crm_app.crm.region if self.crm_app.crm is not None else "CN"

    def _head(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(t("Leads"), "bold")
        today = self._today
        if today is not None:
            parts = [f"{choice_text('leads', 'kind', kind)} {n}" for kind, n in sorted(today.came.items())]
            line.append("  " + t("today {n}", n=today.count) + (": " + " · ".join(parts) if parts else ""))
            if today.count:
                percent = round(100 * today.reachable / today.count)
                line.append("   " + t("can be reached: {n} %", n=percent), role_style(self, "muted"))
        line.append("   " + (t("closed") if self._closed else t("open")), role_style(self, "accent"))
        self.query_one("#head", Static).update(line)

    @property
    def lead(self) -> dict[str, Any] | None:
        """The lead under the cursor."""
        row = self.rows.cursor_row if self._ready else None
        return next((one for one in self._rows or () if row is not None and one["id"] == row.id), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done with a lead needs one that is open."""
        if action in _ON_LEAD and (self.lead is None or (self._closed and action not in ("edit", "trash"))):
            return False
        return super().check_action(action, parameters)

    def action_new(self, kind: str) -> None:
        """A line in the register."""
        from crm_tui.ui.selling.lead_forms import new_lead

        new_lead(self, kind, lambda _: self.toast(t("Written into the register. u takes it back")))

    def action_edit(self) -> None:
        """The form of the lead."""
        from crm_tui.ui.dialogs.edit import edit_row

        if (lead := self.lead) is not None:
            edit_row(self, "leads", str(lead["id"]))

    def action_answer(self) -> None:
        """Somebody got back to him."""
        self._do(lambda crm, lead: crm.leads.answer(lead), t("First answer noted. u takes it back"))

    def action_qualify(self) -> None:
        """He is worth going on with."""
        self._do(lambda crm, lead: crm.leads.qualify(lead), t("Qualified. u takes it back"))

    def action_trash(self) -> None:
        """Put the lead into the trash."""
        self._do(lambda crm, lead: crm.leads.trash(lead), t("{n} to the trash. u takes it back", n=1))

    def _do(self, verb: Any, said: str) -> None:
        if (lead := self.lead) is not None:
            ident = str(lead["id"])
            self.change(lambda crm: verb(crm, ident), lambda _: self.toast(said))

    def action_discard(self) -> None:
        """Give him up, and say why."""
        from crm_tui.ui.dialogs.ask_move import AskWhy

        if (lead := self.lead) is not None:
            title = t("Give up: {name}", name=lead["name"])
            self.app.push_screen(AskWhy(title, t("wrong number, only looking, …")), partial(self._discarded, lead))

    def _discarded(self, lead: dict[str, Any], reason: str | None) -> None:
        if reason is not None:
            said = t("Given up. u takes it back")
            self.change(lambda crm: crm.leads.discard(str(lead["id"]), reason), lambda _: self.toast(said))

    def action_convert(self) -> None:
        """Customer and deal of it, with the customer that is there already if there is one."""
        from crm_tui.ui.selling.lead_forms import convert

        if (lead := self.lead) is not None:
            convert(self, str(lead["id"]), lambda _: self.toast(t("Customer and deal made; 4 shows the board")))

    def action_closed(self) -> None:
        """Those that are open, or what became of the others."""
        self._closed = not self._closed
        self.reload(None)

    @on(RowList.RowChosen)
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        lead = self.lead
        if lead is not None and lead["deal"]:
            from crm_tui.ui.selling.deal_page import DealScreen

            self.app.push_screen(DealScreen(str(lead["deal"])))
        elif lead is not None and lead["customer"]:
            show_customer(self.crm_app, str(lead["customer"]))
        else:
            self.action_edit()

    @on(RowList.RowHighlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    def log_target(self) -> tuple[str, str] | None:
        """The customer that came of the lead."""
        lead = self.lead
        return (str(lead["customer"]), safe(str(lead["name"]))) if lead is not None and lead["customer"] else None
