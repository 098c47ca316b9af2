"""One line becomes a plan, a logged contact or a series: who, when, what kind, how long, in any order and language.

While one types, the parts that were understood stand below the line, and what is unclear with the reason. Enter saves;
where a name may be several customers' it asks. A line that tells what took place and what comes next does both in one
action. What is left with Esc is kept as a draft; the next time it stands there chosen, so that typing replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from crm_tui.errors import CrmError
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import Prose, role_style
from crm_tui.ui.rows import Role
from crm_tui.ui.screen import CrmDialog, WorkingScreen
from crm_tui.ui.text import fit, safe, width
from crm_tui.ui.when import clock, date_text, weekday
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.captures import Understood
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

DRAFT = "visits.capture:"
_ROLES: dict[str, Role] = {
    "who": "accent", "when": "good", "repeat": "good", "kind": "warn", "minutes": "warn", "person": "accent",
    "unclear": "bad",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A line that was read.

    Attributes:
        line: as typed.
        understood: what it means.
        person: name of whose it is, where the line says so.
        days: the first days of a series.
        assumed: whether the customer is the one under the cursor, since the line names nobody.
        next_person: name of whose the next step is, where the line says so.
    """

    line: str
    understood: Understood
    person: str
    days: tuple[datetime, ...]
    assumed: bool
    next_person: str = ""


def read_line(crm: Crm, line: str, target: tuple[str, str] | None) -> Reading:
    """Read a line in a thread; who is named in it stands above who is under the cursor."""
    understood = crm.captures.read(line)
    assumed = not understood.choices and target is not None and bool(line.strip())
    if assumed and target is not None:
        understood = crm.captures.read(line, customer=target[0])
    person, next_person = (
        str(crm.people.get(one)["name"]) if one else "" for one in (understood.person, understood.next_person)
    )
    rule = understood.rule
    zone = crm.local_now().tzinfo
    days = tuple(one.at.astimezone(zone) for one in crm.series.preview(rule, 3)) if rule is not None else ()
    return Reading(line, understood, person, days, assumed, next_person)


class Spans(Highlighter):
    """Colours the parts of the line that were understood, and those that were not."""

    def __init__(self, dialog: CaptureDialog) -> None:
        self._dialog = dialog

    def highlight(self, text: Text) -> None:
        """Only what still stands there as it was read."""
        reading = self._dialog.reading
        if reading is None:
            return
        for span in reading.understood.captured.spans:
            role = _ROLES.get(span.what)
            if role and text.plain[: span.end] == reading.line[: span.end]:
                style = role_style(self._dialog, role)
                text.stylize(style + Style(underline=True) if role == "bad" else style, span.start, span.end)


