"""The customer list alone on a file: `python list_app.py FILE [sqlmodel]`."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path

from textual.app import App, ComposeResult

from crm_tui.store.driver import connect
from crm_tui.store.readers import Readers
from crm_tui.store.windows import Listing, Window
from crm_tui.ui.rows import Column, Row, WindowRows
from crm_tui.ui.themes import load_themes, variable_defaults
from crm_tui.ui.widgets.row_list import RowList

PHONE = "(SELECT number FROM phones WHERE phones.customer = customers.id AND phones.live ORDER BY id LIMIT 1)"
CUSTOMERS = Listing(
    "customers", ("name", PHONE, "region", "grade", "last_contact", "next_due"), sort="sort_key", where="live"
)
COLUMNS = (
    Column("Name", flex=3),
    Column("Phone", 16),
    Column("Region", 10),
    Column("Tier", 4),
    Column("Last", 10, role="muted"),
    Column("Next", 10),
)


def present(stored: tuple[int | str | None, ...]) -> Row:
    """A stored customer as a row."""
    ident, name, phone, region, grade, last, due = (str(value or "") for value in stored)
    return Row(ident, (name, phone, region, grade, last[:10], due[:10]), roles=("", "", "", "", "", "warn"))


class ListApp(App[None]):
    """A `RowList` over a `Window`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables."""
        return variable_defaults()

    def compose(self) -> ComposeResult:
        """The list."""
        yield RowList(COLUMNS)

    def on_mount(self) -> None:
        """Show the first rows at once."""
        self.register_theme(load_themes([]).themes["night"])
        self.theme = "night"
        self.show()

    @property
    def list(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def show(self) -> None:
        """Show the list from its top, as if for the first time."""
        self.list.show(WindowRows(Window(Readers(partial(connect, self.path)), CUSTOMERS), present))

    def on_row_list_counted(self, message: RowList.Counted) -> None:
        """Load what else was asked for, and say that all is there."""
        if "sqlmodel" in sys.argv:
            import sqlmodel  # noqa: F401
        # What the imports left would be walked through at each full collection: 25 to 50 ms in the middle of a key.
        gc.freeze()
        self.list.set_columns((Column("COUNTED", flex=3), *COLUMNS[1:]))


if __name__ == "__main__":
    ListApp(Path(sys.argv[1])).run()
