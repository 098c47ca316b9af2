"""What could be planned: who is due by the cadence, and who runs out; taken one by one or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.scheduling.day_lines import running_out
from crm_tui.ui.scheduling.whose import Whose
from crm_tui.ui.screen import CrmDialog, WorkingScreen
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.cadence_plans import Proposed
    from crm_tui.services.consumption_profiles import Forecast
    from crm_tui.services.crm import Crm

HORIZON = 14
MOST = 200


@dataclass(frozen=True)
class Offer:
    """One line: what would be planned and why.

    Attributes:
        id: of the line.
        customer: id; name.
        at: when it would be.
        kind: of contact.
        why: as shown.
        urgent: whether its time is over.
        proposed: the proposal, for a cadence; None for a run-out.
    """

    id: str
    customer: str
    name: str
    at: datetime
    kind: str
    why: str
    urgent: bool
    proposed: Proposed | None = None


def read_offers(crm: Crm, whose: Whose) -> list[Offer]:
    """Read the proposals of the coming days in a thread."""
    person, members, now = whose.person(crm), whose.members(crm), crm.local_now()
    plans = crm.cadences.propose(person, HORIZON).plans
    found = [_due(crm, one, now) for one in plans if members is None or one.person in members]
    found += [_runs_out(one, now) for one in running_out(crm, person, HORIZON, MOST)]
    return sorted(found, key=lambda one: (one.at, one.name))


def _due(crm: Crm, one: Proposed, now: datetime) -> Offer:
    row, policy = crm.customers.get(one.customer), crm.cadences.policy_of(one.customer) or {}
    why = t("never contacted")
    if row["last_contact"]:
        days = (now - datetime.fromisoformat(str(row["last_contact"]))).days
        why = t("{n} d since the last contact, usually every {every}", n=days, every=policy.get("every_days", "?"))
    at = one.start.astimezone(now.tzinfo)
    kind = str(policy.get("kind") or "visit")
    return Offer(one.customer, one.customer, str(row["name"]), at, kind, why, one.state == "red", one)


def _runs_out(one: Forecast, now: datetime) -> Offer:
    day = max(one.deliver or now.date(), now.date())
    why = str(one.profile["product"] or "")
    if one.prediction is not None:
        first, last = (date_text(at, now.date()) for at in (one.prediction.earliest, one.prediction.latest))
        why = t("{what} runs out {first} to {last}", what=why, first=first, last=last).strip()
        if one.prediction.last_error is not None:
            why += " · " + t("last time {n} d off", n=abs(one.prediction.last_error))
    at = datetime.combine(day, time(9), now.tzinfo)
    return Offer(str(one.profile["id"]), one.customer, one.name, at, "delivery", why, day <= now.date())


def take(crm: Crm, offers: Sequence[Offer]) -> list[Any]:
    """Plan some offers: those of cadences in one action, those of run-outs in another."""
    cadences = [one.proposed for one in offers if one.proposed is not None]
    profiles = [one.id for one in offers if one.proposed is None]
    done: list[Any] = [crm.cadences.accept(cadences)] if cadences else []
    return done + ([crm.consumption_profiles.plan_visits(profiles)] if profiles else [])


class Proposals(CrmDialog[None]):
    """A list; Enter plans the line (or all that are marked), x leaves it out for now."""

    AUTO_FOCUS = "RowList"
    CSS = """
    Proposals .dialog { width: 110; height: 24; }
    Proposals RowList { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "not_now", "Not now", id="proposals.not_now"),
        Binding("A", "take_all", "Plan all", id="proposals.all"),
        Binding("b", "brief", "Brief", id="visits.brief"),
        Binding("q", "close", "Back", id="proposals.close", show=False),
    ]

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._offers = list(offers)

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical(id="proposals", classes="dialog"):
            yield RowList()

    def start(self) -> None:
        """Fill the list."""
        self.retitle()

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        frame = self.query_one("#proposals")
        frame.border_title = t("Proposed for the next {n} days", n=HORIZON)
        frame.border_subtitle = t("Enter  plan   Space  mark   A  plan all   x  not now   Esc  back")
        self.rows.set_columns(
            (
                Column(t("When"), 14),
                Column(t("What"), 8, role="muted"),
                Column(t("Customer"), flex=2, least=10),
                Column(t("Why"), flex=3, from_width=60),
            )
        )
        self.rows.set_empty(t("Nothing is left to propose."))
        self._show()

    def _show(self) -> None:
        show_again(self.rows, [_row(one) for one in self._offers])

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        marks = self.rows.marks or frozenset({event.row.id})
        self._take([one for one in self._offers if one.id in marks])

    def action_take_all(self) -> None:
        """Plan all of them."""
        self._take(list(self._offers))

    def _take(self, offers: list[Offer]) -> None:
        if not offers:
            return

        def done(_: object) -> None:
            taken = {one.id for one in offers}
            self._offers = [one for one in self._offers if one.id not in taken]
            self.rows.clear_marks()
            self.toast(t("Planned: {n}. u takes it back", n=len(offers)))
            self._show()

        self.change(partial(take, offers=offers), done)

    def action_not_now(self) -> None:
        """Leave it out until the proposals are asked for again."""
        row = self.rows.cursor_row
        if row is not None:
            self._offers = [one for one in self._offers if one.id != row.id]
            self._show()

    def action_brief(self) -> None:
        """What one should know of this customer."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        row = self.rows.cursor_row
        customer = next((one.customer for one in self._offers if row is not None and one.id == row.id), None)
        if customer is not None:
            self.app.push_screen(BriefDialog(customer))


def _row(one: Offer) -> Row:
    role: Role = "bad" if one.urgent else ""
    when = f"{'!' if one.urgent else '~'} {weekday(one.at.date())} {one.at:%d %H:%M}"
    return Row(one.id, (when, choice_text("visits", "kind", one.kind), one.name, one.why), roles=(role,))


def open_proposals(screen: WorkingScreen[Any], whose: Whose) -> None:
    """Read the proposals and offer them."""

    def show(offers: list[Offer]) -> None:
        if offers:
            screen.app.push_screen(Proposals(offers))
        else:
            screen.toast(t("Nothing to propose: nobody is due within {n} days", n=HORIZON))

    screen.load(partial(read_offers, whose=whose), show, group="offers")
