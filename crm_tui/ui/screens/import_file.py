"""*Import*: a file is named, its columns are looked at, what would happen is counted, then it happens elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.exchange.files import kind_of
from crm_tui.ui.importing.child import Child, Order
from crm_tui.ui.importing.path_box import CALENDARS, PathBox, is_own
from crm_tui.ui.importing.reading import Reading, ask_delimiter, ask_encoding, ask_sheet, ask_target, facts
from crm_tui.ui.importing.texts import bar, before_text, done_text, first_values, left_text, target_text
from crm_tui.ui.importing.verdicts import VerdictList, outcome_text
from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import width
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.exchange.importing import Opened
    from crm_tui.services.crm import Crm

SHOWN = 200
"""So many rows of the file can be looked at."""


class ImportScreen(CrmScreen):
    """Four steps, one at a time: file, columns, running, done."""

    PLACE = "import"
    TITLE_TEXT = "Import"
    CSS_PATH = "import_file.tcss"
    AUTO_FOCUS = "PathInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,ctrl+s", "run", "Import", id="import.run"),
        Binding("e", "encoding", "Encoding", id="import.encoding"),
        Binding("s", "sheet", "Sheet", id="import.sheet"),
        Binding("v", "verdicts", "Row by row", id="import.verdicts"),
        Binding("f", "narrow", "Only new, updated …", id="import.narrow"),
        Binding("p", "rows", "Rows / columns", id="import.rows"),
        Binding("u", "take_back", "Take it back", id="import.undo"),
        Binding("d", "delimiter", "Delimiter", id="import.delimiter"),
        Binding("m", "duplicates", "Duplicates", id="import.duplicates"),
        Binding("n", "again", "Another file", id="import.again"),
        Binding("enter", "customers", "Customers", id="import.customers"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]
    STEPS: ClassVar[dict[str, str]] = {
        "run": "columns", "encoding": "columns", "sheet": "columns", "delimiter": "columns",
        "rows": "columns", "verdicts": "columns", "narrow": "columns",
        "take_back": "done", "duplicates": "done", "again": "done", "customers": "done",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._step = "file"
        self._reading = Reading()
        self._opened: Opened | None = None
        self._child: Child | None = None
        self._dry: dict[str, Any] | None = None
        self._report: dict[str, Any] | None = None
        self._problem = ""
        self._phase = ("", 0.0)
        self._progress = ("", 0, 0)
        self._taken_back = False

    def body(self) -> ComposeResult:
        """One pane for each step."""
        yield Static(id="head")
        yield PathBox()
        with Vertical(id="columns-pane"):
            yield RowList(id="columns")
            yield RowList(id="first-rows")
            yield VerdictList(id="verdicts")
        yield Static(id="said")

    def start(self) -> None:
        """Ask for the file."""
        self._ready = True
        self._go("file")
        self.query_one(PathBox).begin()

    @property
    def columns(self) -> RowList:
        """The columns of the file."""
        return self.query_one("#columns", RowList)

    @property
    def verdicts(self) -> VerdictList:
        """What each row would do."""
        return self.query_one("#verdicts", VerdictList)

    def _go(self, step: str) -> None:
        self._step = step
        for name in ("file", "columns", "running", "done"):
            self.set_class(name == step, f"-{name}")
        if step == "file":
            self.query_one(PathBox).line.focus()
        elif step == "columns":
            self.columns.focus()
        else:
            self.set_focus(None)
        self.retitle()

    def retitle(self) -> None:
        """Every text."""
        self.query_one(PathBox).retitle()
        self.columns.set_columns(
            (
                Column(t("Column"), flex=2),
                Column(t("Goes to"), flex=2, role="accent"),
                Column(t("First values"), flex=3, role="muted", from_width=56),
            )
        )
        self.verdicts.retitle()
        self._say()
        self.refresh_bindings()

    def _say(self) -> None:
        self.query_one("#head", Static).update(plain(self._head()))
        self.query_one("#said", Static).update(plain(self._said()))

    def _head(self) -> str:
        opened = self._opened
        if self._step == "file" or opened is None:
            said = t("Which file? Tab completes, Enter takes it.")
            return f"{said}\n\nx {self._problem}" if self._problem else said
        if self.has_class("-verdicts"):
            said = f"  ·  {outcome_text(self.verdicts.outcome)}"
            return facts(opened, self.size.width - 2 - width(said)) + said
        return facts(opened, self.size.width - 2)

    def _said(self) -> str:
        if self._step == "columns":
            lines = [f"x {self._problem}"] if self._problem else []
            if self._dry is not None:
                lines.append(before_text(self._dry, 10 if self.size.height >= 36 else 4))
            elif not self._problem:
                lines.append(t("… counting what would happen") + self._progress_text())
            return "\n".join(lines)
        if self._step == "running":
            phase, done, total = self._progress
            cells = max(10, min(60, self.size.width - 4))
            line = bar(done, total, cells) if total else "░" * cells
            return f"{phase or t('beginning')}{self._progress_text()}\n\n{line}\n\n" + t("Esc  cancel")
        if self._step != "done":
            return ""
        return f"x {self._problem}" if self._report is None else done_text(self._report, self._taken_back)

    def _progress_text(self) -> str:
        _, done, total = self._progress
        if not total:
            return ""
        spent = time.monotonic() - self._phase[1]
        said = "  " + t("{done} of {total}", done=f"{done:,}", total=f"{total:,}")
        if done and spent > 1 and done < total:
            said += "  " + left_text(spent * (total - done) / done)
        return said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each step has its own keys."""
        if not self._ready:
            return False
        if self.STEPS.get(action, self._step) != self._step:
            return False
        opened, report = self._opened, self._report
        if action == "encoding":
            return opened is not None and opened.encoding is not None
        if action == "delimiter":
            return opened is not None and opened.delimiter is not None
        if action == "sheet":
            return opened is not None and len(opened.sheets) > 1
        if action == "rows":
            return opened is not None and opened.is_table
        if action in ("verdicts", "narrow"):
            return self._dry is not None and (action == "verdicts" or self.has_class("-verdicts"))
        if action == "take_back":
            return report is not None and report["action"] is not None and not self._taken_back
        if action == "duplicates":
            return report is not None and bool(report["duplicates"]) and not self._taken_back
        return super().check_action(action, parameters)

    @on(PathBox.Taken)
    def _taken(self, event: PathBox.Taken) -> None:
        if is_own(event.path, self.crm_app.options.path):
            self._problem = t("{file} is the file that is open here", file=event.path)
            self._say()
            return
        path = event.path

        def read(kind: str) -> None:
            if kind != "ical":
                self._read(Reading(path))
                return
            from crm_tui.ui.screens.calendar_plans import CalendarPlansScreen

            self.app.push_screen(CalendarPlansScreen(path))

        told = "ical" if path.suffix.lower() in CALENDARS else ""
        self.load(lambda crm: told or kind_of(path), read, group="read", failed=self._read_failed)

    def _read(self, reading: Reading) -> None:
        """Read the file in a thread; a bad one says what it is, and what was read before stays."""
        self.load(reading.open, lambda opened: self._read_done(reading, opened), group="read", failed=self._read_failed)

    def _read_failed(self, error: CrmError) -> None:
        self._problem = str(error)
        self._say()

    def _read_done(self, reading: Reading, opened: Opened) -> None:
        self._problem, self._opened, self._reading = "", opened, reading
        if self._step != "columns":
            self._turn("")
            self._go("columns")
        self._show_columns()
        self._count()

    def _show_columns(self) -> None:
        opened = self._opened
        if opened is None:
            return
        rows = []
        for place, (name, target) in enumerate(zip(opened.header, opened.targets, strict=True)):
            rows.append(Row(str(place), (name, target_text(target, opened.kind), first_values(opened.rows, place))))
        self.columns.set_empty(t("This file has no columns to choose: its cards say what is what."))
        show_again(self.columns, rows)
        first = self.query_one("#first-rows", RowList)
        first.set_columns([Column(name, 14) for name in opened.header])
        first.show(ListRows([Row(str(n), tuple(row)) for n, row in enumerate(opened.rows[:SHOWN])]))
        self.retitle()

    def _order(self, crm: Crm) -> Order:
        how = self._reading
        return Order(
            crm.store.path.absolute(), how.path.absolute(), how.mapping, how.encoding, how.sheet, how.delimiter,
            crm.store.person, crm.zone, self.crm_app.options.home,
        )  # fmt: skip

    def _count(self) -> None:
        """Find out in a child what would happen."""
        self._dry = None
        self._turn("-rows" if self.has_class("-rows") else "")
        self._start_child(dry_run=True)

    def _start_child(self, *, dry_run: bool) -> None:
        if self._child is not None:
            self._child.stop()
        self._progress, self._phase = ("", 0, 0), ("", time.monotonic())
        crm = self.crm_app.crm
        if crm is not None:
            verdicts = self.verdicts.fresh() if dry_run else None
            child = self._child = Child(self._order(crm).command(dry_run=dry_run, verdicts=verdicts))
            self.run_worker(self._follow(child, dry_run), group="import", exit_on_error=False)

    async def _follow(self, child: Child, dry_run: bool) -> None:
        def tell(phase: str, done: int, total: int) -> None:
            if child is self._child:
                if phase != self._phase[0]:
                    self._phase = (phase, time.monotonic())
                self._progress = (phase, done, total)
                self._say()

        try:
            report, problem = await child.run(tell), ""
        except CrmError as error:
            report, problem = None, str(error)
        if child is not self._child or not self.is_attached:
            return
        self._child, self._problem = None, problem
        if dry_run:
            self._dry = report
            self._say()
            self.refresh_bindings()
            return
        self._report, self._taken_back = report, False
        if report is None and child.stopped:
            self._go("columns")
            self.toast(problem)
            return
        self._go("done")
        self.crm_app.announce(None)

    @on(RowList.RowChosen, "#columns")
    def _column_chosen(self, event: RowList.RowChosen) -> None:
        if self._opened is not None:
            ask_target(self, self._reading, self._opened, event.index, self._read)

    def action_encoding(self) -> None:
        """Read the text in another encoding."""
        ask_encoding(self, self._reading, self._read)

    def action_delimiter(self) -> None:
        """Read the text with something else between the cells."""
        ask_delimiter(self, self._reading, self._read)

    def action_sheet(self) -> None:
        """Read another sheet of the workbook."""
        if self._opened is not None:
            ask_sheet(self, self._reading, self._opened, self._read)

    def action_rows(self) -> None:
        """Look at the first rows, or at the columns again."""
        self._turn("" if self.has_class("-rows") else "-rows")

    def _turn(self, what: str) -> None:
        """Show the columns (""), the first rows ("-rows") or what each row would do ("-verdicts")."""
        for name in ("-rows", "-verdicts"):
            self.set_class(name == what, name)
        if self._step == "columns":
            self.query_one({"-rows": "#first-rows", "-verdicts": "#verdicts"}.get(what, "#columns")).focus()
        self._say()
        self.refresh_bindings()

    def action_verdicts(self) -> None:
        """Look at what each row would do, or at the columns again."""
        if self.has_class("-verdicts"):
            self._turn("")
        else:
            self.verdicts.narrow(0)
            self._turn("-verdicts")

    def action_narrow(self) -> None:
        """Only new rows, then only updated ones, and so on."""
        self.verdicts.narrow(1)
        self._say()

    def action_run(self) -> None:
        """Import it."""
        if self._opened is not None:
            self._go("running")
            self._start_child(dry_run=False)

    def action_take_back(self) -> None:
        """Undo the whole import."""
        report = self._report
        if report is None or report["action"] is None:
            return
        number = int(report["action"])

        def done(_: object) -> None:
            self._taken_back = True
            self._say()
            self.refresh_bindings()

        self.change(lambda crm: crm.history.undo(number), done)

    def action_duplicates(self) -> None:
        """Look at the likely duplicates."""
        self.crm_app.go("duplicates")

    def action_again(self) -> None:
        """Another file."""
        self._opened = self._dry = self._report = None
        self._go("file")

    def action_customers(self) -> None:
        """See them."""
        self.crm_app.go("customers")

    def action_back(self) -> None:
        """One step back; a running import is asked about first."""
        if self._step == "running":
            from crm_tui.ui.dialogs.ask import Confirm

            def stop(yes: bool | None) -> None:
                if yes and self._child is not None and self._step == "running":
                    self._child.stop()

            self.app.push_screen(Confirm(t("Stop the import?\n\nNothing of it is kept then.")), stop)
        elif self._step == "columns" and self.has_class("-verdicts"):
            self._turn("")
        elif self._step == "file":
            leave(self, "customers")
        else:
            if self._child is not None:
                self._child.stop()
                self._child = None
            self.action_again()

    def on_unmount(self) -> None:
        """The app ends: so does its child."""
        if self._child is not None:
            self._child.stop()