class CaptureDialog(CrmDialog[Any]):
    """The line at the bottom of the screen, what it means above it. The result is what was written.

    Args:
        target: id and name of the customer under the cursor, for a line that names nobody.
        text: what stands in the line at first; a draft that was left if "".
    """

    AUTO_FOCUS = "Input"
    CSS = """
    CaptureDialog { align: center bottom; }
    CaptureDialog .dialog { width: 100; margin-bottom: 1; }
    CaptureDialog Input, CaptureDialog Input:focus { border: none; height: 1; padding: 0; background: $surface; }
    CaptureDialog Input { color: $foreground; }
    CaptureDialog #means { height: auto; margin-top: 1; }
    """

    def __init__(self, target: tuple[str, str] | None, text: str = "") -> None:
        super().__init__()
        self._target, self._text = target, text
        self.reading: Reading | None = None
        self._save_when_read = self._saving = self._busy = False
        self._refusal = self._left = ""

    def compose(self) -> ComposeResult:
        """A line in a frame, and what it means."""
        with Vertical(id="capture", classes="dialog"):
            yield Input(self._text, compact=True, select_on_focus=False, highlighter=Spans(self))
            yield Static(id="means")

    @property
    def line(self) -> Input:
        """Where one types."""
        return self.query_one(Input)

    def start(self) -> None:
        """Offer what was left here before."""
        self.retitle()
        # What reading needs is loaded while one begins to type.
        self.load(lambda crm: crm.captures.read("王 "), lambda _: None, group="warm")
        if self._text:
            self.line.cursor_position = len(self._text)
            self._read(self._text)
        else:
            self.load(lambda crm: crm.drafts.get(DRAFT), self._offer, group="draft-read")

    def _offer(self, draft: dict[str, str] | None) -> None:
        if draft and not self.line.value:
            self.line.value = self._left = draft.get("line", "")
            self.line.select_all()

    def retitle(self) -> None:
        """The frame in the language that is spoken."""
        frame = self.query_one("#capture")
        frame.border_title = self._title()
        frame.border_subtitle = t("Enter  save   Esc  keep as draft")
        self.line.placeholder = t("who, when, what kind, what, how long; in any order")
        self._show()

    def _title(self) -> str:
        if self.reading is None or not self.reading.line.strip():
            return t("One line")
        if self.reading.understood.rule is not None:
            return t("Plan a series")
        if self.reading.understood.next_start is not None:
            return t("Log it and plan the next step")
        return t("Log what took place") if self.reading.understood.past else t("Plan")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._refusal = ""
        self._read(event.value)

    def _read(self, line: str) -> None:
        """Read the line, one at a time: keys that come faster than they can be read wait for the last of them."""
        if self._busy:
            return
        self._busy = True

        def work(crm: Crm) -> Reading:
            try:
                return read_line(crm, line, self._target)
            finally:
                self._busy = False

        self.load(work, self._have_read, group="capture")

    def _have_read(self, reading: Reading) -> None:
        if reading.line != self.line.value:
            self._read(self.line.value)
            return
        self.reading = reading
        self.query_one("#capture").border_title = self._title()
        self._show()
        self.line.refresh()
        if self._save_when_read:
            self._save_when_read = False
            self._save(reading)

    def _show(self) -> None:
        text = Text()
        if self.reading is None or not self.reading.line.strip():
            text.append(safe_lines(examples()), role_style(self, "muted"))
        else:
            now = self.crm_app.local_now()
            parts = meaning(self.reading, now)
            room = max(width(label) for label, _, _ in parts)
            for number, (label, said, role) in enumerate(parts):
                text.append("\n" if number else "")
                text.append(fit(label, room, "right") + "  ", role_style(self, "muted"))
                text.append(safe(said), role_style(self, role))
        if self._left and self._left == self.line.value:
            said = t("left here before: typing replaces it, End goes on with it")
            text.append(f"\n{said}", role_style(self, "muted"))
        if self._refusal:
            text.append(f"\nx {safe(self._refusal)}", role_style(self, "bad"))
        self.query_one("#means", Static).update(Prose(text))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if not self.line.value.strip() or self._saving:
            return
        if self.reading is None or self.reading.line != self.line.value:
            self._save_when_read = True
        else:
            self._save(self.reading)

    def _save(self, reading: Reading) -> None:
        understood = reading.understood
        if len(understood.choices) > 1:
            who = understood.captured.who
            rows = [(one.id, one.name, "") for one in understood.choices]
            title = t("Which “{name}”?", name=who.text if who else "")
            self.app.push_screen(Choose(title, rows), partial(self._chosen, reading))
        elif understood.problem:
            self._refuse(understood.problem)
        else:
            self._write(reading, None)

    def _chosen(self, reading: Reading, customer: str | None) -> None:
        if customer is not None:
            self._write(reading, customer)

    def _write(self, reading: Reading, customer: str | None) -> None:
        self._saving = True

        def work(crm: Crm) -> Changes:
            changes = crm.captures.write(reading.understood, customer)
            crm.drafts.drop(DRAFT)
            return changes

        self.change(work, partial(self._written, reading, customer), failed=self._failed)

    def _written(self, reading: Reading, customer: str | None, changes: Changes) -> None:
        self.toast(written(reading.understood, customer, self.crm_app.local_now()))
        self.dismiss(changes)

    def _failed(self, error: CrmError) -> None:
        self._saving = False
        self._refuse(str(error))

    def _refuse(self, problem: str) -> None:
        self._refusal = problem
        self._show()

    def unsaved(self) -> tuple[str, dict[str, str]] | None:
        """What was typed, for the drafts."""
        typed = self.line.value
        return (DRAFT, {"line": typed}) if typed.strip() and typed != self._text and not self._saving else None

    def action_close(self) -> None:
        """Leave; what was typed is kept and offered again, an empty line is forgotten."""
        left = self.unsaved()
        if left is not None:
            self.crm_app.keep_draft(*left)
            self.toast(t("Kept as a draft"))
        elif not self.line.value.strip():
            self.load(lambda crm: crm.drafts.drop(DRAFT), lambda _: self.dismiss(None), group="draft-drop")
            return
        self.dismiss(None)


def written(understood: Understood, customer: str | None, now: datetime) -> str:
    """What was written, and how it is taken back."""
    named = next((one for one in understood.choices if one.id == customer), understood.customer)
    what = {"kind": choice_text("visits", "kind", understood.kind), "name": named.name if named else ""}
    at = understood.next_start or understood.start
    when = f"{weekday(at.date())} {clock(at, now.date())}" if at is not None else ""
    if understood.rule is not None:
        return t("Series planned: {kind}, {name}. u takes it back.", **what)
    if understood.next_start is not None:
        after = choice_text("visits", "kind", understood.next_kind)
        return t("Logged: {kind}, {name}; next: {after}, {when}. u takes it back.", after=after, when=when, **what)
    if understood.past:
        return t("Logged: {kind}, {name}. u takes it back.", **what)
    return t("Planned: {kind}, {name}, {when}. u takes it back.", when=when, **what)


