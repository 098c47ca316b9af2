"""A form made from fields: labels right-aligned and quiet, errors beside their field, never longer than the screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from crm_tui.ui.colors import color_style
from crm_tui.ui.fields import FormField
from crm_tui.ui.links import Option, find
from crm_tui.ui.screen import working_screen
from crm_tui.ui.text import safe
from crm_tui.ui.typed import NotUnderstood, text_of, value_of, yes
from crm_tui.ui.widgets.boxes import Box, Edited, Moved, NoteBox, PickBox, TextBox
from crm_tui.words import language, t


class FieldRow(Horizontal):
    """One field: label, box, and what is wrong with it."""

    DEFAULT_CSS = """
    FieldRow { height: auto; }
    FieldRow.-gap { margin-top: 1; }
    FieldRow > .field--label { width: 17; text-align: right; color: $muted; padding-right: 1; }
    FieldRow > TextBox { width: 1fr; height: 1; }
    FieldRow > NoteBox { width: 1fr; height: 3; background: $panel; color: $foreground; }
    FieldRow > NoteBox:focus { background: $cursor; color: $cursor-text; }
    FieldRow > PickBox { width: 1fr; }
    FieldRow > .field--error { width: auto; max-width: 45%; color: $bad; padding-left: 1; display: none; }
    FieldRow.-wrong > .field--error { display: block; }
    """

    def __init__(self, field: FormField, box: Box) -> None:
        super().__init__(classes="-gap" if field.gap else "")
        self.field, self.box = field, box
        self.problem = ""
        self.absent = False
        self._error: Static | None = None

    def compose(self) -> ComposeResult:
        """Label and box; what is wrong stands beside them once something is: a form opens faster without it."""
        yield Static(self._label(), classes="field--label")
        yield self.box

    def _label(self) -> Text:
        label = Text(safe(self.field.label), no_wrap=True, overflow="ellipsis", justify="right")
        if self.field.required:
            label.append(" ·", color_style(self.app, "accent"))
        return label

    def retitle(self) -> None:
        """The label, and the name of a choice, in the language that is spoken."""
        self.query_one(".field--label", Static).update(self._label())
        if isinstance(self.box, PickBox) and self.field.link is None and (code := self.box.chosen()) is not None:
            self.box.rename(next((one.text for one in options_of(self.field) if one.value == code), code))

    def complain(self, text: str) -> None:
        """Show what is wrong beside the field; "" takes it away."""
        self.problem = text
        shown = Text("x " + safe(text)) if text else Text("")
        if self._error is not None:
            self._error.update(shown)
        elif text:
            self._error = Static(shown, classes="field--error")
            self.mount(self._error)
        self.set_class(bool(text), "-wrong")


class MoreLine(Static, can_focus=True):
    """Names what is not in sight; Enter brings it."""

    DEFAULT_CSS = """
    MoreLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; padding-left: 18; margin-top: 1; }
    MoreLine:focus { background: $cursor; color: $cursor-text; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "more", "More fields", id="form.more"),
        Binding("up", "back", "Field before", id="form.more_back", show=False),
    ]

    def action_more(self) -> None:
        """Show the rest of the form."""
        assert isinstance(self.parent, Form)
        self.parent.open_more()

    def action_back(self) -> None:
        """To the last field in sight."""
        self.post_message(Moved(-1))


