"""The keys that work where the focus is, made from the live bindings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from crm_tui.ui.keys import key_name
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t


class KeyHelp(CrmDialog[None]):
    """A list of keys and what they do: those of the focus first, then those of the screen, then everywhere."""

    AUTO_FOCUS = "#keys"
    CSS = """
    KeyHelp #help { width: 76; height: auto; }
    KeyHelp #keys { height: auto; max-height: 80vh; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,？,q", "close", "Back", id="help.close", show=False),
    ]

    def __init__(self, bindings: Mapping[str, ActiveBinding]) -> None:
        super().__init__()
        self._live = bindings

    def body_rows(self) -> list[Row]:
        """The rows: keys, what they do, where."""
        found: dict[tuple[str, str], list[str]] = {}
        where: dict[tuple[str, str], str] = {}
        for key, (node, binding, enabled, _) in self._live.items():
            if not enabled or not binding.id:
                continue
            what = (binding.action, binding.description)
            found.setdefault(what, []).append(key_name(key))
            where.setdefault(what, self._place(node))
        rows = []
        before = None
        for what, keys in found.items():
            place = where[what]
            rows.append(Row(what[0], ("  ".join(keys), t(what[1]), place if place != before else "")))
            before = place
        return rows

    def _place(self, node: object) -> str:
        if isinstance(node, Screen):
            return t("this screen")
        return t("the field or list") if isinstance(node, Widget) else t("everywhere")

    def compose(self) -> ComposeResult:
        """One list in a frame."""
        with Vertical(id="help", classes="dialog"):
            yield RowList(id="keys")

    def start(self) -> None:
        """Fill the list."""
        self.retitle()

    def retitle(self) -> None:
        """Everything is in the language that is spoken."""
        frame = self.query_one("#help")
        frame.border_title, frame.border_subtitle = t("Keys"), t("Esc  back")
        rows = self.body_rows()
        keys = self.query_one(RowList)
        keys.styles.height = len(rows) + 1
        columns = (Column(t("Key"), 22, role="accent"), Column(t("Does"), flex=2), Column(t("Where"), 18, role="muted"))
        keys.set_columns(columns)
        keys.show(ListRows(rows))