def safe_lines(text: str) -> str:
    """Each line made safe."""
    return "\n".join(safe(line) for line in text.split("\n"))


def examples() -> str:
    """What one could type, in both languages."""
    return t(
        "call Northwind wed 3pm quote        a plan\n"
        "王芳 下周三15:00 回访 报价 30分钟     a plan, with its length\n"
        "visited Northwind yesterday ok      what took place\n"
        "昨天 拜访 华为 谈了新店，下周三 报价   what took place, and the next step\n"
        "每月最后一个工作日 华为 对账          a series\n"
        "… @Chen Wei                         whose it is"
    )


def meaning(reading: Reading, now: datetime) -> list[tuple[str, str, Role]]:
    """What the line means: label, text and colour of each part."""
    understood = reading.understood
    captured = understood.captured
    found: list[tuple[str, str, Role]] = [(t("Customer"), *_who(reading)), (t("When"), *_when(reading, now))]
    kind = choice_text("visits", "kind", understood.kind)
    if captured.kind is None:
        kind += " " + t("(not told)")
    about = [kind, t("{n} min", n=captured.minutes) if captured.minutes else "", reading.person]
    found.append((t("What"), " · ".join(filter(None, about)), ""))
    if captured.text:
        found.append((t("About"), captured.text, ""))
    if understood.next_start is not None:
        found.append((t("Next"), _next(reading, now), "good"))
    if understood.warning:
        found.append(("!", understood.warning, "bad"))
    for span in captured.unclear:
        said = f"“{captured.said(span)}”: {span.reason}" if span.reason else f"“{captured.said(span)}”"
        if span.choices:
            said += f" ({' / '.join(span.choices)})"
        found.append(("?", said, "bad"))
    told = (len(understood.choices) > 1, not understood.choices, understood.start is None and captured.repeat is None)
    if understood.problem and not any(told):
        found.append(("x", understood.problem, "bad"))
    return found


def _who(reading: Reading) -> tuple[str, Role]:
    choices = reading.understood.choices
    who = reading.understood.captured.who
    if not choices:
        return "? " + t("no customer is named that is known here"), "bad"
    if len(choices) > 1:
        names = ("、" if language() == "zh" else ", ").join(one.name for one in choices[:4])
        more = " …" if len(choices) > 4 else ""
        return "? " + t("{n} answer, Enter asks: {names}", n=len(choices), names=names + more), "warn"
    if reading.assumed:
        return f"{choices[0].name}  {t('(under the cursor)')}", ""
    said = who.text if who is not None and who.text not in choices[0].name else ""
    return choices[0].name + (f"  ({said})" if said else ""), "accent"


def _when(reading: Reading, now: datetime) -> tuple[str, Role]:
    understood = reading.understood
    when, start = understood.captured.when, understood.start
    if reading.days:
        days = [f"{weekday(at.date())} {date_text(at.date(), now.date())}" for at in reading.days]
        return t("series: {days} …", days=", ".join(days)) + f"  {reading.days[0]:%H:%M}", "good"
    if start is None or when is None:
        return "? " + t("no day is told"), "bad"
    said = f"{weekday(start.date())} {clock(start, now.date())}"
    if when.by:
        said = t("by {when}", when=said)
    if when.time is None and when.part is None:
        said += "  " + t("(no time told)")
    if understood.past:
        said += "  " + t("(took place)")
    return said, "good"


def _next(reading: Reading, now: datetime) -> str:
    """When, what kind and what for the next step is."""
    understood, following = reading.understood, reading.understood.captured.following
    if following is None or following.when is None or understood.next_start is None:
        return ""
    said = f"{weekday(understood.next_start.date())} {clock(understood.next_start, now.date())}"
    if following.when.by:
        said = t("by {when}", when=said)
    if following.when.time is None and following.when.part is None:
        said += "  " + t("(no time told)")
    kind = choice_text("visits", "kind", understood.next_kind)
    minutes = t("{n} min", n=following.minutes) if following.minutes else ""
    return " · ".join(filter(None, [said, kind, following.text, minutes, reading.next_person]))


def open_capture(screen: WorkingScreen[Any], target: tuple[str, str] | None, text: str = "") -> None:
    """Open the line over a screen."""
    screen.app.push_screen(CaptureDialog(target, text))
