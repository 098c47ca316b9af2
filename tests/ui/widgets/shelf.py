"""A list alone in an app that remembers what it heard, driven with real keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from crm_tui.ui.rows import Column
from crm_tui.ui.themes import load_themes, variable_defaults
from crm_tui.ui.widgets.row_list import RowList

COLUMNS = (
    Column("!", 1),
    Column("Name 名称", flex=1),
    Column("Phone", 12, role="muted", from_width=40),
    Column("Owed", 8, kind="number"),
)


class Shelf(App[None]):
    def __init__(self, *, empty: str = "") -> None:
        super().__init__()
        self.empty = empty
        self.seen: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield RowList(COLUMNS, empty=self.empty, id="list")
        yield Input(id="filter")

    def on_mount(self) -> None:
        for theme in load_themes([]).themes.values():
            self.register_theme(theme)
        self.theme = "night"

    @property
    def list(self) -> RowList:
        return self.query_one(RowList)

    def on_row_list_row_highlighted(self, message: RowList.RowHighlighted) -> None:
        self.seen.append(message)

    def on_row_list_row_chosen(self, message: RowList.RowChosen) -> None:
        self.seen.append(message)

    def on_row_list_selection_changed(self, message: RowList.SelectionChanged) -> None:
        self.seen.append(message)

    def on_row_list_load_failed(self, message: RowList.LoadFailed) -> None:
        self.seen.append(message)

    def lines(self) -> list[str]:
        return ["".join(part.text for part in self.list.render_line(y)) for y in range(self.list.size.height)]

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.seen if isinstance(message, kind)]


def drive(
    script: Callable[[Shelf, Pilot[None]], Awaitable[None]], size: tuple[int, int] = (60, 12), **made: str
) -> None:
    async def run() -> None:
        app = Shelf(**made)
        async with app.run_test(size=size) as pilot:
            await script(app, pilot)

    asyncio.run(run())


async def settled(app: Shelf, pilot: Pilot[None]) -> None:
    for worker in list(app.workers):
        with suppress(WorkerCancelled):
            await worker.wait()
    await pilot.pause()
