"""*Setup*: sections at the left, the one under the cursor at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal

from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.screens import SCREENS
from crm_tui.ui.setup.cadences import CadencesSection
from crm_tui.ui.setup.doors import Door, DraftsDoor, DuplicatesDoor, HistoryDoor, ImportDoor, TrashDoor
from crm_tui.ui.setup.exported import ExportsSection
from crm_tui.ui.setup.health import HealthSection
from crm_tui.ui.setup.keymap import KeysSection
from crm_tui.ui.setup.lock import LockSection
from crm_tui.ui.setup.looks import LanguageSection, ThemeSection
from crm_tui.ui.setup.people import FieldsSection, PeopleSection
from crm_tui.ui.setup.section import Section
from crm_tui.ui.setup.working import WorkingDaysSection, WorkingRulesSection
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes

SECTIONS: tuple[type[Section], ...] = (
    *(
        PeopleSection,
        FieldsSection,
        WorkingDaysSection,
        WorkingRulesSection,
        CadencesSection,
        LanguageSection,
        ThemeSection,
        KeysSection,
        LockSection,
    ),
    *(ImportDoor, DuplicatesDoor, HistoryDoor, TrashDoor, DraftsDoor, ExportsSection, HealthSection),
)


class SectionList(RowList):
    """The list of sections; its Enter is told, because what it opens stands in sight already."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,right", "choose", "Open", id="setup.enter")]


class SetupScreen(CrmScreen):
    """The list of sections and the section."""

    PLACE = "setup"
    TITLE_TEXT = "Setup"
    CSS_PATH = "setup.tcss"
    AUTO_FOCUS = "#sections"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,left", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._sections: dict[str, Section] = {}
        self._counts: dict[str, str] = {}
        self._shown = ""

    def body(self) -> ComposeResult:
        """Two panes."""
        with Horizontal(id="pair"):
            yield SectionList(id="sections")
            yield Container(id="content")

    def start(self) -> None:
        """Show the first section."""
        self._ready = True
        self.retitle()

    @property
    def rows(self) -> RowList:
        """The list of sections."""
        return self.query_one("#sections", RowList)

    def retitle(self) -> None:
        """Every title, and what stands at the right."""
        self.rows.set_columns((Column(t("Setup"), flex=1), Column("", 4, kind="number", role="muted")))
        self._list()
        for section in self._sections.values():
            if section.is_attached:
                section.retitle()

    def _list(self) -> None:
        places = {place.name for place in SCREENS} | {""}
        shown = [one for one in SECTIONS if not issubclass(one, Door) or one.GOES in places]
        show_again(self.rows, [Row(one.NAME, (t(one.TITLE), self._counts.get(one.NAME, ""))) for one in shown])

    def reload(self, changes: Changes | None) -> None:
        """Read again what is in sight."""
        section = self._sections.get(self._shown)
        if section is not None and section.is_attached:
            section.reload()

    @on(RowList.RowHighlighted, "#sections")
    def _highlighted(self, event: RowList.RowHighlighted) -> None:
        self._show(event.row.id)

    def _show(self, name: str) -> None:
        if name == self._shown:
            return
        self._leave()
        self._shown = name
        if name not in self._sections:
            made = next(one for one in SECTIONS if name == one.NAME)()
            self._sections[name] = made
            self.query_one("#content").mount(made)
        else:
            self._sections[name].reload()
        for other, section in self._sections.items():
            section.display = other == name

    def _leave(self) -> None:
        section = self._sections.get(self._shown)
        if section is not None:
            section.left()

    @on(RowList.RowChosen, "#sections")
    def _chosen(self) -> None:
        self.action_enter()

    @on(Section.Counted)
    def _counted(self, event: Section.Counted) -> None:
        if self._counts.get(event.name) != event.count:
            self._counts[event.name] = event.count
            self._list()

    def action_enter(self) -> None:
        """Into the section."""
        section = self._sections.get(self._shown)
        if section is not None and self.rows.has_focus:
            section.enter()

    def action_back(self) -> None:
        """Out of the section."""
        self._leave()
        self.rows.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to leave on the list of sections."""
        if not self._ready:
            return False
        if action == "back":
            return not self.rows.has_focus
        return super().check_action(action, parameters)
