"""*Conflicts*: what two people changed without knowing of each other, side by side; one choice settles it for all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.rules.hidden import TRASHED
from crm_tui.ui.colors import color_style
from crm_tui.ui.keys import key_of
from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.syncing.pane import Pane
from crm_tui.ui.when import since
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.alike import Alike
    from crm_tui.services.conflicts import Issue, Keep
    from crm_tui.store.database import Changes
    from crm_tui.ui.syncing.inbox import Cases, Inbox
    from crm_tui.ui.syncing.reading import Case


class ConflictsScreen(CrmScreen):
    """Conflicts at the left, the two sides of the one under the cursor at the right; what else is odd below."""

    PLACE = "conflicts"
    TITLE_TEXT = "Conflicts"
    CSS_PATH = "conflicts.tcss"
    AUTO_FOCUS = "#conflicts"
    WAITS = frozenset({"mine", "theirs", "both", "type", "alike", "side", "keep", "throw"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mine", "Keep mine", id="conflicts.mine"),
        Binding("t", "theirs", "Keep theirs", id="conflicts.theirs"),
        Binding("s", "side", "Choose a side", id="conflicts.side"),
        Binding("r", "keep", "Keep it", id="conflicts.keep"),
        Binding("d", "throw", "To the trash", id="conflicts.throw"),
        Binding("b", "both", "Keep both", id="conflicts.both"),
        Binding("e", "type", "Another value", id="conflicts.type"),
        Binding("a", "alike", "All alike", id="conflicts.alike"),
        Binding("u", "again", "Choose again", id="conflicts.again", show=False),
        Binding("enter", "record", "Open the record", id="conflicts.record", show=False),
        Binding("tab,right", "next_pane", "Next part", id="conflicts.next", show=False),
        Binding("escape,left", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._cases: Cases | None = None
        self._issues: list[Issue] = []
        self._wanted: int | None = None
        self._settled: Case | Alike | None = None
        self.opened: dict[str, int] | None = None

    def body(self) -> ComposeResult:
        """Two lists and a pane to read."""
        with Horizontal(id="pair"):
            with Vertical(id="lists"):
                yield RowList(id="conflicts")
                yield RowList(id="issues")
            with Pane(id="detail"):
                yield Static(id="sides")

    def start(self) -> None:
        """Read what waits."""
        self._ready = True
        self.add_class("-none")
        self.retitle()
        self.reload(None)

    @property
    def rows(self) -> RowList:
        """The conflicts."""
        return self.query_one("#conflicts", RowList)

    @property
    def odd(self) -> RowList:
        """What else is to be looked at."""
        return self.query_one("#issues", RowList)

    def retitle(self) -> None:
        """Columns and the empty state; values are read again, because choices have names."""
        self.rows.set_columns(
            (
                Column(t("Changed by two"), flex=3),
                Column(t("Field"), flex=2),
                Column(t("Since"), 8, kind="number", role="muted", from_width=40),
            )
        )
        self.odd.set_columns((Column(t("Look at this too"), flex=2), Column(t("What is odd"), flex=3, role="muted")))
        self._say_empty()
        if self._cases is not None:
            self.reload(None)

    def _say_empty(self) -> None:
        """From "looking" to what an empty list means."""
        nothing = t(
            "Nothing to decide: nobody changed the same thing differently.\n\n"
            "When two people do, without knowing of each other,\nboth versions stand here and you choose."
        )
        self.rows.set_empty(t("… looking") if self._cases is None else nothing)

    def show_conflict(self, number: int) -> None:
        """Put the cursor on the conflict with this number."""
        self._wanted = number
        if self._ready:
            self.rows.focus()
            self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read again what waits; the cursor stays on its conflict, or in its line if that is settled."""
        from crm_tui.ui.syncing.inbox import read_inbox

        line, wanted = self.rows.cursor, self._wanted
        if wanted is None and self._cases is not None and line < len(self._cases.numbers):
            wanted = self._cases.numbers[line]
        work = partial(read_inbox, local=self.crm_app.local, present=self._row, number=wanted, line=line)
        self.load(work, self._read)

    def _row(self, one: Case) -> Row:
        now = self.crm_app.local_now()
        age = since(one.since.astimezone(now.tzinfo), now)
        return Row(str(one.conflict.number), (one.who, one.what, age))

    def _read(self, found: Inbox) -> None:
        self._cases, self._issues, self.opened = found.cases, found.issues, found.opened
        self._wanted = None
        self._say_empty()
        self.rows.show(found.cases)
        if found.place:
            self.rows.move_to(found.place)
        show_again(self.odd, [Row(f"{n}", (one.record, one.text)) for n, one in enumerate(self._issues)])
        self.odd.styles.height = min(len(self._issues) + 1, 8)
        self.set_class(bool(self._issues), "-issues")
        self.set_class(not self._any and not self._issues, "-none")
        if not self._any and self._issues and self.rows.has_focus:
            self.odd.focus()
        elif self._any and not (self.odd.has_focus or self.pane.has_focus):
            self.rows.focus()
        self._show()

    @property
    def _any(self) -> bool:
        return self._cases is not None and self._cases.count() > 0

    @property
    def pane(self) -> Pane:
        """What is read."""
        return self.query_one("#detail", Pane)

    @property
    def case(self) -> Case | None:
        """The conflict that keys are about: none while the cursor is among what is odd."""
        if self.odd.has_focus or self._cases is None:
            return None
        return self._cases.case(self.rows.cursor)

    @property
    def issue(self) -> Issue | None:
        """What is odd under the cursor."""
        place = self.odd.cursor
        return self._issues[place] if self.odd.has_focus and 0 <= place < len(self._issues) else None

    @on(RowList.RowHighlighted)
    def _highlighted(self) -> None:
        self._show()
        self.pane.scroll_home(animate=False)

    def on_descendant_focus(self, event: object) -> None:
        """The detail follows the list that has the keys."""
        if self._ready:
            self._show()

    def _show(self) -> None:
        from crm_tui.ui.syncing.compare import Brush, painted

        case, issue = self.case, self.issue
        text = self.query_one("#sides", Static)
        if case is not None:
            app = self.crm_app
            brush = Brush(partial(color_style, app), partial(key_of, self), app.local_now())
            text.update(painted(case, self.rows.cursor + 1, self.rows.count, brush))
        elif issue is not None:
            text.update(plain(f"{issue.record}\n\n{issue.text}\n\n" + t("Enter opens the record: mend it there.")))
        else:
            text.update("")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what settles the conflict under the cursor is offered."""
        if not self._ready:
            return False
        case = self.case
        conflict = case.conflict if case is not None else None
        if action in ("mine", "theirs"):
            two = conflict is not None and conflict.mine is not None and conflict.theirs is not None
            return two and case is not None and not case.of_trash and bool(super().check_action(action, parameters))
        if action == "side":
            return case is not None and not case.of_trash and (len(case.versions) > 2 or case.conflict.mine is None)
        if action in ("keep", "throw"):
            return case is not None and case.of_trash
        if action == "both":
            return case is not None and case.joinable
        if action == "type":
            return case is not None and not case.of_trash
        if action == "alike":
            return case is not None and self._cases is not None and self._cases.alike(case.conflict.number) > 1
        if action == "record":
            return case is not None or self.issue is not None
        return super().check_action(action, parameters)

    def _keep(self, how: Keep) -> None:
        from crm_tui.ui.syncing.settling import keep

        if self.case is not None:
            keep(self, self.case, how)

    def action_mine(self) -> None:
        """What was written here is right."""
        self._keep("mine")

    def action_theirs(self) -> None:
        """What the other wrote is right."""
        self._keep("theirs")

    def action_both(self) -> None:
        """Both are right: one under the other, the older first."""
        self._keep("both")

    def action_side(self) -> None:
        """Choose among all who wrote."""
        from crm_tui.ui.syncing.settling import choose_side

        if self.case is not None:
            choose_side(self, self.case)

    def action_keep(self) -> None:
        """Out of the trash."""
        from crm_tui.ui.syncing.settling import write

        if self.case is not None:
            write(self, self.case, None, t("Kept: {name}. u chooses again", name=self.case.who))

    def action_throw(self) -> None:
        """Into the trash, now that both sides are known."""
        from crm_tui.ui.syncing.settling import write

        if self.case is not None:
            write(self, self.case, TRASHED, t("In the trash: {name}. u chooses again", name=self.case.who))

    def action_type(self) -> None:
        """Neither is right: type what is."""
        from crm_tui.ui.syncing.settling import type_value

        if self.case is not None:
            type_value(self, self.case)

    def settle(self, what: Case | Alike, said: str) -> None:
        """Remember what was settled, and say it."""
        self._settled = what
        self.toast(said)

    def action_again(self) -> None:
        """Choose otherwise what was settled last; take back anything else that was done last."""
        self.load(lambda crm: [entry.kind for entry in crm.history.entries(1)], self._again, group="again")

    def _again(self, kinds: list[str]) -> None:
        from crm_tui.ui.syncing.settling import choose_again

        if kinds == ["choice"] and self._settled is not None:
            choose_again(self, self._settled, self.settle)
        else:
            self.crm_app.action_undo()

    def action_alike(self) -> None:
        """All conflicts of this field the same way."""
        from crm_tui.ui.syncing.settling import settle_alike

        if self.case is not None:
            settle_alike(self, self.case)

    @on(RowList.RowChosen)
    def action_record(self) -> None:
        """Open the customer, or the form of what is no customer's."""
        from crm_tui.ui.syncing.opening import open_record

        case, issue = self.case, self.issue
        if case is not None:
            open_record(self, case.conflict.noun, case.conflict.row, case.conflict.customer)
        elif issue is not None:
            open_record(self, issue.noun, issue.row, None)

    def log_target(self) -> tuple[str, str] | None:
        """The customer of the conflict under the cursor."""
        case = self.case
        return (case.conflict.customer, case.who) if case is not None and case.conflict.customer else None

    def action_next_pane(self) -> None:
        """From the conflicts to what is odd, to the text, and round."""
        stops: list[RowList | Pane] = [self.rows] if self._any else []
        stops += [self.odd] if self._issues else []
        stops = [*stops, self.pane] if stops else []
        if stops:
            at = next((n for n, one in enumerate(stops) if one.has_focus), -1)
            nxt = stops[(at + 1) % len(stops)]
            self.set_class(nxt is self.pane, "-read")
            nxt.focus()

    def action_back(self) -> None:
        """Out of the text, then out of the screen."""
        if self.pane.has_focus:
            self.remove_class("-read")
            (self.rows if self._any else self.odd).focus()
        else:
            leave(self, "sync")
