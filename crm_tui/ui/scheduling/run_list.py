"""The run list: a day's errands by area, as a page that can be read, written into a file and printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.rules.phones import show_phone
from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog, WorkingScreen
from crm_tui.ui.when import long_date
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.agenda import Entry
    from crm_tui.services.crm import Crm
    from crm_tui.ui.scheduling.whose import Whose


@dataclass(frozen=True)
class Errand:
    """One stop: the plan, the address, the numbers."""

    entry: Entry
    address: str
    phones: tuple[str, ...]


def open_run_list(screen: WorkingScreen[Any], day: date, whose: Whose) -> None:
    """Read a day's errands and show them."""

    def show(areas: list[tuple[str, list[Errand]]]) -> None:
        if areas:
            screen.app.push_screen(RunList(day, page(day, whose.text, areas)))
        else:
            screen.toast(t("No errands on {day}", day=long_date(day)))

    screen.load(partial(_read, day, whose), show, group="run-list")


def _read(day: date, whose: Whose, crm: Crm) -> list[tuple[str, list[Errand]]]:
    found = []
    for area, entries in crm.agenda.run_list(day, whose.person(crm)):
        members = whose.members(crm)
        some = [one for one in entries if members is None or one.person in members]
        if some:
            found.append((area, [_errand(crm, one) for one in some]))
    return found


def _errand(crm: Crm, entry: Entry) -> Errand:
    rows = crm.noun("addresses").of(entry.customer)
    parts = [rows[0][name] for name in ("city", "district", "street")] if rows else []
    address = entry.place or " ".join(str(part) for part in parts if part)
    numbers = crm.callbacks.numbers(entry.customer, entry.contact)[:2]
    return Errand(entry, address, tuple(show_phone(number, crm.region) for number in numbers))


def page(day: date, whose: str, areas: list[tuple[str, list[Errand]]]) -> str:
    """The list as text of at most 80 columns or so: areas in the order of the day, a box to tick before each stop."""
    lines = [f"{t('Run list')}  {long_date(day)}  {whose}", ""]
    number = 0
    for area, errands in areas:
        lines.append(f"== {area or t('without an area')} ({len(errands)})")
        for one in errands:
            number += 1
            entry = one.entry
            kind = choice_text("visits", "kind", entry.kind)
            lines.append(f"[ ] {number:>2}  {entry.at:%H:%M}  {kind}  {entry.name}")
            for text in (one.address, "  ".join(one.phones), entry.text):
                if text:
                    lines.append(f"            {text}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


class RunList(CrmDialog[None]):
    """The page; w writes it beside the data file."""

    AUTO_FOCUS = "VerticalScroll"
    CSS = """
    RunList .dialog { width: 90; max-height: 94%; padding: 1 2; }
    RunList #page { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write into a file", id="run_list.write"),
        Binding("j,down", "scroll(1)", "Down", id="run_list.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="run_list.up", show=False),
        Binding("q,enter", "close", "Back", id="run_list.close", show=False),
    ]

    def __init__(self, day: date, text: str) -> None:
        super().__init__()
        self._day, self._page = day, text

    def compose(self) -> ComposeResult:
        """A text in a frame."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = t("Run list")
            frame.border_subtitle = t("w  write into a file   Esc  back")
            yield Static(plain(self._page), id="page")

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_write(self) -> None:
        """Write it, to be printed."""
        target = self.crm_app.options.path.parent / f"run-list-{self._day}.txt"
        text = self._page
        self.load(lambda _: _write(target, text), lambda path: self.toast(t("Written: {path}", path=path)))


def _write(target: Path, text: str) -> Path:
    from crm_tui.exchange.replacing import replacing

    with replacing(target) as part:
        part.write_text(text, "utf-8")
    return target
