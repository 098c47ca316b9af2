"""A rainy day: all plans of a day move in one action, and whom to phone about it is listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from crm_tui.errors import Invalid, Refused
from crm_tui.records.about import Choice
from crm_tui.rules.phones import show_phone
from crm_tui.services.agenda import Entry
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField, choice_text
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.scheduling.whose import Whose
from crm_tui.ui.screen import CrmDialog, WorkingScreen
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_moves import ToPhone

EVERYWHERE = "-"


@dataclass(frozen=True)
class Affected:
    """What would move: the plans, and the next working day."""

    entries: tuple[Entry, ...]
    to: date


def open_rainy_day(screen: WorkingScreen[Any], day: date, whose: Whose) -> None:
    """Ask where the day's plans go and why; then move them and show whom to phone."""

    def read(crm: Crm) -> Affected:
        found = whose.between(crm, day, day, open_only=True)
        return Affected(tuple(found), crm.calendar_days.next_working_day(day))

    screen.load(read, partial(_ask, screen, day, whose), group="rainy-day")


def _ask(screen: WorkingScreen[Any], day: date, whose: Whose, found: Affected) -> None:
    if not found.entries:
        screen.toast(t("Nothing is planned on {day}", day=_day(screen, day)))
        return
    regions = sorted({one.region for one in found.entries if one.region})
    choices = (
        Choice(EVERYWHERE, *_both("everywhere ({n})", "全部（{n}）", len(found.entries))),
        *(Choice(one, *_both(f"{one} ({{n}})", f"{one}（{{n}}）", _count(found.entries, one))) for one in regions),
    )
    fields = [
        FormField("to", "To", "改到", "day", required=True),
        FormField("region", "Where", "区域", "choice", choices),
        FormField("reason", "Why", "原因"),
    ]
    plan = FormPlan(
        key=f"schedule.rain:{day}",
        title="Move a whole day",
        fields=fields,
        save=partial(_save, day, found.entries),
        name=f"{_day(screen, day)} · {whose.text} · {t('{n} plans', n=len(found.entries))}",
        values={"to": found.to.isoformat(), "region": EVERYWHERE},
        focus="to",
    )
    screen.app.push_screen(FormDialog(plan), partial(_moved, screen))


def _both(en: str, zh: str, n: int) -> tuple[str, str]:
    return en.format(n=n), zh.format(n=n)


def _count(entries: Sequence[Entry], region: str) -> int:
    return sum(one.region == region for one in entries)


def _save(
    day: date, entries: Sequence[Entry], crm: Crm, values: dict[str, Any], _: Mapping[str, Any]
) -> tuple[Any, list[ToPhone]]:
    if not values.get("to"):
        raise Invalid({"to": t("say to which day")})
    to = date.fromisoformat(str(values["to"]))
    if to == day:
        raise Invalid({"to": t("this is the day itself")})
    region = values.get("region") or EVERYWHERE
    plans = [one.id for one in entries if region in (EVERYWHERE, one.region)]
    if not plans:
        raise Refused(t("nothing is planned there"))
    return crm.day_moves.move_plans(plans, to - day, values.get("reason") or "")


def _moved(screen: WorkingScreen[Any], result: tuple[Any, list[ToPhone]] | None) -> None:
    if result is None:
        return
    changes, phone = result
    screen.toast(t("Moved {n} plans. u takes it back", n=len(changes.ids)))
    if phone:
        screen.app.push_screen(PhoneList(phone))


def _day(screen: WorkingScreen[Any], day: date) -> str:
    return f"{weekday(day)} {date_text(day, screen.crm_app.local_now().date())}"


class PhoneList(CrmDialog[None]):
    """Whom to phone, since somebody expects us: number, from when to when. Space ticks off who was told."""

    AUTO_FOCUS = "RowList"
    CSS = """
    PhoneList .dialog { width: 110; }
    PhoneList RowList { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "close", "Back", id="phones.close", show=False),
    ]

    def __init__(self, people: Sequence[ToPhone]) -> None:
        super().__init__()
        self._people = people

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical(id="phones", classes="dialog"):
            yield RowList()

    def start(self) -> None:
        """Fill the list."""
        self.retitle()

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        frame = self.query_one("#phones")
        frame.border_title = t("Whom to phone")
        frame.border_subtitle = t("Space  told   Enter  card   Esc  back")
        rows = self.query_one(RowList)
        rows.styles.height = min(18, len(self._people) + 1)
        rows.set_columns(
            (
                Column(t("Was"), 9, role="muted"),
                Column(t("Now"), 17),
                Column(t("Customer"), flex=3, least=10),
                Column(t("Phone"), 16),
                Column(t("About"), flex=2, from_width=90, role="muted"),
            )
        )
        rows.show(ListRows([self._row(one) for one in self._people]))

    def _row(self, one: ToPhone) -> Row:
        region = self.crm_app.crm.region if self.crm_app.crm is not None else "CN"
        number = show_phone(one.phones[0], region) if one.phones else "?"
        now = f"{weekday(one.now.date())} {one.now:%m-%d %H:%M}"
        about = f"{choice_text('visits', 'kind', one.kind)} {one.topic}"
        if one.clash:
            now, about = f"! {now}", t("taken already") + " · " + about
        cells = (f"{weekday(one.was.date())} {one.was:%H:%M}", now, one.name, number, about)
        return Row(one.plan, cells, roles=("", "bad" if one.clash else "accent"))

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        from crm_tui.ui.palette import show_customer

        show_customer(self.crm_app, next(one.customer for one in self._people if one.plan == event.row.id))
