"""*Calendar file*: appointments of another program, each with what would become of it, then as plans in one action."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.ui.importing.path_box import PathBox, is_own
from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.errors import CrmError
    from crm_tui.exchange.schedule_files import Look
    from crm_tui.services.calendar_plans import Judged
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

_MARKS: dict[str, tuple[str, Role]] = {
    "created": ("+", "good"), "updated": (">", "accent"), "unchanged": ("=", "muted"), "rejected": ("x", "bad"),
}  # fmt: skip
NARROWED = ("", "created", "updated", "unchanged", "rejected")


def read_calendar_file(
    path: Path, customer: str | None, whose: dict[str, str], dry_run: bool, crm: Crm
) -> tuple[Look, dict[str, str]]:
    """Look at a file, or take it in, in a thread; with the names of the customers that it touches."""
    from crm_tui.exchange.schedule_files import look

    found = look(crm, path, customer=customer, whose=whose, dry_run=dry_run)
    ids = {one.customer for one in found.judged if one.customer}
    return found, {one: str(crm.customers.get(crm.customers.root(one))["name"]) for one in ids}


class CalendarPlansScreen(CrmScreen):
    """The path is asked first, unless it is known; then the appointments stand in a list.

    Args:
        path: the file.
    """

    PLACE = "calendar_plans"
    TITLE_TEXT = "Calendar file"
    CSS_PATH = "calendar_plans.tcss"
    AUTO_FOCUS = "PathInput"
    WAITS = frozenset({"run", "customer", "rest"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,ctrl+s", "run", "Import", id="calendar.run"),
        Binding("c", "customer", "Whose it is", id="calendar.customer"),
        Binding("C", "rest", "Whose the others are", id="calendar.rest"),
        Binding("f", "narrow", "Only new, rejected …", id="calendar.narrow"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self._path = path
        self._ready = False
        self._look: Look | None = None
        self._names: dict[str, str] = {}
        self._rest: str | None = None
        self._whose: dict[str, str] = {}
        self._only = ""
        self._problem = ""
        self._began_with = path

    def body(self) -> ComposeResult:
        """The path, or the appointments under a line that counts them."""
        yield Static(id="head")
        yield PathBox()
        yield RowList(id="appointments")

    def start(self) -> None:
        """Ask for the file, or look at it."""
        self._ready = True
        self.query_one(PathBox).begin()
        self.retitle()
        self._turn()
        if self._path is not None:
            self._read()

    @property
    def rows(self) -> RowList:
        """The appointments."""
        return self.query_one("#appointments", RowList)

    def _turn(self) -> None:
        """The path, or the list: one of them is in sight."""
        self.set_class(self._path is not None, "-list")
        if self._path is None:
            self.query_one(PathBox).line.focus()
        else:
            self.rows.focus()
        self._say()
        self.refresh_bindings()

    def retitle(self) -> None:
        """Every text."""
        self.query_one(PathBox).retitle()
        self.rows.set_columns(
            (
                Column("", 1),
                Column(t("When"), 22),
                Column(t("About"), flex=2, least=10),
                Column(t("Customer, or why not"), flex=3, least=10),
            )
        )
        self.rows.set_empty(t("Nothing of it is still to come."))
        self._say()
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """What is here already may have changed."""
        if self._look is not None:
            self._read()

    def _say(self) -> None:
        self.query_one("#head", Static).update(plain(self._head()))

    def _head(self) -> str:
        problem = f"\n\nx {self._problem}" if self._problem else ""
        if self._path is None:
            return t("Which calendar? Tab completes, Enter takes it.") + problem
        if self._look is None:
            return f"{self._path.name}{problem}"
        report = self._look.report
        said = [
            t("{n} appointments", n=report["rows"]),
            t("{n} new", n=report["created"]),
            t("{n} changed", n=report["updated"]),
            t("{n} unchanged", n=report["unchanged"]),
            t("{n} rejected", n=report["rejected"]),
            t("{n} over", n=report["past"]) if report["past"] else "",
            t("{n} kept as you changed them", n=len(report["kept_yours"])) if report["kept_yours"] else "",
        ]
        only = {
            "": "", "created": t("only new"), "updated": t("only changed"), "unchanged": t("only unchanged"),
            "rejected": t("only rejected"),
        }[self._only]  # fmt: skip
        rest = t("the others: {name}", name=self._names.get(self._rest, "?")) if self._rest else ""
        return "\n".join([f"{self._path.name}  " + " · ".join(filter(None, [*said, rest, only]))]) + problem

    @on(PathBox.Taken)
    def _taken(self, event: PathBox.Taken) -> None:
        if is_own(event.path, self.crm_app.options.path):
            self._problem = t("{file} is the file that is open here", file=event.path)
            self._say()
            return
        self._path = event.path
        self._read()

    def _read(self, *, dry_run: bool = True) -> None:
        path = self._path
        if path is None:
            return
        work = partial(read_calendar_file, path, self._rest, dict(self._whose), dry_run)
        if dry_run:
            self.load(work, self._have, group="calendar", failed=self._failed)
        else:
            self.change(lambda crm: _Taken(*work(crm)), self._imported, failed=self._failed)

    def _failed(self, error: CrmError) -> None:
        self._problem = str(error)
        if self._look is None:
            self._path = None
        self._turn()

    def _have(self, found: tuple[Look, dict[str, str]]) -> None:
        self._look, names = found
        self._names |= names
        self._problem = ""
        self._turn()
        self._show()

    def _imported(self, taken: _Taken) -> None:
        report = taken.look.report
        counts = {"n": report["created"], "changed": report["updated"]}
        self.toast(t("{n} new plans, {changed} changed. u takes it back", **counts))
        self._read()

    def _show(self) -> None:
        look = self._look
        if look is None:
            return
        only = self._only
        rows = [self._row(n, one) for n, one in enumerate(look.judged) if only in ("", one.verdict)]
        if only in ("", "rejected"):
            rows += [self._unread(n, one) for n, one in enumerate(look.unread)]
        show_again(self.rows, rows)
        self._say()

    def _row(self, number: int, one: Judged) -> Row:
        mark, role = _MARKS[one.verdict]
        now = self.crm_app.local_now()
        at = one.event.start.astimezone(now.tzinfo)
        when = f"{weekday(at.date())} {date_text(at.date(), now.date())}"
        when += f" {at:%H:%M}" if one.event.minutes is not None else ""
        name = self._names.get(one.customer or "", "")
        quiet: Role = "muted" if one.verdict == "unchanged" else ""
        cells = (mark, when, one.event.topic or "–", name or one.reason)
        return Row(str(number), cells, quiet, (role, "", "", "bad" if one.reason else ""))

    def _unread(self, number: int, one: dict[str, Any]) -> Row:
        place = t("line {n}", n=one["line"]) if one["line"] else ""
        cells = ("x", place, str(one["uid"] or "–"), str(one["reason"]))
        return Row(f"unread:{number}", cells, roles=("bad", "muted", "", "bad"))

    def _judged(self) -> Judged | None:
        row = self.rows.cursor_row if self._ready and self._look is not None else None
        if row is None or self._look is None or not row.id.isdigit():
            return None
        return self._look.judged[int(row.id)]

    @on(RowList.RowHighlighted, "#appointments")
    def _highlighted(self) -> None:
        self.refresh_bindings()

    @on(RowList.RowChosen, "#appointments")
    def _chosen(self) -> None:
        if self.check_action("customer", ()):
            self.action_customer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the list need a list; what is a plan already is somebody's already."""
        if not self._ready:
            return False
        look = self._look if self._path is not None else None
        if action == "run":
            fits = look is not None and bool(look.report["created"] or look.report["updated"])
            return fits and super().check_action(action, parameters)
        if action in ("narrow", "rest"):
            return look is not None and super().check_action(action, parameters)
        if action == "customer":
            one = self._judged()
            fits = one is not None and not one.event.cancelled and one.verdict in ("created", "rejected")
            return fits and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        """Make plans of them."""
        self._read(dry_run=False)

    def action_narrow(self) -> None:
        """Only new ones, then only changed ones, and so on."""
        self._only = NARROWED[(NARROWED.index(self._only) + 1) % len(NARROWED)]
        self._show()

    def action_customer(self) -> None:
        """Say whose the appointment under the cursor is."""
        one = self._judged()
        if one is None:
            return
        uid = one.event.uid

        def take(customer: str, name: str) -> None:
            self._whose[uid] = customer
            self._names[customer] = name
            self._read()

        self._ask(one.event.topic or "–", take)

    def action_rest(self) -> None:
        """Say whose all those are that name nobody."""

        def take(customer: str, name: str) -> None:
            self._rest = customer
            self._names[customer] = name
            self._read()

        self._ask(t("Whose are those that name nobody?"), take)

    def _ask(self, title: str, then: Any) -> None:
        from crm_tui.ui.dialogs.pick_customer import PickCustomer

        def answered(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                then(*answer)

        self.app.push_screen(PickCustomer(title), answered)

    def action_back(self) -> None:
        """Back to the path, then where one came from."""
        if self._path is None or self._began_with is not None:
            leave(self, "schedule")
            return
        self._path, self._look, self._problem = None, None, ""
        self._whose.clear()
        self._turn()


class _Taken:
    """A look that was written; whatever is in sight then reloads."""

    def __init__(self, look: Look, names: dict[str, str]) -> None:
        self.look, self.names = look, names
        self.changes = look.changes