class Form(VerticalScroll, can_focus=False):
    """The fields of one record.

    Args:
        fields: what is asked.
        values: stored values by field.
        names: what the records are called that values point to, by id.
        now: the present, local.
        customer: whose contacts can be chosen.
        room: lines that the form may take before "more".
    """

    DEFAULT_CSS = "Form { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }"

    class Changed(Message):
        """Something was typed."""

    class Finished(Message):
        """Enter was pressed in the last field."""

    def __init__(
        self,
        fields: Sequence[FormField],
        values: Mapping[str, Any],
        names: Mapping[str, str],
        now: datetime,
        *,
        customer: str | None = None,
        room: int = 16,
    ) -> None:
        super().__init__()
        self.now, self.customer = now, customer
        self.values = dict(values)
        self.rows = [FieldRow(field, self._box(field, names)) for field in _fitted(fields, room)]
        self.first: dict[str, str] = {}

    def _box(self, field: FormField, names: Mapping[str, str]) -> Box:
        value = self.values.get(field.name)
        text = text_of(field, value, self.now)
        if field.link is not None:
            return PickBox(value, names.get(str(value), text), partial(self._ask_link, field))
        if field.choices or field.kind == "flag":
            code = None if value is None else str(value)
            return PickBox(code, text, partial(self._ask_choice, field))
        return NoteBox(text) if field.kind == "note" else TextBox(text.replace("\n", " "))

    def compose(self) -> ComposeResult:
        """Rows in sight, then the line that stands for the rest."""
        for row in self.rows:
            row.display = not row.field.more
            yield row
        more = [row.field.label for row in self.rows if row.field.more]
        if more:
            yield MoreLine(self._more_text())

    def _more_text(self) -> Text:
        hidden = [row.field for row in self.rows if not row.display and not row.absent]
        filled = sum(self.values.get(field.name) is not None for field in hidden)
        said = "+ " + t("more") + (f" ({filled})" if filled else "") + ": "
        return Text(said + safe(", ".join(field.label for field in hidden)), no_wrap=True, overflow="ellipsis")

    def retitle(self) -> None:
        """Every label in the language that is spoken."""
        for row in self.rows:
            row.retitle()
        for line in self.query(MoreLine):
            line.update(self._more_text())

    def open_more(self, focus: bool = True) -> None:
        """Show the rest of the form."""
        hidden = [row for row in self.rows if not row.display and not row.absent]
        for row in hidden:
            row.display = True
        self.query(MoreLine).remove()
        if hidden and focus:
            self._focus(hidden[0])

    def leave_out(self, names: Collection[str]) -> None:
        """Ask everything but these fields: the others say that they mean nothing now."""
        for row in self.rows:
            absent = row.field.name in names
            if absent != row.absent:
                row.absent = absent
                row.display = not absent and not (row.field.more and bool(self.query(MoreLine)))

    def row(self, name: str) -> FieldRow | None:
        """The row of a field."""
        return next((row for row in self.rows if row.field.name == name), None)

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field."""
        row = self.row(name)
        if row is not None:
            if not row.display:
                self.open_more(focus=False)
            self._focus(row)

    def focus_first(self) -> None:
        """Put the cursor into the first empty required field, else the first one."""
        shown = [row for row in self.rows if row.display]
        empty = [row for row in shown if row.field.required and not row.box.raw().strip()]
        if shown:
            self._focus((empty or shown)[0])

    def _focus(self, row: FieldRow) -> None:
        target = row.box.line if isinstance(row.box, PickBox) else row.box
        target.focus()
        row.scroll_visible(animate=False)

    def raw(self) -> dict[str, str]:
        """What stands in every field, for a draft."""
        return {row.field.name: row.box.raw() for row in self.rows}

    @property
    def touched(self) -> bool:
        """Whether anything differs from how the form was opened."""
        return self.raw() != self.first

    def remember_first(self) -> None:
        """What stands in the form now counts as untouched."""
        self.first = self.raw()

    def put(self, content: Mapping[str, str]) -> None:
        """Put a draft back."""
        for row in self.rows:
            if row.field.name in content:
                row.box.put(content[row.field.name])

    def read(self) -> dict[str, Any] | None:
        """Every value as the services take it; None if a field means nothing, which then stands beside it."""
        found, wrong = self.peek()
        self.complain(wrong)
        return None if wrong else found

    def peek(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Every value so far, and what is wrong with others, without saying so; what is left out is None."""
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for row in self.rows:
            try:
                found[row.field.name] = None if row.absent else self._value(row)
            except NotUnderstood as error:
                wrong[row.field.name] = str(error)
        return found, wrong

    def _value(self, row: FieldRow) -> Any:
        box = row.box
        if not isinstance(box, PickBox):
            return value_of(row.field, box.raw(), self.now)
        typed = box.typed().strip()
        if not typed:
            return None
        value = box.chosen()
        if value is None and row.field.link is None:
            exact = [one for one in options_of(row.field) if typed.casefold() in (one.text.casefold(), one.value)]
            value = exact[0].value if exact else None
        if value is None:
            raise NotUnderstood(t("choose one of the list (down)"))
        return int(value) if row.field.kind == "flag" else value

    def complain(self, problems: Mapping[str, str]) -> list[str]:
        """Show sentences beside their fields; those of fields that the form has not are given back."""
        for row in self.rows:
            row.complain(problems.get(row.field.name, ""))
        wrong = [row for row in self.rows if row.problem and not row.absent]
        if any(not row.display for row in wrong):
            self.open_more(focus=False)
        if wrong:
            self._focus(wrong[0])
        known = {row.field.name for row in self.rows if not row.absent}
        return [f"{name}: {text}" for name, text in problems.items() if name not in known]

    def _ask_choice(self, field: FormField, box: PickBox, typed: str) -> None:
        text = typed.strip().casefold()
        hits = [one for one in options_of(field) if not text or text in f"{one.text} {one.value} {one.hint}".casefold()]
        box.offer(hits or (options_of(field) if not text else []))

    def _ask_link(self, field: FormField, box: PickBox, typed: str) -> None:
        assert field.link is not None
        noun = field.link

        def show(options: list[Option]) -> None:
            if box.is_attached:
                box.offer(options)

        working_screen(self).load(
            lambda crm: find(crm, noun, typed, self.customer), show, group=f"pick-{id(self)}-{field.name}"
        )

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()

    @on(Moved)
    def _moved(self, event: Moved) -> None:
        event.stop()
        shown = [row for row in self.rows if row.display]
        at = next((place for place, row in enumerate(shown) if row.has_pseudo_class("focus-within")), len(shown))
        target = at + event.step
        if 0 <= target < len(shown):
            self._focus(shown[target])
        elif event.step > 0 and event.enter:
            self.post_message(self.Finished())
        elif event.step > 0:
            for line in self.query(MoreLine):
                line.focus()


def options_of(field: FormField) -> list[Option]:
    """What a choice can be, in the language that is spoken; the other language helps to find it."""
    if field.kind == "flag":
        return [Option("1", yes(True)), Option("0", yes(False))]
    zh = language() == "zh"
    return [
        Option(one.code, one.zh if zh else one.en, "" if one.en == one.zh else (one.en if zh else one.zh))
        for one in field.choices
    ]


def _fitted(fields: Sequence[FormField], room: int) -> list[FormField]:
    """Move what does not fit into `room` lines under "more"; at least four fields stay."""
    found: list[FormField] = []
    used = 0
    for field in fields:
        lines = (3 if field.kind == "note" else 1) + field.gap
        fits = used + lines <= room or len(found) < 4
        if fits and not field.more:
            used += lines
        found.append(field if fits or field.more else replace(field, more=True))
    return sorted(found, key=lambda field: field.more)
