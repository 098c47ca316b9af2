"""The palette: every action in both languages, by pinyin too, and every customer; and "find anything"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from crm_tui.ui.keys import key_name
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.screens import SCREENS
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import in_language, language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.search import Hit
    from crm_tui.ui.app import CrmApp

HITS = 30


@dataclass(frozen=True)
class Command:
    """One line of the palette: its text in English and Chinese, its key, and what it does."""

    en: str
    zh: str
    key: str
    run: Callable[[], Any]

    def said(self) -> str:
        """The text in the language that is spoken."""
        return self.zh if language() == "zh" else self.en

    def other(self) -> str:
        """The text in the other language."""
        return self.en if language() == "zh" else self.zh


def command(text: str, key: str, run: Callable[[], Any], **values: object) -> Command:
    """A command from an English text that has a translation."""
    return Command(in_language("en", text, **values), in_language("zh", text, **values), key, run)


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Every action that the person could do now: keys of focus and screen, screens, languages, themes."""
    app = cast("CrmApp", screen.app)
    found: list[Command] = []
    seen: set[str] = {"app.palette", "palette", "app.find", "find"}
    for node, binding, enabled, _ in screen.active_bindings.values():
        if enabled and binding.id and binding.description and binding.action not in seen:
            if binding.action.startswith("go(") or isinstance(node, RowList):
                continue
            seen.add(binding.action)
            run = partial(app.run_action, binding.action, node)
            found.append(command(binding.description, key_name(binding.key), run))
    for place in SCREENS:
        title = {code: in_language(code, place.title) for code in ("en", "zh")}
        run_go = partial(app.go, place.name)
        found.append(Command(f"Go to {title['en']}", f"转到{title['zh']}", place.key, run_go))
    found.append(command("Drafts: forms left unfinished", "", partial(app.run_action, "app.drafts")))
    found.append(command("Lost laptop: what to do", "", partial(app.run_action, "app.lost_laptop")))
    found.append(Command("Language: English", "语言：英文 English", "", partial(app.speak, "en")))
    found.append(Command("Language: Chinese 中文", "语言：中文", "", partial(app.speak, "zh")))
    for name, title_text in app.themes.titles.items():
        run_theme = partial(app.dress, name)
        found.append(Command(f"Theme: {title_text}", f"{in_language('zh', 'Theme')}：{title_text}", "", run_theme))
    return found


class PaletteInput(Input):
    """Typing narrows; arrows move in the list below without leaving the input."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Next row", id="palette.down", show=False),
        Binding("up", "step(-1)", "Previous row", id="palette.up", show=False),
        Binding("pagedown", "step(10)", "Page down", id="palette.page_down", show=False),
        Binding("pageup", "step(-10)", "Page up", id="palette.page_up", show=False),
    ]

    def action_step(self, rows: int) -> None:
        """Move the list's cursor."""
        self.screen.query_one(RowList).action_move(rows)


class Palette(CrmDialog[Callable[[], Any]]):
    """Type, choose, Enter. The result is what to run."""

    AUTO_FOCUS = "PaletteInput"
    CSS = """
    Palette { align: center top; }
    Palette #palette { width: 84; height: 26; max-height: 90%; margin-top: 1; }
    Palette PaletteInput { border: none; height: 1; padding: 0; background: $surface; }
    Palette RowList { background: $surface; margin-top: 1; }
    """

    def __init__(self, under: Screen[Any], *, customers_only: bool = False) -> None:
        super().__init__()
        self._commands = [] if customers_only else commands_of(under)
        self._only = customers_only
        self._keys: dict[str, str] = {}
        self._hits: list[Hit] = []
        self._runs: dict[str, Callable[[], Any]] = {}

    def compose(self) -> ComposeResult:
        """An input over a list."""
        with Vertical(id="palette", classes="dialog"):
            yield PaletteInput(compact=True)
            yield RowList()

    def start(self) -> None:
        """Show every command; sounds of the Chinese ones are made in a thread."""
        self.retitle()
        self.query_one(RowList).can_focus = False
        if not self._only:
            self.load(self._sounds, self._sounded, group="sounds")
        self._fill("")

    def retitle(self) -> None:
        """Everything is in the language that is spoken."""
        frame = self.query_one("#palette")
        frame.border_title = t("Find anything") if self._only else t("All actions, all customers")
        frame.border_subtitle = t("Enter  do   Esc  back")
        self.query_one(PaletteInput).placeholder = (
            t("name, pinyin, phone") if self._only else t("action, name, pinyin, phone")
        )
        rows = self.query_one(RowList)
        rows.set_columns((Column("", flex=3), Column("", flex=2, role="muted"), Column("", 10, role="accent")))
        rows.set_empty(t("Type a name or a number.") if self._only else t("Nothing answers to this."))

    def _sounds(self, _: Crm) -> dict[str, str]:
        from crm_tui.rules.pinyin import full, initials

        return {one.zh: f"{full(one.zh)} {initials(one.zh)}" for one in self._commands}

    def _sounded(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self._fill(self.query_one(PaletteInput).value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        text = event.value
        self._hits = []
        self._fill(text)
        if text.strip():
            self.load(lambda crm: crm.customers.find(text, HITS).items, partial(self._found, text), group="find")

    def _found(self, text: str, hits: list[Hit]) -> None:
        if text == self.query_one(PaletteInput).value:
            self._hits = hits
            self._fill(text)

    def _fill(self, text: str) -> None:
        rows: list[Row] = []
        self._runs = {}
        words = text.casefold().split()
        for number, one in enumerate(self._commands):
            hay = f"{one.en} {one.zh} {self._keys.get(one.zh, '')}".casefold()
            if all(word in hay for word in words):
                self._runs[f"c{number}"] = one.run
                other = one.other()
                rows.append(Row(f"c{number}", (one.said(), other if other != one.said() else "", one.key)))
        app = self.crm_app
        people = []
        for hit in self._hits:
            self._runs[hit.id] = partial(show_customer, app, hit.id)
            people.append(Row(hit.id, (hit.name, hit.why[1] if hit.why[1] != hit.name else "", t("customer"))))
        # Three letters are hardly an action: who typed a name wants the customer on top.
        exact = [row for row in rows if words and row.cells[0].casefold().startswith(words[0])]
        rest = [row for row in rows if row not in exact]
        self.query_one(RowList).show(ListRows([*exact, *people, *rest]))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        row = self.query_one(RowList).cursor_row
        if row is not None:
            self.dismiss(self._runs[row.id])

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        self.dismiss(self._runs[event.row.id])


def show_customer(app: CrmApp, customer: str) -> None:
    """Open a customer's card over whatever is in sight."""
    from crm_tui.ui.screens.card import CardScreen

    app.push_screen(CardScreen(customer))
