"""The line on top (where I am, who I am) and the line at the bottom (at most seven keys that work now)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.widget import Widget

from crm_tui.ui.colors import color_style
from crm_tui.ui.keys import key_name
from crm_tui.ui.screens import SCREENS
from crm_tui.ui.text import cut, safe, width
from crm_tui.words import t

if TYPE_CHECKING:
    from textual.screen import Screen

    from crm_tui.ui.app import CrmApp
    from crm_tui.ui.screen import CrmScreen

MOST_KEYS = 7
BRAND = "crm-tui  "
LEAST_NAME = 12
"""Cells of the person's name for which the brand gives way."""


class TopLine(Widget):
    """The screens with the present one in brackets, and at the right whose screen it is."""

    DEFAULT_CSS = """
    TopLine { height: 1; color: $muted; background: $background; padding: 0 1; }
    """
    COMPONENT_CLASSES = {"top-line--here"}  # noqa: RUF012 - Textual's own declaration
    waiting = 0
    """Conflicts that wait for a choice; they stand beside the screen that leads to them."""

    def on_mount(self) -> None:
        """Follow the language and the person."""
        app = cast("CrmApp", self.app)
        app.spoken.subscribe(self, lambda _: self.refresh())
        app.data_changed.subscribe(self, lambda _: self._changed())
        if app.crm is not None:
            self._changed()

    def _changed(self) -> None:
        self.refresh()
        load = getattr(self.screen, "load", None)  # the curtain before the first screen reads nothing
        if load is not None:
            load(lambda crm: crm.conflicts.count(), self._counted, group="top-line")

    def _counted(self, waiting: int) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.refresh()

    def render(self) -> Text:
        """The whole line."""
        app = cast("CrmApp", self.app)
        here = cast("CrmScreen", self.screen).PLACE
        if all(place.name != here for place in SCREENS):
            here = app.current_mode
        who = safe(app.who)
        if app.masked:
            who = f"# {t('masked')}  {who}".rstrip()
        line = Text(no_wrap=True, end="")
        titles = self._titles(here)
        needed = sum(width(text) for _, text in titles) + width(self._waits())
        if needed + width(BRAND) + min(width(who), LEAST_NAME) + 2 <= self.size.width:
            line.append(BRAND, "bold")
        room = self.size.width - width(line.plain) - min(width(who), LEAST_NAME) - 2
        for name, text in self._shortened(titles, here, room):
            line.append(text, color_style(app, "accent", bold=True) if name == here else "")
            if name == "sync":
                line.append(self._waits(), color_style(app, "warn"))
        who = cut(who, max(0, self.size.width - width(line.plain) - 2))
        line.append(" " * max(0, self.size.width - width(line.plain) - width(who)))
        line.append(who, color_style(app, "warn") if app.masked else "")
        return line

    def _waits(self) -> str:
        return f"?{self.waiting:,} " if self.waiting else ""

    def _titles(self, here: str) -> list[tuple[str, str]]:
        """Names and titles of the screens with a digit and of the present one, which stands in brackets."""
        found = []
        for place in SCREENS:
            if place.key or place.name == here:
                title = f"{place.key} {t(place.title)}".strip()
                found.append((place.name, f"[{title}]" if place.name == here else f" {title} "))
        return found

    def _shortened(self, titles: list[tuple[str, str]], here: str, room: int) -> list[tuple[str, str]]:
        """As many titles as there is room for, closer together if need be; of the others the digits, from the right."""
        left = sum(width(text) for _, text in titles) + width(self._waits()) - room
        keys = {place.name: place.key for place in SCREENS}
        found = list(titles)
        if left > 0:
            found = [(name, text if name == here else text.removesuffix(" ")) for name, text in found]
            left -= len(found) - 1
        for at in reversed(range(len(found))):
            name, text = found[at]
            if left > 0 and name != here:
                found[at] = (name, f" {keys[name]}")
                left -= width(text) - width(found[at][1])
        return found


class KeyLine(Widget):
    """The keys that work now, in the reader's language; the last one always opens the whole list."""

    DEFAULT_CSS = """
    KeyLine { height: 1; color: $muted; background: $background; padding: 0 1; dock: bottom; }
    """

    def on_mount(self) -> None:
        """Follow the focus and the language."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        cast("CrmApp", self.app).spoken.subscribe(self, lambda _: self.refresh())

    def _follow(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Text:
        """As many keys as there is room for."""
        accent = color_style(self.app, "accent")
        items: list[tuple[str, str]] = []
        seen: set[str] = set()
        focused = self.screen.focused
        typing = focused is not None and focused.check_consume_key("question_mark", "?")
        last = ("f1" if typing else "?", t("Keys"))
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in seen and binding.action not in ("help", "app.help"):
                seen.add(binding.action)
                items.append((key_name(binding.key), t(binding.description)))
        line = Text(no_wrap=True, end="")
        room = self.size.width - width("  ".join(last))
        for key, what in items[: MOST_KEYS - 1]:
            if width(line.plain) + width(key) + width(what) + 3 > room:
                break
            line.append(key, accent)
            line.append(f" {what}  ")
        line.append(last[0], accent)
        line.append(f" {last[1]}")
        return line
