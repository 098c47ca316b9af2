"""*Greetings*: birthdays, solar and lunar, anniversaries and festivals of the coming days."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.rules.phones import show_phone
from crm_tui.ui.fields import choice_text
from crm_tui.ui.list_screen import ListScreen
from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.text import cut, safe
from crm_tui.ui.when import date_text, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.greetings import Greeting
    from crm_tui.store.database import Changes

AHEAD = 14
_STATES: dict[str, tuple[str, Role]] = {
    "due": ("*", "warn"), "planned": (">", ""), "sent": ("+", "muted"), "held": ("x", "bad"),
}  # fmt: skip


def read_greetings(crm: Crm, everybody: bool) -> tuple[list[Greeting], bool]:
    """The queue, in a thread; and whether it is known who sits here."""
    me = crm.people.me()
    return crm.greetings.queue(None if everybody or me is None else str(me["id"]), AHEAD), me is not None


class GreetingsScreen(ListScreen):
    """One list; below it what is known for a line of one's own."""

    PLACE = "greetings"
    TITLE_TEXT = "Greetings"
    CSS_PATH = "greetings.tcss"
    LIST = AUTO_FOCUS = "#greetings"
    HOME = "schedule"
    WAITS = frozenset({"sent", "plan", "brief", "everybody"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sent", "Sent", id="greetings.sent"),
        Binding("p", "plan", "Plan it", id="greetings.plan"),
        Binding("b", "brief", "Brief", id="visits.brief"),
        Binding("o", "everybody", "Mine / all", id="greetings.everybody"),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Greeting] | None = None
        self._everybody = self._me = False

    def body(self) -> ComposeResult:
        """Head line, list, care notes."""
        yield Static(id="head")
        yield RowList(id="greetings")
        yield Static(id="care")

    def retitle(self) -> None:
        """Columns, head line, empty state."""
        self.rows.set_columns(
            (
                Column(t("When"), 15),
                Column(t("Whom to greet"), flex=2, least=10),
                Column(t("Customer"), flex=2, from_width=70, least=10),
                Column(t("What"), flex=1, least=12),
                Column(t("Phone"), 16, from_width=84),
                Column(t("State"), 16, from_width=60, role="muted"),
            )
        )
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read the queue again."""
        everybody = self._everybody
        self.load(lambda crm: read_greetings(crm, everybody), self._read)

    def _read(self, answer: tuple[list[Greeting], bool]) -> None:
        self._found, self._me = answer
        self._show()

    def _show(self) -> None:
        if self._found is None:
            self.rows.set_empty(t("Opening the file …"))
        else:
            self.rows.set_empty(
                t(
                    "Nobody is to be greeted within {n} days.\n\nKey dates on a card (birthdays …) come up here.",
                    n=AHEAD,
                )
            )
        show_again(self.rows, [self._row(one) for one in self._found or ()])
        line = Text(no_wrap=True, overflow="ellipsis", end="").append(t("Greetings"), "bold")
        due = sum(one.state == "due" for one in self._found or ())
        line.append("  " + t("{n} to greet within {days} days", n=due, days=AHEAD))
        whose = t("everybody's") if self._everybody or not self._me else t("mine")
        line.append(f" · {whose}", role_style(self, "muted"))
        self.query_one("#head", Static).update(line)
        self._show_care()
        self.refresh_bindings()

    def _row(self, one: Greeting) -> Row:
        mark, role = _STATES[one.state]
        today = self.crm_app.local_now().date()
        when = t("today") if one.days == 0 else f"{weekday(one.on)} {date_text(one.on, today)}"
        what = one.label or choice_text("key_dates", "kind", one.kind)
        if one.age:
            what += f" {one.age}"
        if one.lunar:
            what += " " + t("(lunar)")
        number = show_phone(one.phones[0], self._region) if one.phones else ""
        state = {"due": "", "planned": t("planned"), "sent": t("sent"), "held": t("held: a complaint")}[one.state]
        quiet: Role = "muted" if one.state in ("sent", "held") else ""
        return Row(one.id, (f"{mark} {when}", one.whose, one.name, what, number, state), quiet, (role,))

    @property
    def _region(self) -> str:
        return self.crm_app.crm.region if self.crm_app.crm is not None else "CN"

    @property
    def greeting(self) -> Greeting | None:
        """The one under the cursor."""
        at = self.rows.cursor if self._ready else -1
        return self._found[at] if self._found is not None and 0 <= at < len(self._found) else None

    @on(RowList.RowHighlighted, "#greetings")
    def _highlighted(self) -> None:
        self._show_care()
        self.refresh_bindings()

    def _show_care(self) -> None:
        care = self.query_one("#care", Static)
        one = self.greeting
        care.display = one is not None and bool(one.personal)
        if one is not None:
            care.update(Text(cut(safe(f"{t('Care')}: {one.personal}"), max(0, self.size.width - 2))))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What was sent is not sent again; what is held back can be sent all the same."""
        one = self.greeting
        if action in ("sent", "plan"):
            fits = one is not None and one.state in (("due", "planned", "held") if action == "sent" else ("due",))
            return fits and super().check_action(action, parameters)
        if action == "brief":
            return one is not None and super().check_action(action, parameters)
        if action == "everybody":
            return self._me and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """Whose date it is."""
        one = self.greeting
        return (one.customer, one.name) if one is not None else None

    @on(RowList.RowChosen, "#greetings")
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        if (one := self.greeting) is not None:
            show_customer(self.crm_app, one.customer)

    def action_sent(self) -> None:
        """Log that it was sent, with the words if one likes."""
        from crm_tui.ui.dialogs.ask_move import AskWhy

        one = self.greeting
        if one is None:
            return

        def sent(words: str | None) -> None:
            if words is not None:
                said = t("Greeted: {name}. u takes it back", name=one.whose)
                self.change(lambda crm: crm.greetings.sent(one, None, words), lambda _: self.toast(said))

        self.app.push_screen(AskWhy(t("Greeting to {name}", name=one.whose), t("the words (may stay empty)")), sent)

    def action_plan(self) -> None:
        """Plan it for its day."""
        if (one := self.greeting) is not None:
            said = t("Planned: {name}. u takes it back", name=one.whose)
            self.change(lambda crm: crm.greetings.plan(one), lambda _: self.toast(said))

    def action_brief(self) -> None:
        """What one should know before writing."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if (one := self.greeting) is not None:
            self.app.push_screen(BriefDialog(one.customer))

    def action_everybody(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self.reload(None)
