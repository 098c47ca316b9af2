"""Reading contacts one after the other: what was planned, what took place, a comment that goes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.services.agenda import Entry
from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import Prose, role_style
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.entry_text import MARKS, state_text
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.when import clock, weekday
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes


class Review(CrmDialog[bool]):
    """One contact at a time; the result says whether anything was acknowledged.

    Args:
        title: whose and when, in the reader's language.
        entries: to be read, in order.
    """

    AUTO_FOCUS = "VerticalScroll"
    CSS = """
    Review .dialog { width: 84; height: auto; min-height: 16; max-height: 94%; padding: 1 2; }
    Review #record { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket,right,n", "step(1)", "Next record", id="review.next"),
        Binding("left_square_bracket,left", "step(-1)", "Record before", id="review.before", show=False),
        Binding("a,space", "acknowledge", "Read it", id="review.acknowledge"),
        Binding("c", "comment", "Comment", id="review.comment"),
        Binding("enter", "card", "Card", id="review.card"),
        Binding("j,down", "scroll(1)", "Down", id="review.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="review.up", show=False),
        Binding("q", "close", "Back", id="review.close", show=False),
    ]

    def __init__(self, title: str, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._heading, self._entries, self._at = title, list(entries), 0
        self._measured: dict[str, str] = {}
        self._changed = False

    def compose(self) -> ComposeResult:
        """One text in a frame."""
        with VerticalScroll(classes="dialog"):
            yield Static(id="record")

    def start(self) -> None:
        """The first one that nobody has read."""
        self._at = next((at for at, one in enumerate(self._entries) if not one.reviewed), 0)
        self.retitle()
        self.load(partial(_measures, [one.id for one in self._entries]), self._have_measures, group="measures")

    def _have_measures(self, measured: dict[str, str]) -> None:
        self._measured = measured
        self.retitle()

    @property
    def entry(self) -> Entry:
        """The one that is read."""
        return self._entries[self._at]

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        frame = self.query_one(VerticalScroll)
        count = t("{n} of {total}", n=self._at + 1, total=len(self._entries))
        frame.border_title = safe(f"{self._heading} · {count}").replace("[", "\\[")
        frame.border_subtitle = t("\\[ ]  next   a  read   c  comment   Enter  card   Esc  back")
        self.query_one("#record", Static).update(self._text())
        frame.scroll_home(animate=False)

    def _text(self) -> Group:
        entry, muted = self.entry, role_style(self, "muted")
        mark, role = MARKS[entry.state]
        head = Text().append(f"{mark} ", role_style(self, role)).append(safe(entry.name), "bold")
        kind = choice_text("visits", "kind", entry.kind)
        head.append(f"\n{kind} · {state_text(entry.state)}", role_style(self, role))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style=muted)
        grid.add_column(overflow="fold")
        for label, said, colour in self._lines(entry):
            grid.add_row(label, Prose(Text(safe(said), role_style(self, colour))))
        return Group(Prose(head), Text(), grid)

    def _lines(self, entry: Entry) -> list[tuple[str, str, Role]]:
        today = self.crm_app.local_now().date()

        def when(at: datetime | None) -> str:
            return f"{weekday(at.date())} {clock(at, today)}" if at is not None else ""

        minutes = t("{n} min", n=entry.minutes) if entry.minutes else ""
        took, planned = when(entry.started), when(entry.planned)
        found: list[tuple[str, str, Role]] = [
            (t("Planned"), f"{planned}  {minutes}" if planned and not took else planned, ""),
            (t("At first"), when(entry.first), "warn"),
            (t("Took place"), f"{took}  {minutes}" if took else "", ""),
            (t("Why"), entry.reason, "warn"),
            (t("What for"), entry.topic, ""),
            (t("Summary"), entry.summary, ""),
            (t("Outcome"), choice_text("visits", "outcome", entry.outcome), ""),
            (t("Measured"), self._measured.get(entry.id, ""), ""),
            (t("Place"), entry.place, ""),
            (t("Person"), entry.person_name, ""),
        ]
        found = [line for line in found if line[1]]
        read: tuple[str, Role] = ("+ " + t("read"), "good") if entry.reviewed else ("? " + t("not read yet"), "muted")
        found.append((t("Reading"), *read))
        if entry.comment:
            found.append((t("Comment"), entry.comment, "accent"))
        return found

    def action_step(self, by: int) -> None:
        """The next record, or the one before."""
        at = self._at + by
        if not 0 <= at < len(self._entries):
            self.toast(t("This was the last record") if by > 0 else t("This is the first record"))
            return
        self._at = at
        self.retitle()

    def action_acknowledge(self) -> None:
        """Say that it was read, and go on."""
        self._review(None, then_next=True)

    def action_comment(self) -> None:
        """Comment it; the comment goes back with the next bundle."""
        from crm_tui.ui.dialogs.ask import AskLine

        def commented(text: str | None) -> None:
            if text is not None:
                self._review(text, then_next=False)

        self.app.push_screen(AskLine(t("Comment: {name}", name=self.entry.name), self.entry.comment), commented)

    def _review(self, comment: str | None, *, then_next: bool) -> None:
        visit = self.entry.id

        def work(crm: Crm) -> tuple[Changes, Entry]:
            changes = crm.team.acknowledge([visit], comment)
            return changes, crm.agenda.of_ids([visit])[0]

        def done(answer: tuple[Changes, Entry]) -> None:
            place = next((at for at, one in enumerate(self._entries) if one.id == visit), None)
            if place is not None:
                self._entries[place] = answer[1]
            self._changed = True
            if then_next and self._at + 1 < len(self._entries):
                self._at += 1
            self.retitle()

        self.change(work, done)

    def action_card(self) -> None:
        """The customer's card; Esc comes back here."""
        from crm_tui.ui.palette import show_customer

        show_customer(self.crm_app, self.entry.customer)

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _measures(visits: Sequence[str], crm: Crm) -> dict[str, str]:
    """What was measured or ticked off, as a sentence by visit."""
    found = {}
    for visit, row in crm.visits.by_ids(visits).items():
        values = json.loads(row["measured"] or "{}")
        steps = {str(step["key"]): step for step in crm.checklist_steps.for_kind(str(row["kind"]))}
        parts = []
        for key, value in values.items():
            step = steps.get(key, {})
            label = step.get("label_zh" if language() == "zh" else "label_en") or key
            unit = step.get("unit") or ""
            parts.append(f"{label} {value:,} {unit}".rstrip() if unit else (label if value else f"{label}: –"))
        if parts:
            found[visit] = " · ".join(parts)
    return found
