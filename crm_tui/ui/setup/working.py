"""*Setup*: working days (holidays in force), and working rules (hours, contacts a day …), which all machines share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from crm_tui.ui import reminders
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

LARGEST = 1 << 20
"""Bytes of a file of holidays; years of one hold a few thousand."""


class WorkingDaysSection(Section):
    """The country, the years with what is in force, and a file."""

    NAME, TITLE = "working-days", "Working days"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "adopt", "Adopt", id="working_days.adopt"),
        Binding("c", "country", "Country", id="working_days.country"),
        Binding("f", "file", "From a file", id="working_days.file"),
    ]

    def about(self) -> str:
        """What it is for."""
        return t(
            "Holidays and make-up working days that hold on every machine. The library only proposes: a year counts "
            "when it is adopted. What is not announced yet is estimated; adopt it again later, or take a file."
        )

    def retitle(self) -> None:
        """Columns."""
        super().retitle()
        self.rows.set_columns((Column("", 12), Column("", flex=3, role="accent"), Column("", flex=2, role="muted")))
        if self.is_attached:
            self.reload()

    def reload(self) -> None:
        """Read them."""
        self.work.load(_read_years, self._show, group="setup-working-days")

    def _show(self, found: tuple[str, bool, list[tuple[int, int, int, int]]]) -> None:
        country, own, years = found
        rows = [Row("country", (t("Country"), country, "" if own else t("as phone numbers")))]
        for year, off, work, estimated in years:
            if not off and not work:
                said, note = "! " + t("not in force"), t("a  adopts it")
            else:
                said = t("{off} days off, {work} worked", off=off, work=work)
                note = "~ " + t("estimated") if estimated else "* " + t("in force")
            rows.append(Row(str(year), (str(year), said, note)))
        rows.append(Row("file", (t("From a file"), "", t("2026-10-10 work"))))
        show_again(self.rows, rows)
        self.post_message(self.Counted(self.NAME, str(sum(bool(off or work) for _, off, work, _ in years))))

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        if event.row.id == "country":
            self.action_country()
        elif event.row.id == "file":
            self.action_file()
        else:
            self.action_adopt()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a year can be adopted."""
        if action == "adopt":
            row = self.rows.cursor_row
            return row is not None and row.id.isdigit()
        return super().check_action(action, parameters)

    def action_adopt(self) -> None:
        """Put the year under the cursor into force as the library knows it."""
        row = self.rows.cursor_row
        if row is None or not row.id.isdigit():
            return
        year = int(row.id)
        self.work.change(lambda crm: crm.calendar_days.adopt(year), self._changed)

    def action_country(self) -> None:
        """Whose holidays count."""
        from crm_tui.rules.policies import COUNTRY
        from crm_tui.ui.dialogs.ask import AskLine

        def take(text: str | None) -> None:
            if text is not None:
                self.work.change(lambda crm: crm.policies.set(COUNTRY, text), lambda _: self.reload())

        row = self.rows.cursor_row
        at = row.cells[1] if row is not None and row.id == "country" else ""
        self.app.push_screen(AskLine(t("Country of the holidays, two letters"), str(at)), take)

    def action_file(self) -> None:
        """Put the days of a plain file into force."""
        from crm_tui.ui.dialogs.ask import AskLine

        def take(text: str | None) -> None:
            if text is not None:
                path = Path(text).expanduser()
                self.work.change(lambda crm: _adopt_file(crm, path), self._changed)

        self.app.push_screen(AskLine(t("Path of a file of days")), take)

    def _changed(self, changes: Changes) -> None:
        count = len(changes.rows.get("calendar_days", ()))
        self.work.toast(t("{n} days changed. u takes it back", n=count) if count else t("Nothing is new"))
        self.reload()


def _read_years(crm: Crm) -> tuple[str, bool, list[tuple[int, int, int, int]]]:
    from crm_tui.rules.policies import COUNTRY

    this = crm.local_now().year
    found = {this: (this, 0, 0, 0), this + 1: (this + 1, 0, 0, 0)}
    found |= {one.year: (one.year, one.off, one.work, one.estimated) for one in crm.calendar_days.years()}
    return crm.calendar_days.country, bool(crm.policies.value(COUNTRY)), [found[year] for year in sorted(found)]


