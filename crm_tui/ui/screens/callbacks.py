"""*Callbacks*: the dial queue. Whom to call next, the number large, what came of it in one key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.rules.phones import show_phone
from crm_tui.ui.fields import choice_text
from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import Prose, role_style, show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.scheduling.big_number import BigNumber
from crm_tui.ui.scheduling.plan_steps import when_text
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import safe
from crm_tui.ui.when import since, until
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.briefs import Brief
    from crm_tui.services.callbacks import Dial
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

QUEUE = 20
REST = 0.06
_ON_DIAL = frozenset({"reached", "no_answer", "wrong", "later", "brief", "number", "skip"})


def read_queue(crm: Crm, everybody: bool) -> tuple[list[Dial], int, bool]:
    """The first calls of the queue, in a thread; how many are held back; whether it is known who sits here."""
    me = crm.people.me()
    whose = None if everybody or me is None else str(me["id"])
    return crm.callbacks.queue(whose, QUEUE), len(crm.callbacks.held(whose, QUEUE)), me is not None


class CallbacksScreen(CrmScreen):
    """The call on top, the queue below, the brief beside."""

    PLACE = "callbacks"
    TITLE_TEXT = "Callbacks"
    CSS_PATH = "callbacks.tcss"
    AUTO_FOCUS = "#queue"
    WAITS = _ON_DIAL | {"everybody"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,l", "reached", "Reached", id="callbacks.reached"),
        Binding("a", "no_answer", "No answer", id="callbacks.no_answer"),
        Binding("w", "wrong", "Wrong number", id="callbacks.wrong"),
        Binding("t", "later", "Call later", id="callbacks.later"),
        Binding("s", "skip", "Skip", id="callbacks.skip"),
        Binding("p", "number", "Next number", id="callbacks.number"),
        Binding("b", "brief", "Brief", id="visits.brief", show=False),
        Binding("o", "everybody", "Mine / all", id="callbacks.everybody", show=False),
        Binding("escape", "back", "Back", id="screen.back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = self._everybody = self._me = False
        self._dials: list[Dial] | None = None
        self._held = 0
        self._number = 0
        self._shown = ""
        self._timer: Timer | None = None
        self._done = 0

    def body(self) -> ComposeResult:
        """The call, the queue, the brief."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            with Vertical(id="left"):
                yield Static(id="who")
                yield BigNumber(id="number")
                yield Static(id="more")
                yield RowList(id="queue")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="brief")

    def start(self) -> None:
        """Texts, then calls."""
        self._ready = True
        self.retitle()
        self.reload(None)

    @property
    def rows(self) -> RowList:
        """The queue."""
        return self.query_one("#queue", RowList)

    @property
    def dial(self) -> Dial | None:
        """The call under the cursor."""
        at = self.rows.cursor if self._ready else -1
        return self._dials[at] if self._dials is not None and 0 <= at < len(self._dials) else None

    @property
    def number(self) -> str:
        """The number that is shown large."""
        dial = self.dial
        return dial.phones[self._number % len(dial.phones)] if dial is not None and dial.phones else ""

    def retitle(self) -> None:
        """Columns, empty state."""
        self.rows.set_columns(
            (
                Column(t("Due"), 9),
                Column(t("Customer"), flex=2, least=10),
                Column(t("Contact"), 10, role="muted", from_width=64),
                Column(t("Phone"), 16),
                Column(t("About"), flex=2, from_width=56, role="muted"),
            )
        )
        self._show()

    def _empty(self) -> str:
        if self._dials is None:
            return t("Opening the file …")
        if self._done:
            return t("The queue is empty: every call of today is made.")
        return t("No call is due.\n\nCalls that you plan (:) come up here on their day.\no  everybody's calls")

    def reload(self, changes: Changes | None) -> None:
        """Read the queue again."""
        everybody = self._everybody
        self.load(lambda crm: read_queue(crm, everybody), self._read, group="queue")

    def _read(self, answer: tuple[list[Dial], int, bool]) -> None:
        self._dials, self._held, self._me = answer
        self._show()

    def _show(self) -> None:
        now = self.crm_app.local_now()
        self.set_class(not self._dials, "-empty")
        self.rows.set_empty(self._empty())
        show_again(self.rows, [self._row(dial, now) for dial in self._dials or ()])
        self._show_call()

    def _row(self, dial: Dial, now: datetime) -> Row:
        due, role = until(dial.entry.at, now)
        phone = show_phone(dial.phones[0], self._region) if dial.phones else "? " + t("none")
        about = dial.entry.text
        if dial.entry.attempt > 1:
            about = t("try {n}", n=dial.entry.attempt) + " · " + about
        return Row(dial.entry.id, (due, dial.entry.name, dial.contact, phone, about), roles=(role,))

    @property
    def _region(self) -> str:
        return self.crm_app.crm.region if self.crm_app.crm is not None else "CN"

    @on(RowList.RowHighlighted, "#queue")
    def _highlighted(self) -> None:
        self._show_call()

    def _show_call(self) -> None:
        dial = self.dial
        if dial is not None and dial.entry.id != self._shown:
            self._number, self._shown = 0, dial.entry.id
        self._show_head()
        if dial is not None:
            self.query_one("#who", Static).update(Prose(self._who(dial)))
            self.query_one(BigNumber).show(show_phone(self.number, self._region) if self.number else "")
            self.query_one("#more", Static).update(Prose(self._more(dial)))
        elif self._dials is not None:
            self.query_one("#brief", Static).update("")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_brief)
        self.refresh_bindings()

    def _show_head(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(t("Callbacks"), "bold")
        if self._dials:
            line.append("  " + t("{n} of {total}", n=self.rows.cursor + 1, total=len(self._dials)))
        if self._done:
            line.append(" · " + t("{n} made", n=self._done), role_style(self, "good"))
        whose = t("everybody's") if self._everybody or not self._me else t("mine")
        line.append(f" · {whose}", role_style(self, "muted"))
        if self._held:
            line.append(" · ! " + t("{n} asked not to be called: held back", n=self._held), role_style(self, "warn"))
        self.query_one("#head", Static).update(line)

    def _who(self, dial: Dial) -> Text:
        entry, muted = dial.entry, role_style(self, "muted")
        text = Text().append(safe(entry.name), "bold")
        if dial.contact:
            text.append("   " + safe(dial.contact))
        kind = choice_text("visits", "kind", entry.kind)
        due, role = until(entry.at, self.crm_app.local_now())
        text.append(f"\n{due}", role_style(self, role))
        text.append(f"  {kind}", muted)
        if entry.text:
            text.append("  " + safe(entry.text))
        return text

    def _more(self, dial: Dial) -> Text:
        muted, now = role_style(self, "muted"), self.crm_app.local_now()
        text = Text()
        if not dial.phones:
            text.append("? " + t("no number is known; Enter opens the card") + "\n", role_style(self, "warn"))
        others = [show_phone(one, self._region) for one in dial.phones if one != self.number]
        parts = [t("p  {numbers}", numbers="   ".join(others[:3]))] if others else []
        if dial.entry.attempt > 1:
            parts.append(t("try {n}", n=dial.entry.attempt))
        if dial.last_contact:
            parts.append(t("last contact {span}", span=since(self.crm_app.local(dial.last_contact), now)))
        text.append(safe("  ·  ".join(parts)), muted)
        return text

    def _read_brief(self) -> None:
        dial = self.dial
        if dial is not None and not self.has_class("-narrow"):
            customer = dial.entry.customer
            self.load(lambda crm: crm.briefs.of(customer), self._show_brief, group="brief")

    def _show_brief(self, brief: Brief) -> None:
        from crm_tui.ui.scheduling.brief_text import brief_text

        app = self.crm_app
        text = brief_text(brief, app.local, app.local_now(), partial(role_style, self), self._region, head=False)
        self.query_one("#brief", Static).update(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An outcome needs a call; another number needs one."""
        dial = self.dial
        if action in _ON_DIAL and dial is None:
            return False
        if action == "number":
            return dial is not None and len(dial.phones) > 1
        if action == "everybody":
            return self._me
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """Who is called."""
        dial = self.dial
        return (dial.entry.customer, dial.entry.name) if dial is not None else None

    @on(RowList.RowChosen, "#queue")
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        if (dial := self.dial) is not None:
            show_customer(self.crm_app, dial.entry.customer)

    def action_reached(self) -> None:
        """The log form with what is known; saved, the next call stands on top."""
        from crm_tui.ui.dialogs.log import open_log

        if (dial := self.dial) is not None:
            values = {"outcome": "good", "kind": dial.entry.kind}
            open_log(self, self.log_target(), plan=dial.entry.id, done=lambda _: self._made(), values=values)

    def _made(self) -> None:
        self._done += 1
        self._show_head()

    def action_no_answer(self) -> None:
        """Note the try; the next one is planned by rule."""
        if (dial := self.dial) is not None:
            plan = dial.entry.id
            self.change(lambda crm: crm.callbacks.no_answer(plan), self._tried)

    def _tried(self, answer: tuple[Any, datetime | None]) -> None:
        at = answer[1]
        self._made()
        if at is None:
            self.toast(t("No answer, and that was the last try. u takes it back"))
        else:
            self.toast(t("No answer; next try {when}. u takes it back", when=when_text(self, at)))

    def action_wrong(self) -> None:
        """The number that is shown is not his."""
        dial, number = self.dial, self.number
        if dial is not None:
            plan = dial.entry.id
            self.change(lambda crm: crm.callbacks.wrong_number(plan, number or None), self._wrong)

    def _wrong(self, answer: tuple[Any, list[str]]) -> None:
        left = answer[1]
        self._number = 0
        if left:
            self.toast(t("Wrong number thrown away; {n} left. u takes it back", n=len(left)))
        else:
            self._made()
            self.toast(t("Wrong number, and no other is known: the call is closed. u takes it back"))

    def action_later(self) -> None:
        """He asked to be called at another time."""
        from crm_tui.ui.dialogs.ask_move import AskMove

        dial = self.dial
        if dial is None:
            return
        plan, name = dial.entry.id, dial.entry.name

        def move(answer: tuple[datetime, str] | None) -> None:
            if answer is not None:
                said = t("Call later: {when}. u takes it back", when=when_text(self, answer[0]))
                self.change(lambda crm: crm.callbacks.call_later(plan, answer[0]), lambda _: self.toast(said))

        self.app.push_screen(AskMove(t("Call later: {name}", name=name), self.crm_app.local_now(), why=False), move)

    def action_skip(self) -> None:
        """The next one; this one stays where it is."""
        self.rows.action_move(1)

    def action_number(self) -> None:
        """Another of his numbers."""
        self._number += 1
        self._show_call()

    def action_brief(self) -> None:
        """What one should know before the call."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if (dial := self.dial) is not None:
            self.app.push_screen(BriefDialog(dial.entry.customer))

    def action_everybody(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self.reload(None)

    def action_back(self) -> None:
        """Where one came from."""
        leave(self, "schedule")
