"""*Targets*: so many visits or calls of a person in a period, and how they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.ui.fields import choice_text
from crm_tui.ui.list_screen import ListScreen
from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.text import cut, safe
from crm_tui.ui.when import date_text
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import Pace
    from crm_tui.store.database import Changes
    from crm_tui.ui.dialogs.form import FormPlan

BAR = 10


def read_targets(crm: Crm) -> tuple[dict[str, str], list[Pace]]:
    """Names of people, and every target: those that run first, then by period and person; in a thread."""
    names = {str(one["id"]): str(one["name"]) for one in crm.people.all()}
    today = crm.local_now().date().isoformat()
    found = [one for some in crm.day_reports.paces(running=False).values() for one in some]
    found.sort(key=lambda one: names.get(str(one.target["person"]), ""))
    found.sort(key=lambda one: str(one.target["last_day"]), reverse=True)
    return names, sorted(found, key=lambda one: not one.target["first_day"] <= today <= one.target["last_day"])


def plan_target(crm: Crm, person: str | None) -> FormPlan:
    """The form of a new target: this month, of the person whose target stands under the cursor."""
    from crm_tui.ui.dialogs.edit import plan_add

    first = crm.local_now().date().replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    me = crm.people.me()
    whose = person or (str(me["id"]) if me else None)
    names = {whose: str(crm.people.get(whose)["name"])} if whose else {}
    values = {"person": whose, "first_day": first.isoformat(), "last_day": last.isoformat()}
    plan = replace(plan_add(crm, "activity_targets"), title="New target", what="", values=values, names=names)
    return replace(plan, focus="target" if whose else "person")


class ActivityTargetsScreen(ListScreen):
    """One list; below it the target under the cursor in words."""

    PLACE = "activity_targets"
    TITLE_TEXT = "Targets"
    CSS_PATH = "activity_targets.tcss"
    LIST = AUTO_FOCUS = "#targets"
    HOME = "team"
    WAITS = frozenset({"new", "edit", "delete"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New target", id="activity_targets.new"),
        Binding("e", "edit", "Edit", id="activity_targets.edit"),
        Binding("d", "delete", "Delete", id="activity_targets.delete"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._paces: list[Pace] | None = None

    def body(self) -> ComposeResult:
        """Head line, list, words."""
        yield Static(id="head")
        yield RowList(id="targets")
        yield Static(id="told")

    def retitle(self) -> None:
        """Columns, head line, empty state."""
        self.rows.set_columns(
            (
                Column(t("Person"), flex=1, least=8),
                Column(t("Kind"), 9),
                Column(t("Period"), 18, role="muted"),
                Column(t("Done"), 5, align="right"),
                Column(t("Target"), 6, align="right"),
                Column("", BAR, from_width=90),
                Column(t("Due by now"), 10, align="right", from_width=70, role="muted"),
                Column(t("Gap"), 5, align="right"),
                Column(t("A day needed"), 12, align="right", from_width=100),
            )
        )
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read the targets again."""
        self.load(read_targets, self._read)

    def _read(self, found: tuple[dict[str, str], list[Pace]]) -> None:
        self._names, self._paces = found
        self._show()

    def _show(self) -> None:
        if self._paces is None:
            self.rows.set_empty(t("Opening the file …"))
        else:
            self.rows.set_empty(
                t("No targets yet.\n\nn  so many visits or calls of a person in a period; Team shows how they go")
            )
        show_again(self.rows, [self._row(one) for one in self._paces or ()])
        line = Text(no_wrap=True, overflow="ellipsis", end="").append(t("Targets"), "bold")
        behind = sum(one.behind and self._runs(one) for one in self._paces or ())
        running = sum(map(self._runs, self._paces or ()))
        line.append("  " + t("{n} running", n=running))
        if behind:
            line.append(" · " + t("{n} behind", n=behind), role_style(self, "warn"))
        self.query_one("#head", Static).update(line)
        self._tell()
        self.refresh_bindings()

    def _runs(self, one: Pace) -> bool:
        today = self.crm_app.local_now().date().isoformat()
        return bool(one.target["first_day"] <= today <= one.target["last_day"])

    def _row(self, one: Pace) -> Row:
        row, today = one.target, self.crm_app.local_now().date()
        first, last = (date_text(date.fromisoformat(str(row[name])), today) for name in ("first_day", "last_day"))
        kind = choice_text("visits", "kind", row["kind"]) if row["kind"] else t("all")
        full = min(BAR, round(BAR * one.done / max(1, row["target"])))
        reached = one.done >= row["target"]
        role: Role = (
            "good" if reached else "bad" if one.behind and not self._runs(one) else "warn" if one.behind else ""
        )
        needed = "" if reached or not self._runs(one) else f"{one.needed / 10:.1f}".removesuffix(".0")
        cells = (
            *(
                self._names.get(str(row["person"]), "?"),
                kind,
                f"{first} – {last}",
                f"{one.done:,}",
                f"{row['target']:,}",
            ),
            *("█" * full + "░" * (BAR - full), f"{one.expected:,}", f"{one.gap:+}" if one.gap else "0", needed),
        )
        quiet: Role = "" if self._runs(one) else "muted"
        return Row(str(row["id"]), cells, quiet, ("", "", "muted", "", "", role, "muted", role, role))

    @property
    def pace(self) -> Pace | None:
        """The one under the cursor."""
        at = self.rows.cursor if self._ready else -1
        return self._paces[at] if self._paces is not None and 0 <= at < len(self._paces) else None

    @on(RowList.RowHighlighted, "#targets")
    def _highlighted(self) -> None:
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        from crm_tui.ui.scheduling.day_report_page import pace_text

        told, one = self.query_one("#told", Static), self.pace
        told.display = one is not None
        if one is not None:
            name = self._names.get(str(one.target["person"]), "?")
            said = f"{name} · {pace_text(one, self.crm_app.local_now().date())}"
            told.update(Text(cut(safe(said), max(0, self.size.width - 2))))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is there can be changed."""
        if action in ("edit", "delete"):
            return self.pace is not None and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def action_new(self) -> None:
        """Ask for a new one."""
        from crm_tui.ui.dialogs.edit import open_form

        person = str(self.pace.target["person"]) if self.pace is not None else None
        said = t("Target added. u takes it back")
        open_form(self, partial(plan_target, person=person), lambda _: self.toast(said))

    def action_edit(self) -> None:
        """Change it."""
        from crm_tui.ui.dialogs.edit import edit_row

        if (one := self.pace) is not None:
            edit_row(self, "activity_targets", str(one.target["id"]))

    @on(RowList.RowChosen, "#targets")
    def _chosen(self) -> None:
        self.action_edit()

    def action_delete(self) -> None:
        """Into the trash."""
        if (one := self.pace) is not None:
            row = str(one.target["id"])
            said = t("Target deleted. u takes it back")
            self.change(lambda crm: crm.noun("activity_targets").trash(row), lambda _: self.toast(said))
