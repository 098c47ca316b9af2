"""Writing a bundle: for whom, into which file, who can open it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.records.about import Choice
from crm_tui.ui.fields import FormField
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.ui.widgets.boxes import PickBox, TextBox
from crm_tui.ui.widgets.form import Form
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.machines import Peer
    from crm_tui.ui.screen import WorkingScreen
    from crm_tui.ui.syncing.reading import Machines

ALL = "all"
OPEN, KEY, PHRASE = "open", "key", "phrase"


@dataclass(frozen=True)
class Parcel:
    """A bundle that is to be written.

    Attributes:
        to: id of the machine that it is for; None for everybody.
        name: what that machine is called.
        file: where.
        sealed: whether only that machine can open it.
        passphrase: what opens it; None without one.
        total: changes that it will carry, about.
    """

    to: str | None
    name: str
    file: Path
    sealed: bool
    passphrase: str | None
    total: int


def default_file(own: str, to: str, day: str, ending: str = ".crmb") -> str:
    """A path that says from whom, for whom and of which day, beside the last one, at first in the home folder.

    No file is there yet.
    """
    words = "-".join([*(_plain(one) for one in (own, *(("for", to) if to else ()))), day])
    folder, name = Path(SendDialog.last_folder).expanduser(), f"{words}{ending}"
    number = 2
    while (folder / name).exists():
        name, number = f"{words}-{number}{ending}", number + 1
    return f"{SendDialog.last_folder}/{name}"


def _plain(text: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in text)[:40]


class SendDialog(CrmDialog[Parcel]):
    """The form of a bundle.

    Args:
        machines: who there is.
        to: id of the machine that is chosen at first; None for everybody.
        day: of today, as text.
    """

    last_folder: ClassVar[str] = "~"
    """Where the last bundle or share of this run was written."""

    CSS = """
    SendDialog #hint { color: $muted; height: auto; padding: 1 1 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "send", "Write it", id="send.write")]

    def __init__(self, machines: Machines, to: str | None, day: str) -> None:
        super().__init__()
        self._machines, self._to, self._day = machines, to, day
        self._peers = {peer.id: peer for peer in machines.peers if not peer.own and peer.trust != "distrusted"}
        self._suggested = ""

    def compose(self) -> ComposeResult:
        """Four fields and a hint."""
        to = self._to if self._to in self._peers else None
        self._suggested = self._default(to)
        values = {"to": to or ALL, "file": self._suggested, "seal": KEY if to in self._machines.readers else OPEN}
        with Vertical(id="send", classes="dialog") as frame:
            frame.border_title = t("Write a bundle")
            frame.border_subtitle = t("Enter  next   ctrl+s  write   Esc  back")
            yield Form(self._fields(), values, {}, self.crm_app.local_now(), room=12)
            yield Static(id="hint")

    def _fields(self) -> list[FormField]:
        everything = t("everybody: all {n} changes", n=f"{self._machines.everything:,}")
        whom = [Choice(ALL, everything, everything)]
        for peer in self._peers.values():
            said = peer.name + "  " + t("lacks {n} changes", n=f"{_lacks(peer, self._machines):,}")
            whom.append(Choice(peer.id, said, said))
        ways = [
            Choice(OPEN, "whoever has the file", "拿到文件的任何人"),
            Choice(KEY, "only that machine", "仅限该设备"),
            Choice(PHRASE, "who knows a passphrase", "知道口令的人"),
        ]
        return [
            FormField("to", "For", "发给", "choice", tuple(whom), required=True),
            FormField("file", "File", "文件", required=True),
            FormField("seal", "Opened by", "谁能打开", "choice", tuple(ways), gap=True, required=True),
            FormField("phrase", "Passphrase", "口令"),
        ]

    def _default(self, to: str | None) -> str:
        name = self._peers[to].name if to else ""
        return default_file(self._machines.name, name, self._day)

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def start(self) -> None:
        """The passphrase is not shown, and asked only where one is wanted."""
        box = self._box("phrase")
        assert isinstance(box, TextBox)
        box.password = True
        self._follow()
        self.form.focus_field("file")

    def _box(self, name: str) -> Any:
        row = self.form.row(name)
        assert row is not None
        return row.box

    def _chosen(self, name: str) -> str:
        box = self._box(name)
        assert isinstance(box, PickBox)
        return box.chosen() or ""

    @on(Form.Changed)
    def _follow(self) -> None:
        row = self.form.row("phrase")
        assert row is not None
        row.display = self._chosen("seal") == PHRASE
        file, to = self._box("file"), self._chosen("to")
        if to and file.value == self._suggested:
            self._suggested = self._default(to if to in self._peers else None)
            file.value = self._suggested
        sealed = self._chosen("seal")
        said = ""
        if sealed == OPEN:
            said = t("Everything that is written down goes into the file, readable for whoever finds it.")
        elif sealed == KEY:
            said = t("Nobody but that machine can read it, should the stick or the mail get lost.")
        elif sealed == PHRASE:
            said = t("Tell the passphrase by another way than the file. Without it nobody can open it.")
        self.query_one("#hint", Static).update(plain(said))

    @on(Form.Finished)
    def action_send(self) -> None:
        """Take what stands there, if it makes sense."""
        values = self.form.read()
        if values is None:
            return
        to = values["to"] if values["to"] in self._peers else None
        wrong = self._wrong(values, to)
        if wrong:
            self.form.complain(wrong)
            return
        peer = self._peers[to] if to else None
        SendDialog.last_folder = str(_file(values["file"]).parent)
        self.dismiss(
            Parcel(
                to,
                peer.name if peer is not None else "",
                _file(values["file"]),
                values["seal"] == KEY,
                values["phrase"] if values["seal"] == PHRASE else None,
                _lacks(peer, self._machines) if peer is not None else self._machines.everything,
            )
        )

    def _wrong(self, values: dict[str, Any], to: str | None) -> dict[str, str]:
        wrong: dict[str, str] = {}
        file = str(values["file"] or "").strip()
        if not file:
            wrong["file"] = t("must not be empty")
        elif Path(file).expanduser().is_dir():
            wrong["file"] = t("this is a folder")
        if values["seal"] == KEY and to is None:
            wrong["seal"] = t("choose a machine first")
        elif values["seal"] == KEY and to not in self._machines.readers:
            wrong["seal"] = t("its key is not known here yet")
        if values["seal"] == PHRASE and not values["phrase"]:
            wrong["phrase"] = t("must not be empty")
        return wrong


