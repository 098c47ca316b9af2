"""*Setup*: every action that has a key, the person's own keys, and which of them clash."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from crm_tui.ui.keys import Bound, all_declared, check_keymap, key_name
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.text import width
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

_KEY = 16
"""Cells of the column of keys."""


class KeysSection(Section):
    """The list of keys, with the ids that the settings use."""

    NAME, TITLE = "keys", "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Other key", id="keys.edit"),
        Binding("d,delete", "reset", "As it was", id="keys.reset"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._bound: list[Bound] = []
        self._own: dict[str, str] | None = None
        self._problems: tuple[str, ...] = ()

    @property
    def own(self) -> dict[str, str]:
        """The person's own keys, by id."""
        if self._own is None:
            self._own = dict(self.crm_app.options.keys)
        return self._own

    def about(self) -> str:
        """What it is for, or what is wrong."""
        if self._problems:
            return "\n".join(f"! {one}" for one in self._problems[:6])
        return t("Every action and its key. e gives it another one (“none” takes it away), d the one it came with.")

    def retitle(self) -> None:
        """Columns."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("Key"), _KEY, role="accent"),
                Column(t("Does"), flex=3),
                Column(t("Name in the settings"), flex=3, role="muted", from_width=64),
                Column("", 6, role="warn"),
            )
        )
        self._show()

    def reload(self) -> None:
        """Gather every binding of the program; the first time imports each screen."""
        self.work.load(lambda _: all_declared(), self._gathered, group="setup-keys")

    def _gathered(self, bound: list[Bound]) -> None:
        self._bound = bound
        self._check()

    def _check(self) -> None:
        checked = check_keymap(self.own, self._bound)
        self.app.set_keymap(checked.keymap)
        self._problems = checked.problems
        super().retitle()
        self._show()

    def _show(self) -> None:
        found: dict[str, Bound] = {}
        for one in self._bound:
            found.setdefault(one.id, one)
        rows = []
        for name in sorted(found):
            one = found[name]
            if not one.description:
                continue
            keys = self.own[name].split(",") if name in self.own else list(one.keys)
            said = _fitting([key_name(key.strip()) for key in keys])
            rows.append(Row(name, (said, t(one.description), name, "* " + t("own") if name in self.own else "")))
        show_again(self.rows, rows)
        self.screen.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a key of one's own can be given up."""
        row = self.rows.cursor_row
        if action == "reset":
            return row is not None and row.id in self.own
        if action == "edit":
            return row is not None
        return super().check_action(action, parameters)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self.action_edit()

    def action_edit(self) -> None:
        """Ask for another key."""
        from crm_tui.ui.dialogs.ask import AskLine

        row = self.rows.cursor_row
        if row is None:
            return
        name, what = row.id, row.cells[1]
        now = self.own.get(name) or ",".join(next(one.keys for one in self._bound if one.id == name))

        def take(typed: str | None) -> None:
            if typed and typed != now:
                self._keep({**self.own, name: typed})

        self.app.push_screen(AskLine(t("Key for: {what}", what=what), now), take)

    def action_reset(self) -> None:
        """Give up one's own key."""
        row = self.rows.cursor_row
        if row is not None and row.id in self.own:
            self._keep({name: key for name, key in self.own.items() if name != row.id})

    def _keep(self, keys: dict[str, str]) -> None:
        checked = check_keymap(keys, self._bound)
        new = [one for one in checked.problems if one not in self._problems]
        if new:
            self.work.toast("\n".join(new), bad=True)
            return
        self._own = keys
        self.crm_app.remember("keys", keys)
        self._check()


def _fitting(keys: list[str]) -> str:
    """As many of the keys as stand whole in their column, and the first in any case."""
    said = keys[0]
    for key in keys[1:]:
        if width(f"{said}  {key}") <= _KEY:
            said += f"  {key}"
    return said
