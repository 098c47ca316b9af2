"""The fields of a form: a line of text, a note of several lines, something to choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from crm_tui.ui.colors import cursor_style
from crm_tui.ui.links import Option
from crm_tui.ui.text import fit, safe


class Moved(Message):
    """The person goes on to the next field (`step` 1) or back (-1); `enter` says that Enter was pressed."""

    def __init__(self, step: int, *, enter: bool = False) -> None:
        super().__init__()
        self.step, self.enter = step, enter


class Edited(Message):
    """A field was typed in."""


class TextBox(Input):
    """A line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "go(1)", "Next field", id="form.next", show=False),
        Binding("up", "go(-1)", "Field before", id="form.before", show=False),
        Binding("enter", "enter", "Next field, then save", id="form.enter", show=False),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__(text, compact=True, select_on_focus=True)

    def raw(self) -> str:
        """What stands in it."""
        return self.value

    def put(self, raw: str) -> None:
        """Put back what stood in it."""
        self.value = raw

    def action_go(self, step: int) -> None:
        """To another field."""
        self.post_message(Moved(step))

    def action_enter(self) -> None:
        """On to the next field; in the last one this saves."""
        self.post_message(Moved(1, enter=True))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if not isinstance(self.parent, PickBox):
            event.stop()
        self.post_message(Edited())


class NoteBox(TextArea):
    """A text of several lines; Enter goes on, ctrl+j begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,ctrl+n", "line", "New line", id="form.new_line"),
        Binding("enter", "enter", "Next field, then save", id="form.note_enter", show=False, priority=True),
    ]

    def __init__(self, text: str = "") -> None:
        super().__init__(text, compact=True, tab_behavior="focus", highlight_cursor_line=False, show_line_numbers=False)

    def raw(self) -> str:
        """What stands in it."""
        return self.text

    def put(self, raw: str) -> None:
        """Put back what stood in it."""
        self.load_text(raw)

    def on_focus(self) -> None:
        """What is typed first follows what stands there."""
        if self.cursor_location == (0, 0):
            self.move_cursor(self.document.end)

    def action_line(self) -> None:
        """A new line in the note."""
        self.insert("\n")

    def action_enter(self) -> None:
        """On to the next field; in the last one this saves."""
        self.post_message(Moved(1, enter=True))

    def action_cursor_up(self, select: bool = False) -> None:
        """In the first line, to the field before."""
        if not select and self.cursor_location[0] == 0:
            self.post_message(Moved(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """In the last line, to the next field."""
        if not select and self.cursor_location[0] == self.document.line_count - 1:
            self.post_message(Moved(1))
        else:
            super().action_cursor_down(select)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(Edited())


class PickInput(TextBox):
    """The line of a `PickBox`: arrows choose among what is offered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "offer(1)", "Choose", id="form.choose", show=False),
        Binding("up", "offer(-1)", "Choose", id="form.choose_back", show=False),
        Binding("escape", "shut", "Close the choices", id="form.shut", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc is this box's only while choices are open."""
        if action == "shut":
            return isinstance(self.parent, PickBox) and self.parent.open
        return True

    def action_offer(self, step: int) -> None:
        """Open the choices, then move in them."""
        assert isinstance(self.parent, PickBox)
        self.parent.move(step)

    def action_shut(self) -> None:
        """Close the choices."""
        assert isinstance(self.parent, PickBox)
        self.parent.shut()

    def action_enter(self) -> None:
        """Take what is chosen and go on."""
        assert isinstance(self.parent, PickBox)
        self.parent.take()
        super().action_enter()


class PickBox(Vertical):
    """Something to choose: typing narrows, arrows choose, Enter takes.

    Args:
        value: what is chosen at first (an id or a code), or None.
        text: how it is called.
        ask: called with what was typed; answers by `offer`, at once or later.
    """

    DEFAULT_CSS = """
    PickBox { height: 1; }
    PickBox > .pick--offer {
        overlay: screen; constrain: none inside; display: none; height: auto; width: 100%;
        background: $panel; color: $foreground;
    }
    PickBox.-open > .pick--offer { display: block; }
    """

    def __init__(self, value: str | None, text: str, ask: Callable[[PickBox, str], None]) -> None:
        super().__init__()
        self._value, self._text, self._ask = value, text, ask
        self._options: Sequence[Option] = ()
        self._at = -1

    def compose(self) -> ComposeResult:
        """A line and, under it, what is offered."""
        yield PickInput(self._text)
        yield Static(classes="pick--offer")

    @property
    def open(self) -> bool:
        """Whether choices are in sight."""
        return self.has_class("-open")

    @property
    def line(self) -> PickInput:
        """The line."""
        return self.query_one(PickInput)

    def raw(self) -> str:
        """The value and the text, for a draft."""
        return f"{self.chosen() or ''}\t{self.line.value}"

    def put(self, raw: str) -> None:
        """Put back what stood in it."""
        value, _, text = raw.partition("\t")
        self._value, self._text = value or None, text
        self.line.value = text

    def chosen(self) -> str | None:
        """The value, if what stands in the line is what was chosen."""
        return self._value if self.line.value and self.line.value == self._text else None

    def typed(self) -> str:
        """What stands in the line."""
        return self.line.value

    def rename(self, text: str) -> None:
        """The same value is called otherwise now."""
        if self.chosen() is not None:
            self._text = text
            with self.line.prevent(Input.Changed):
                self.line.value = text

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.line.has_focus and self.line.value != self._text:
            if self.line.value:
                self._at = 0
                self._ask(self, self.line.value)
            else:
                self.shut()

    def offer(self, options: Sequence[Option]) -> None:
        """Show what answers to what was typed."""
        self._options = options
        if not self.line.has_focus:
            # The focus has moved on: only what is beyond doubt is taken.
            exact = [one for one in options if one.text.casefold() == self.line.value.strip().casefold()]
            if len(exact) == 1:
                self._set(exact[0])
            return
        self._at = min(self._at, len(options) - 1)
        self.set_class(bool(options), "-open")
        self._draw()

    def move(self, step: int) -> None:
        """Open the choices, or move in them."""
        if not self.open:
            known = self.chosen()
            self._at = 0
            self._ask(self, "" if known is not None else self.line.value)
            self._at = next((place for place, one in enumerate(self._options) if one.value == known), 0)
        elif self._options:
            self._at = (self._at + step) % len(self._options)
        self._draw()

    def shut(self) -> None:
        """Offer nothing."""
        self._at = -1
        self.remove_class("-open")

    def take(self) -> None:
        """Take the choice under the cursor, if choices are open."""
        if self.open and 0 <= self._at < len(self._options):
            self._set(self._options[self._at])
        self.shut()

    def _set(self, option: Option) -> None:
        self._value, self._text = option.value, option.text
        with self.line.prevent(Input.Changed):
            self.line.value = option.text
        self.line.cursor_position = len(option.text)
        self.shut()
        self.post_message(Edited())

    def on_descendant_blur(self) -> None:
        """Leaving the box takes what is under the cursor, if something was typed for it."""
        if self.open and self.line.value != self._text:
            self.take()
        self.shut()

    def _draw(self) -> None:
        width = max(8, self.size.width - 2)
        lines = Text(no_wrap=True)
        chosen = cursor_style(self.app)
        for place, one in enumerate(self._options):
            said = safe(one.text) + (f"  {safe(one.hint)}" if one.hint else "")
            lines.append(f" {fit(said, width)} ", chosen if place == self._at else "")
            if place < len(self._options) - 1:
                lines.append("\n")
        self.query_one(".pick--offer", Static).update(lines)


Box = TextBox | NoteBox | PickBox
