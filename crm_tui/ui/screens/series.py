"""*Series*: rules that make plans again and again; one occurrence is left out or moved without breaking the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.rules.series_words import describe
from crm_tui.ui.fields import choice_text
from crm_tui.ui.list_screen import PairScreen
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.scheduling.plan_steps import when_text
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.series import Coming, Listed
    from crm_tui.store.database import Changes

SHOWN = 10
_MARKS: dict[str, tuple[str, Role]] = {
    "": ("~", "muted"), "planned": (" ", ""), "moved": (">", "accent"), "cancelled": ("-", "muted"),
    "done": ("+", "good"), "missed": ("x", "bad"), "trashed": ("-", "muted"),
}  # fmt: skip


def read_series(crm: Crm, everybody: bool) -> tuple[list[Listed], bool]:
    """All series, in a thread; and whether it is known who sits here."""
    me = crm.people.me()
    return crm.series.listed(None if everybody or me is None else str(me["id"])), me is not None


class SeriesScreen(PairScreen):
    """Series at the left, the next occurrences of the one under the cursor at the right.

    Args:
        at: id of the series that the cursor stands on at first.
    """

    PLACE = "series"
    TITLE_TEXT = "Series"
    CSS_PATH = "series.tcss"
    LIST = AUTO_FOCUS = "#series"
    SIDE, OPEN = "#coming", "-coming"
    HOME = "schedule"
    WAITS = frozenset({"new", "edit", "skip", "move", "end", "everybody", "brief"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New series", id="series.new"),
        Binding("e", "edit", "Edit", id="series.edit"),
        Binding("x", "skip", "Leave one out", id="series.skip"),
        Binding("m", "move", "Move one", id="series.move"),
        Binding("d", "end", "End it", id="series.end"),
        Binding("o", "everybody", "Mine / all", id="series.everybody"),
        Binding("b", "brief", "Brief", id="visits.brief", show=False),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self, at: str | None = None) -> None:
        super().__init__()
        self._at = at
        self._found: list[Listed] | None = None
        self._coming: list[Coming] = []
        self._of: str | None = None
        self._everybody = at is not None
        self._me = False

    def body(self) -> ComposeResult:
        """Head line, two lists, the rule in words over the second one."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            yield RowList(id="series")
            with Vertical(id="one"):
                yield Static(id="rule")
                yield RowList(id="coming")

    def retitle(self) -> None:
        """Columns, head line, empty states."""
        self.rows.set_columns(
            (
                Column(t("Next"), 13),
                Column(t("Customer"), flex=3, least=10),
                Column(t("What"), flex=2, least=6, role="muted", from_width=46),
                Column(t("Rule"), flex=5, least=14),
                Column(t("Who"), 10, role="muted", from_width=90),
            )
        )
        self.side.set_columns((Column("", 1), Column(t("On"), 25), Column(t("State"), flex=1, role="muted")))
        self.side.set_empty(t("Nothing comes any more."))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read them again."""
        everybody = self._everybody
        self.load(lambda crm: read_series(crm, everybody), self._read, group="series")

    def _read(self, answer: tuple[list[Listed], bool]) -> None:
        self._found, self._me = answer
        self._show()
        self._seek()
        self.read_side()

    def _seek(self) -> None:
        at, self._at = self._at, None
        place = next((n for n, one in enumerate(self._found or ()) if one.row["id"] == at), None)
        if place is not None:
            self.rows.move_to(place)

    def _show(self) -> None:
        if self._found is None:
            self.rows.set_empty(t("Opening the file …"))
        else:
            self.rows.set_empty(
                t("Nothing returns yet.\n\nn  a series: each week, the last working day …\no  everybody's series")
            )
        show_again(self.rows, [self._row(one) for one in self._found or ()])
        whose = t("everybody's") if self._everybody or not self._me else t("mine")
        running = sum(not one.over for one in self._found or ())
        said = t("{n} running", n=running)
        line = f"{t('Series')}  {said} · {whose}"
        self.query_one("#head", Static).update(plain(line))
        self._show_side()

    def _row(self, one: Listed) -> Row:
        today = self.crm_app.local_now().date()
        when = f"{weekday(one.next.date())} {date_text(one.next.date(), today)}" if one.next else "~"
        when = "+ " + t("over") if one.over else when
        what = str(one.row["topic"] or choice_text("series", "kind", one.row["kind"]))
        cells = (when, one.name, what, describe(one.rule), one.person)
        return Row(str(one.row["id"]), cells, "muted" if one.over else "")

    @property
    def listed(self) -> Listed | None:
        """The series under the cursor."""
        at = self.rows.cursor if self._ready else -1
        return self._found[at] if self._found is not None and 0 <= at < len(self._found) else None

    @property
    def one(self) -> Coming | None:
        """The occurrence under the cursor; while the list of series has the focus, the next that takes place."""
        if not self._ready or self.listed is None or self._of != self.listed.row["id"]:
            return None
        if not self.side.has_focus:
            return next((one for one in self._coming if one.state in ("", "planned", "moved")), None)
        at = self.side.cursor
        return self._coming[at] if 0 <= at < len(self._coming) else None

    @on(RowList.RowHighlighted, "#series")
    def _highlighted(self) -> None:
        self.follow()
        self.refresh_bindings()

    @on(RowList.RowHighlighted, "#coming")
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(RowList.RowChosen, "#series")
    def _chosen(self) -> None:
        self.enter_side()
        self.refresh_bindings()

    @on(RowList.RowChosen, "#coming")
    def _chosen_one(self) -> None:
        from crm_tui.ui.palette import show_customer

        if (listed := self.listed) is not None:
            show_customer(self.crm_app, str(listed.row["customer"]))

    def read_side(self) -> None:
        """The next occurrences."""
        listed = self.listed
        if listed is None:
            self._coming, self._of = [], None
            self._show_side()
            return
        ident = str(listed.row["id"])
        self.load(lambda crm: crm.series.coming(ident, SHOWN), partial(self._have, ident), group="coming")

    def _have(self, series: str, coming: list[Coming]) -> None:
        self._coming, self._of = coming, series
        self._show_side()
        self.refresh_bindings()

    def _show_side(self) -> None:
        listed = self.listed
        said = ""
        if listed is not None:
            kind = choice_text("series", "kind", listed.row["kind"])
            about = " · ".join(filter(None, (kind, str(listed.row["topic"] or ""), listed.person)))
            said = f"{listed.name}\n{about}\n{describe(listed.rule)}"
        self.query_one("#rule", Static).update(plain(said))
        here = listed is not None and listed.row["id"] == self._of
        show_again(self.side, [self._line(one) for one in self._coming] if here else [])

    def _line(self, one: Coming) -> Row:
        mark, role = _MARKS[one.state]
        said = {
            "": t("not made yet"), "planned": "", "moved": t("moved"), "cancelled": t("left out"), "done": t("done"),
            "missed": t("missed"), "trashed": t("in the trash"),
        }[one.state]  # fmt: skip
        today = self.crm_app.local_now().date()
        parts = [said]
        if one.state == "moved":
            parts.append(t("from {day}", day=f"{weekday(one.ruled.date())} {date_text(one.ruled.date(), today)}"))
        if one.shifted:
            parts.append(t("because of a day off"))
        parts.append(one.reason)
        at = f"{weekday(one.at.date())} {date_text(one.at.date(), today)} {one.at:%H:%M}"
        quiet: Role = "muted" if one.state in ("", "cancelled", "trashed") else ""
        return Row(one.original.isoformat(), (mark, at, " · ".join(filter(None, parts))), quiet, (role,))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is over cannot be moved; what took place neither."""
        ready = super().check_action(action, parameters)
        if action in ("edit", "end", "brief"):
            return self.listed is not None and ready
        if action in ("skip", "move"):
            one = self.one
            states = ("", "planned", "moved", "cancelled") if action == "skip" else ("", "planned", "moved")
            return one is not None and one.state in states and ready
        if action == "everybody":
            return self._me and ready
        return ready

    def log_target(self) -> tuple[str, str] | None:
        """The customer of the series."""
        listed = self.listed
        return (str(listed.row["customer"]), listed.name) if listed is not None else None

    def action_new(self) -> None:
        """The form of a new series."""
        from crm_tui.ui.dialogs.series import open_series

        open_series(self, done=self._made)

    def _made(self, changes: Changes) -> None:
        self._at = changes.ids[0]
        self._of = None
        self.toast(t("Series planned. u takes it back"))
        self.reload(None)

    def action_edit(self) -> None:
        """Its form."""
        from crm_tui.ui.dialogs.series import open_series

        if (listed := self.listed) is not None:
            open_series(self, str(listed.row["id"]), done=lambda _: self.toast(t("Series changed. u takes it back")))

    def action_skip(self) -> None:
        """Leave one occurrence out, or let one take place that was left out."""
        listed, one = self.listed, self.one
        if listed is None or one is None:
            return
        series, when = str(listed.row["id"]), when_text(self, one.at)
        if one.state == "cancelled":
            said = t("It takes place: {when}. u takes it back", when=when)
            self.change(lambda crm: crm.series.put_back(series, one.original), lambda _: self.toast(said))
            return
        said = t("Left out: {when}. u takes it back", when=when)
        self._ask_why(
            t("Leave out: {when}", when=when), lambda why: lambda crm: crm.series.skip(series, one.original, why), said
        )

    def _ask_why(self, title: str, work: Callable[[str], Callable[[Crm], Any]], said: str) -> None:
        from crm_tui.ui.dialogs.ask_move import AskWhy

        def take(reason: str | None) -> None:
            if reason is not None:
                self.change(work(reason), lambda _: self.toast(said))

        self.app.push_screen(AskWhy(title, t("why not (may stay empty)")), take)

    def action_move(self) -> None:
        """Move one occurrence; the others stay."""
        from crm_tui.ui.dialogs.ask_move import AskMove

        listed, one = self.listed, self.one
        if listed is None or one is None:
            return
        series = str(listed.row["id"])

        def move(answer: tuple[datetime, str] | None) -> None:
            if answer is not None:
                to, why = answer
                said = t("Moved to {when}. u takes it back", when=when_text(self, to))
                self.change(lambda crm: crm.series.move(series, one.original, to, why), lambda _: self.toast(said))

        self.app.push_screen(AskMove(t("Move: {name}", name=when_text(self, one.at)), one.at), move)

    def action_end(self) -> None:
        """Ask from which day on nothing of it comes any more."""
        from crm_tui.ui.dialogs.ask_day import AskDay

        listed, now = self.listed, self.crm_app.local_now()
        if listed is None:
            return
        series, name = str(listed.row["id"]), listed.name

        def end(at: datetime | None) -> None:
            if at is not None:
                said = t("Ended: {name}. u takes it back", name=name)
                self.change(lambda crm: crm.series.end(series, at.date()), lambda _: self.toast(said))

        self.app.push_screen(AskDay(t("{name}: nothing any more from", name=name), now), end)

    def action_everybody(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self.reload(None)

    def action_brief(self) -> None:
        """What one should know of the customer."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if (listed := self.listed) is not None:
            self.app.push_screen(BriefDialog(str(listed.row["customer"])))
