"""The form of a shared folder: which one, and who can read what this machine leaves there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.records.about import Choice
from crm_tui.ui.fields import FormField
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.widgets.boxes import PickBox
from crm_tui.ui.widgets.form import Form
from crm_tui.words import t

OPEN, SEALED = "open", "sealed"


@dataclass(frozen=True)
class Folder:
    """A shared folder.

    Attributes:
        path: where; None while nobody has named one.
        sealed: whether only machines that are known can read what is left there.
        readers: how many machines those are, this one among them.
    """

    path: Path | None
    sealed: bool
    readers: int


class FolderDialog(CrmDialog[Folder]):
    """Asks for both.

    Args:
        folder: as it was the last time.
    """

    CSS = """
    FolderDialog #hint { color: $muted; height: auto; padding: 1 1 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "take", "Exchange", id="folder.exchange")]

    def __init__(self, folder: Folder) -> None:
        super().__init__()
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Two fields and a hint."""
        folder = self._folder
        ways = (
            Choice(OPEN, "whoever has the folder", "能打开文件夹的任何人"),
            Choice(SEALED, "only known machines", "仅限已知设备"),
        )
        fields = [
            FormField("folder", "Folder", "文件夹", required=True),
            FormField("seal", "Read by", "谁能读取", "choice", ways, required=True),
        ]
        values = {"folder": str(folder.path or "~/"), "seal": SEALED if folder.sealed else OPEN}
        with Vertical(id="folder", classes="dialog") as frame:
            frame.border_title = t("Which folder do you share? A stick, a server, a cloud folder")
            frame.border_subtitle = t("Enter  next   ctrl+s  exchange   Esc  back")
            yield Form(fields, values, {}, self.crm_app.local_now(), room=8)
            yield Static(id="hint")

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def start(self) -> None:
        """The path is typed first; typing goes on where it ends."""
        row = self.form.row("folder")
        assert row is not None
        self.form.focus_field("folder")
        self._follow()

    def _chosen(self) -> str:
        row = self.form.row("seal")
        assert row is not None
        assert isinstance(row.box, PickBox)
        return row.box.chosen() or ""

    @on(Form.Changed)
    def _follow(self) -> None:
        sealed = self._chosen() == SEALED
        self.query_one("#hint", Static).update(plain(seal_text(sealed, self._folder.readers)))

    @on(Form.Finished)
    def action_take(self) -> None:
        """Take what stands there."""
        values: dict[str, Any] | None = self.form.read()
        if values is None:
            return
        typed = str(values["folder"] or "").strip()
        path = Path(typed).expanduser().absolute()
        wrong = t("must not be empty") if not typed else t("this is a file") if path.is_file() else ""
        if path == Path.home():
            wrong = t("choose a folder of its own")
        if wrong:
            self.form.complain({"folder": wrong})
            return
        self.dismiss(Folder(path, values["seal"] == SEALED, self._folder.readers))


def seal_text(sealed: bool, readers: int) -> str:
    """Who can read what this machine leaves in a folder."""
    if not sealed:
        return t("Open: whoever has the folder can read everything in it.")
    if readers <= 1:
        return t("Sealed: only this machine can read it, for no other is known yet. Meet them first by a bundle.")
    return t(
        "Sealed: only the {n} machines that are known and trusted can read it. Who is met later gets it sealed anew.",
        n=readers,
    )
