"""*Setup*: language and theme; both show at once what they do."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import language, t

_LANGUAGES = (("en", "English"), ("zh", "中文"))


class LanguageSection(Section):
    """English or Chinese."""

    NAME, TITLE = "language", "Language"

    def about(self) -> str:
        """What it is for."""
        return t("Enter takes the language under the cursor. Names and notes stay as they were typed.")

    def retitle(self) -> None:
        """The present one has a mark."""
        super().retitle()
        self.rows.set_columns((Column("", flex=1), Column("", 10, role="accent")))
        now = language()
        show_again(self.rows, [Row(code, (name, "* " + t("now") if code == now else "")) for code, name in _LANGUAGES])

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self.crm_app.speak(event.row.id)


class ThemeSection(Section):
    """Colours; the cursor shows them, Enter keeps them."""

    NAME, TITLE = "theme", "Theme"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self._kept = ""

    def about(self) -> str:
        """What it is for."""
        return t("The cursor shows a theme, Enter keeps it. Themes of your own: see the manual, “themes”.")

    def retitle(self) -> None:
        """The kept one has a mark."""
        super().retitle()
        self._kept = self._kept or self.app.theme
        self.rows.set_columns((Column("", flex=1), Column("", 10, role="accent")))
        titles = self.crm_app.themes.titles
        rows = [Row(name, (t(titles[name]), "* " + t("now") if name == self._kept else "")) for name in titles]
        if self.rows.count:
            show_again(self.rows, rows)
        else:
            self.rows.show(ListRows(rows), cursor_id=self._kept)

    def enter(self) -> None:
        """Begin on the theme that is worn."""
        self._kept = self.app.theme
        super().enter()

    def left(self) -> None:
        """A theme that was only looked at is taken off again."""
        if self._kept and self.app.theme != self._kept:
            self.app.theme = self._kept

    @on(RowList.RowHighlighted)
    def _highlighted(self, event: RowList.RowHighlighted) -> None:
        event.stop()
        if self.rows.has_focus:
            self.app.theme = event.row.id

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self._kept = event.row.id
        self.crm_app.dress(event.row.id)
        self.retitle()
