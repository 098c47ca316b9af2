"""*Handover*: from whom, to whom, which customers, why, with which introduction visits; one action, taken back by u."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from crm_tui.ui.list_screen import REST, ListScreen
from crm_tui.ui.lists import Prose, role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.scheduling.handovers import (
    ALL,
    KEY,
    MEETS,
    NOBODY,
    Seen,
    Terms,
    answers,
    aside_text,
    introduced,
    moving_text,
    read_customer,
    read_people,
    read_terms,
)
from crm_tui.ui.text import safe
from crm_tui.ui.when import clock, date_text, weekday
from crm_tui.ui.widgets.filter_line import FilterLine
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from textual.timer import Timer

    from crm_tui.services.crm import Crm
    from crm_tui.services.handovers import Owned
    from crm_tui.services.noun import Row as Stored
    from crm_tui.store.database import Changes


class HandoverList(RowList):
    """The customers; Enter is told, because it does what the screen is for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Hand over", id="handovers.do")]


class HandoversScreen(ListScreen):
    """What was chosen, the customers that go, and beside them what goes with the one under the cursor.

    Args:
        customers: ids of customers that were marked elsewhere; of whoever has them.
        giver: id of whose customers they are, where that is known.
    """

    PLACE = "handovers"
    TITLE_TEXT = "Handover"
    CSS_PATH = "handovers.tcss"
    LIST = AUTO_FOCUS = "#handover"
    HOME = "customers"
    WAITS = frozenset({"giver", "taker", "reason", "meets", "first", "brief", "filter"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "giver", "From whom", id="handovers.from"),
        Binding("t", "taker", "To whom", id="handovers.to"),
        Binding("r", "reason", "Reason", id="handovers.reason"),
        Binding("i", "meets", "Introductions", id="handovers.introductions"),
        Binding("d", "first", "First day", id="handovers.first"),
        Binding("slash,／", "filter", "Filter", id="list.filter"),
        Binding("b", "brief", "Brief", id="visits.brief", show=False),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self, customers: Sequence[str] | None = None, giver: str | None = None) -> None:
        super().__init__()
        self.terms = Terms(giver, customers=tuple(customers) if customers is not None else None)
        self._seen: Seen | None = None
        self._typed = ""
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """What was chosen, the filter, the customers, what goes with one of them."""
        yield Static(id="terms")
        yield FilterLine()
        with Horizontal(id="pair"):
            yield HandoverList(id="handover")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="aside")

    @property
    def line(self) -> FilterLine:
        """The line over the list."""
        return self.query_one(FilterLine)

    def retitle(self) -> None:
        """Columns, what was chosen, empty state."""
        self.line.retitle()
        self.rows.set_columns(
            (
                Column(t("Customer"), flex=3, least=10),
                Column(t("Grade"), 5, role="muted", from_width=90),
                Column(t("Last"), 8, role="muted", from_width=60),
                Column(t("Plans"), 5, kind="number"),
                Column(t("Promises"), 8, kind="number"),
                Column(t("Notes"), 5, kind="number"),
                Column(t("Introduction"), 19, role="accent"),
            )
        )
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read again what would move."""
        terms, chosen = self.terms, self._chosen()
        self.load(lambda crm: read_terms(crm, terms, chosen), self._read, group="handover")

    def _read(self, seen: Seen) -> None:
        self._seen = seen
        self._show()

    def _chosen(self) -> frozenset[str] | None:
        """The customers that go: those marked, else those in sight, else all (None)."""
        if self.rows.marks:
            return frozenset(self.rows.marks)
        return frozenset(row["id"] for row in self._shown()) if self._typed else None

    def _shown(self) -> list[Stored]:
        return [row for row in self._seen.load.customers if answers(row, self._typed)] if self._seen else []

    def _going(self) -> list[Stored]:
        chosen = self._chosen()
        return [row for row in self._shown() if chosen is None or row["id"] in chosen]

    def _show(self) -> None:
        seen = self._seen
        if seen is None:
            self.rows.set_empty(t("Opening the file …"))
        elif self.terms.giver is None and self.terms.customers is None:
            self.rows.set_empty(
                t(
                    "Customers pass from one person to another, with plans, promises and notes.\n\n"
                    "f  from whom     t  to whom\nor mark some in the list of customers and press h there"
                )
            )
        elif self._typed:
            self.rows.set_empty(t("Nobody answers to this.\n\nEsc shows all customers."))
        else:
            self.rows.set_empty(t("There is nothing to hand over.\n\nf  from somebody else"))
        show_again(self.rows, [self._row(row) for row in self._shown()])
        self._show_terms()
        self._aside()
        self.refresh_bindings()

    def _row(self, row: Stored) -> Row:
        now = self.crm_app.local_now()
        last = date_text(self.crm_app.local(row["last_contact"]).date(), now.date()) if row["last_contact"] else ""
        at = self._seen.introductions.get(row["id"]) if self._seen else None
        meets = f"{weekday(at.date())} {clock(at, now.date())}" if at else ""
        plans = f"!{row['plans']}" if row["overdue"] else str(row["plans"] or "")
        cells = (str(row["name"]), str(row["grade"] or ""), last, plans, str(row["promises"] or ""))
        role: Role = "warn" if row["overdue"] else ""
        return Row(row["id"], (*cells, str(row["notes"] or ""), meets), roles=("", "", "", role))

    def _show_terms(self) -> None:
        seen, terms = self._seen, self.terms
        if seen is None:
            return
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(no_wrap=True, justify="right", style=role_style(self, "muted"), width=12)
        grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for label, said, role in self._lines(seen, terms):
            grid.add_row(label, Text(safe(said), role_style(self, role)))
        self.query_one("#terms", Static).update(grid)
        count = len(seen.load.customers)
        marks = t("{n} marked", n=len(self.rows.marks)) if self.rows.marks else ""
        found = t("{n} found", n=len(self._shown())) if self._typed else ""
        self.line.say(count=t("all {n}", n=count) if count else "", found=found, note=marks)

    def _lines(self, seen: Seen, terms: Terms) -> list[tuple[str, str, Role]]:
        owners = {row["owner"] for row in seen.load.customers}
        giver = seen.people.get(terms.giver or "", "")
        if terms.giver is None and terms.customers is not None:
            giver = " · ".join(seen.people.get(one or "", t("nobody")) for one in sorted(owners, key=str))
        missing: Role = "warn"
        going = self._going()
        return [
            (t("From whom"), giver or "? f", "" if giver else missing),
            (t("To whom"), seen.people.get(terms.taker or "") or "? t", "" if terms.taker else missing),
            (t("Reason"), terms.reason or "–", "" if terms.reason else "muted"),
            (t("Introduced"), self._meets(seen, going), ""),
            (t("Moves"), moving_text(going), "accent" if going else "muted"),
        ]

    def _meets(self, seen: Seen, going: Sequence[Stored]) -> str:
        terms = self.terms
        said = {ALL: t("all of them"), KEY: t("key customers only"), NOBODY: t("nobody")}[terms.meets]
        wanted = introduced(terms, going)
        if terms.meets == NOBODY or not terms.taker or not wanted:
            return said
        days = sorted(at.date() for at in seen.introductions.values())
        if not days:
            return said + " · ! " + t("no free slot")
        today = self.crm_app.local_now().date()
        span = " – ".join(dict.fromkeys(f"{weekday(day)} {date_text(day, today)}" for day in (days[0], days[-1])))
        left = len(wanted) - len(days)
        return f"{said} · {span}" + (" · ! " + t("{n} without a free slot", n=left) if left > 0 else "")

    @on(RowList.RowHighlighted, "#handover")
    def _highlighted(self) -> None:
        self._aside()
        self.refresh_bindings()

    def _aside(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_aside)

    def _read_aside(self) -> None:
        row = self.rows.cursor_row
        if self.has_class("-narrow"):
            return
        if row is None:
            self.query_one("#aside", Static).update("")
            return
        self.load(partial(read_customer, row.id), self._show_aside, group="aside")

    def _show_aside(self, found: tuple[dict[str, Any], list[Owned]]) -> None:
        app = self.crm_app
        text = aside_text(*found, app.local, app.local_now(), partial(role_style, self))
        self.query_one("#aside", Static).update(Prose(text))

    @on(RowList.SelectionChanged, "#handover")
    def _marked(self) -> None:
        self.reload(None)

    @on(FilterLine.Typed)
    def _filter_typed(self, event: FilterLine.Typed) -> None:
        self._typed = event.text.strip()
        self._show()
        self.reload(None)

    @on(FilterLine.Left)
    def _filter_left(self, event: FilterLine.Left) -> None:
        if not event.keep or not self.line.text:
            self._shut()
        self.rows.focus()

    def _shut(self) -> None:
        self.line.shut()
        self._typed = ""
        self._show()
        self.reload(None)

    async def action_filter(self) -> None:
        """Only those that answer to what is typed go."""
        await self.line.open()

    def action_back(self) -> None:
        """Give up marks, then the filter, then leave."""
        if self.rows.marks:
            self.rows.clear_marks()
        elif self._typed:
            self._shut()
        else:
            super().action_back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A brief is of somebody; a first day is of introductions."""
        if action == "brief" and self._ready and self.rows.cursor_row is None:
            return False
        if action == "first" and self.terms.meets == NOBODY:
            return False
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        row = self.rows.cursor_row if self._ready else None
        return (row.id, row.cells[0]) if row is not None else None

    def _set(self, **changed: Any) -> None:
        self.terms = replace(self.terms, **changed)
        self._show()
        self.reload(None)

    def action_giver(self) -> None:
        """Whose customers are handed over."""
        self._ask(t("From whom"), self.terms.giver, lambda who: self._from(who))

    def _from(self, who: str) -> None:
        self.rows.clear_marks()
        self._set(giver=who, customers=None)

    def action_taker(self) -> None:
        """Who gets them."""
        self._ask(t("To whom"), self.terms.taker, lambda who: self._set(taker=who))

    def _ask(self, title: str, at: str | None, then: Any) -> None:
        def ask(rows: list[tuple[str, str, str]]) -> None:
            from crm_tui.ui.dialogs.pick import Pick

            self.app.push_screen(Pick(title, rows, at), lambda who: then(who) if who is not None else None)

        self.load(read_people, ask, group="people")

    def action_reason(self) -> None:
        """Why; it stands in the trail of owners."""
        from crm_tui.ui.dialogs.ask_move import AskWhy

        def take(text: str | None) -> None:
            if text is not None:
                self._set(reason=text)

        self.app.push_screen(AskWhy(t("Why are they handed over?"), t("left the company, new region, …")), take)

    def action_meets(self) -> None:
        """With whom introduction visits are planned: all, key customers, nobody."""
        self._set(meets=MEETS[(MEETS.index(self.terms.meets) + 1) % len(MEETS)])

    def action_first(self) -> None:
        """The day on which introductions begin."""
        from crm_tui.ui.dialogs.ask_day import AskDay

        def take(at: datetime | None) -> None:
            if at is not None:
                self._set(first=at.date())

        self.app.push_screen(AskDay(t("Introductions from"), self.crm_app.local_now()), take)

    def action_brief(self) -> None:
        """What one should know of the customer under the cursor."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if (row := self.rows.cursor_row) is not None:
            self.app.push_screen(BriefDialog(row.id))

    @on(RowList.RowChosen, "#handover")
    def _do(self) -> None:
        """Enter hands over what stands there; what is missing is asked first."""
        terms, going, seen = self.terms, self._going(), self._seen
        if terms.taker is None:
            self.action_taker()
            return
        if not going or seen is None:
            return
        ids = [row["id"] for row in going]
        whole = self._chosen() is None and terms.customers is None
        names = seen.people
        told = {"n": len(ids), "taker": names[terms.taker]}
        taker = terms.taker

        def work(crm: Crm) -> Changes:
            return crm.handovers.hand_over(
                terms.giver, taker, None if whole else ids, introduced(terms, going), terms.first, terms.reason
            )

        self.change(work, lambda _: self._done(t("Handed over: {n} customers to {taker}. u takes it back", **told)))

    def _done(self, said: str) -> None:
        self.toast(said)
        self.rows.clear_marks()
        self.terms = Terms()
        self._typed = ""
        self.action_back()
        self.reload(None)