def _file(typed: str) -> Path:
    path = Path(typed.strip()).expanduser().absolute()
    return path if path.suffix else path.with_name(f"{path.name}.crmb")


def _lacks(peer: Peer, machines: Machines) -> int:
    return machines.everything if peer.heard is None else peer.lacks


def send(screen: WorkingScreen[Any], machines: Machines, to: str | None, day: str) -> None:
    """Ask what is to be written, write it, say where it lies."""

    def asked(parcel: Parcel | None) -> None:
        if parcel is not None:
            work = Working(t("Writing a bundle"), _export(screen, parcel), parcel.total, writes=True)
            screen.app.push_screen(work, lambda outcome: _sent(screen, parcel, outcome))

    screen.app.push_screen(SendDialog(machines, to, day), asked)


def _export(screen: WorkingScreen[Any], parcel: Parcel) -> Callable[[Crm, Callable[[int], None], threading.Event], Any]:
    def work(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> Any:
        from crm_tui.ui.syncing.reading import bundles_of

        recipients: Sequence[str] = (parcel.to,) if parcel.sealed and parcel.to else ()
        parcel.file.parent.mkdir(parents=True, exist_ok=True)
        return bundles_of(screen.crm_app, crm).export(
            parcel.file, to=parcel.to, passphrase=parcel.passphrase, recipients=recipients, progress=progress, stop=stop
        )

    return work


def _sent(screen: WorkingScreen[Any], parcel: Parcel, outcome: Outcome | None) -> None:
    from crm_tui.ui.setup.health import size_text
    from crm_tui.ui.syncing.say import Say

    if outcome is None:
        return
    if outcome.error is not None:
        screen.toast(str(outcome.error), bad=True)
        return
    done = outcome.value
    lines = [
        str(done.bundle),
        "",
        t("{n} changes, {size}", n=f"{done.changes:,}", size=size_text(done.bytes)),
        "",
        t("Give this file to {name}, who takes it in with i on this screen.", name=parcel.name)
        if parcel.to
        else t("Give this file to a colleague, who takes it in with i on this screen. Who is new joins by it."),
    ]
    if not parcel.to:
        lines.append(t("The same as a command: crm-tui join {file}", file=done.bundle.name))
    screen.app.push_screen(Say(t("The bundle is written"), "\n".join(lines), [("Enter", t("good"))]))