def _adopt_file(crm: Crm, path: Path) -> Changes:
    from crm_tui.errors import BadFile
    from crm_tui.exchange.encoding import detect_encoding
    from crm_tui.exchange.files import readable_size

    if readable_size(path) > LARGEST:
        raise BadFile(t("{file} is too large for a list of holidays.", file=path))
    try:
        text = path.read_text(encoding=detect_encoding(path, last="utf-8"), errors="replace")
    except OSError as error:
        raise BadFile(t("{file} cannot be read: {reason}.", file=path, reason=error.strerror or error)) from None
    return crm.calendar_days.adopt_file(text)


class WorkingRulesSection(Section):
    """What the company agreed on, and the reminders of this machine."""

    NAME, TITLE = "working-rules", "Working rules"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="working_rules.edit"),
        Binding("r", "reset", "As it ships", id="working_rules.reset"),
    ]

    def about(self) -> str:
        """What it is for."""
        return t(
            "Rules that hold on every machine: proposals keep to hours, contacts a day and travel. Reminders are this "
            "machine's own."
        )

    def retitle(self) -> None:
        """Columns."""
        super().retitle()
        self.rows.set_columns((Column("", flex=1), Column("", flex=1, role="accent"), Column("", 12, role="muted")))
        if self.is_attached:
            self.reload()

    def reload(self) -> None:
        """Read them."""
        self.work.load(_read_rules, self._show, group="setup-working-rules")

    def _show(self, found: list[tuple[str, str, bool]]) -> None:
        from crm_tui.rules.policies import FREEZER, label

        rows = []
        for name, value, own in found:
            if name == reminders.SETTING:
                shown = t("{n} min before", n=value) if value != "0" else t("off")
                rows.append(Row(name, (t("Reminders"), shown, t("this machine"))))
            elif name == reminders.DESKTOP:
                shown = t("on") if value == "on" else t("off")
                rows.append(Row(name, (t("Desktop notices"), shown, t("this machine"))))
            else:
                empty = t("whichever starts first") if name == FREEZER else "-"
                shown = {"on": t("on"), "off": t("off"), "": empty}.get(value, value)
                rows.append(Row(name, (label(name), shown, "* " + t("own") if own else "")))
        show_again(self.rows, rows)
        self._values = {name: value for name, value, _ in found}

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self.action_edit()

    def action_edit(self) -> None:
        """Switch it, or type another value."""
        from crm_tui.rules.policies import GREETINGS
        from crm_tui.ui.dialogs.ask import AskLine

        row = self.rows.cursor_row
        if row is None:
            return
        name, before = row.id, self._values.get(row.id, "")
        if name in (GREETINGS, reminders.DESKTOP):
            self._set(name, "off" if before == "on" else "on")
            return

        def take(text: str | None) -> None:
            if text is not None:
                self._set(name, text)

        title = t("Minutes before a plan, 0 for none") if name == reminders.SETTING else str(row.cells[0])
        self.app.push_screen(AskLine(title, before), take)

    def action_reset(self) -> None:
        """Back to what ships."""
        row = self.rows.cursor_row
        if row is not None and row.id not in (reminders.SETTING, reminders.DESKTOP):
            name = row.id
            self.work.change(lambda crm: crm.policies.reset(name), lambda _: self.reload())

    def _set(self, name: str, text: str) -> None:
        self.work.change(lambda crm: _set_rule(crm, name, text), lambda _: self.reload())


def _read_rules(crm: Crm) -> list[tuple[str, str, bool]]:
    from crm_tui.rules.policies import AGREEMENTS, COUNTRY

    found = [(name, crm.policies.value(name), crm.policies.is_own(name)) for name in AGREEMENTS if name != COUNTRY]
    found.append((reminders.SETTING, crm.store.setting(reminders.SETTING, str(reminders.MINUTES)), False))
    return [*found, (reminders.DESKTOP, crm.store.setting(reminders.DESKTOP, "on"), False)]


def _set_rule(crm: Crm, name: str, text: str) -> Any:
    from crm_tui.errors import Invalid

    if name not in (reminders.SETTING, reminders.DESKTOP):
        return crm.policies.set(name, text)
    if name == reminders.SETTING and not (text.isascii() and text.isdigit() and int(text) <= 1440):
        raise Invalid({name: t("must be a whole number from {low} to {high}", low=0, high=1440)})
    crm.store.set_setting(name, text)
    return None
