"""*Sync*: the machines that work on the same data, what each lacks; bundles out and in, and what came in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.ui.colors import color_style
from crm_tui.ui.keys import key_of
from crm_tui.ui.lists import Prose, plain, show_again
from crm_tui.ui.rows import Column, ListRows
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.syncing.pane import Pane
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.machines import Peer
    from crm_tui.services.received import Reached, Received
    from crm_tui.store.database import Changes
    from crm_tui.sync.bundles import Imported
    from crm_tui.ui.syncing.reading import Machines

REST = 0.08
"""Seconds that the cursor must rest on an import before the records that it touched are read."""

MOST = 14
"""Lines of the list of machines, at most, while something came in."""


class SyncScreen(CrmScreen):
    """Machines over what came in at the left, the one under the cursor at the right."""

    PLACE = "sync"
    TITLE_TEXT = "Sync"
    CSS_PATH = "sync.tcss"
    AUTO_FOCUS = "#machines"
    WAITS = frozenset({"send", "take", "conflicts", "name", "trust", "folder"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "take_back", "Take it back", id="sync.take_back"),
        Binding("o", "send", "Bundle out", id="sync.out"),
        Binding("i", "take", "Bundle in", id="sync.in"),
        Binding("f", "folder", "Shared folder", id="sync.folder"),
        Binding("c", "conflicts", "Conflicts", id="sync.conflicts"),
        Binding("t", "trust", "Trust", id="sync.trust"),
        Binding("s", "app.go('shares')", "Shares", id="sync.shares"),
        Binding("x", "app.lost_laptop", "Lost laptop", id="sync.lost", show=False),
        Binding("n", "name", "Name this machine", id="sync.name", show=False),
        Binding("h", "history", "History", id="sync.history", show=False),
        Binding("tab,right", "next_pane", "Next part", id="sync.next", show=False),
        Binding("escape,left", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._found: Machines | None = None
        self._reached: list[Reached] = []
        self._shown: int | None = None
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """This machine; two lists; what stands under the cursor."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            with Vertical(id="lists"):
                yield RowList(id="machines")
                yield RowList(id="came")
            with Vertical(id="right"):
                with Pane(id="facts"):
                    yield Static()
                yield RowList(id="reached")

    def start(self) -> None:
        """Read everything."""
        self._ready = True
        self.set_class(True, "-alone")
        self.set_class(True, "-empty")
        self.retitle()
        self.reload(None)

    @property
    def machines(self) -> RowList:
        """The machines."""
        return self.query_one("#machines", RowList)

    @property
    def came(self) -> RowList:
        """What came in."""
        return self.query_one("#came", RowList)

    @property
    def reached(self) -> RowList:
        """The records that an import touched."""
        return self.query_one("#reached", RowList)

    @property
    def facts(self) -> Pane:
        """What is known of the line under the cursor."""
        return self.query_one("#facts", Pane)

    def retitle(self) -> None:
        """Columns and empty states."""
        self.machines.set_columns(
            (
                Column(t("Machine"), flex=3),
                Column(t("Person"), flex=3, from_width=56),
                Column(t("Trust"), 13),
                Column(t("Heard"), 8, kind="number", role="muted"),
                Column(t("Lacks"), 8, kind="number"),
            )
        )
        self.came.set_columns(
            (
                Column(t("Came in"), 14, role="muted"),
                Column(t("From"), flex=1),
                Column(t("New"), 8, kind="number"),
                Column(t("Conflicts"), 9, kind="number"),
            )
        )
        self.reached.set_columns(
            (
                Column(t("Record"), flex=3),
                Column(t("Kind"), 9, role="muted", from_width=44),
                Column(t("What came"), flex=2, role="muted"),
            )
        )
        self.came.set_empty(t("Nothing came in yet.   i  takes a bundle in"))
        self.reached.set_empty(t("Which records it touched is not known any more."))
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read everything again."""
        from crm_tui.ui.syncing.reading import read_machines

        self.load(partial(read_machines, self.crm_app), self._read)

    def _read(self, found: Machines) -> None:
        self._found = found
        self._show()

    def _show(self) -> None:
        from crm_tui.ui.syncing.texts import came_row, peer_row

        found, now = self._found, self.crm_app.local_now()
        if found is None:
            self.machines.set_empty(t("… looking"))
            return
        others = [peer for peer in found.peers if not peer.own]
        self.machines.set_empty(self._nobody())
        self.set_class(not others and not found.came, "-alone")
        self.set_class(not others and not found.came, "-empty")
        rows = [peer_row(peer, now) for peer in found.peers] if others else []
        self.machines.styles.height = min(len(rows) + 1, MOST) if others or found.came else "1fr"
        show_again(self.machines, rows)
        show_again(self.came, [came_row(one, now) for one in found.came])
        self._show_head(found)
        self._show_facts()

    @staticmethod
    def _nobody() -> str:
        return t(
            "Nobody else yet.\n\n"
            "Write a bundle with o and give the file to a colleague, who takes it in\n"
            "with i on this screen, or begins with: crm-tui join FILE\n\n"
            "What the colleague writes comes back the same way: take it in here with i.\n\n"
            "Is the bundle a colleague's, and this file new? i joins their company with it.\n"
            "n gives this machine a name that others know."
        )

    def _show_head(self, found: Machines) -> None:
        from crm_tui.ui.syncing.texts import folder_text

        app = self.crm_app
        muted, accent = color_style(app, "muted"), color_style(app, "accent", bold=True)
        line = Text(t("This machine: {name}", name=safe(found.name)) + "    ")
        line.append(t("its code") + "  ", muted)
        line.append(found.code, accent)
        if found.folder:
            line.append("\n" + folder_text(found), muted)
        if found.waiting:
            key = key_of(self, "sync.conflicts") or "c"
            said = t("{n} conflicts wait for a choice: {key}", n=f"{found.waiting:,}", key=key)
            if found.waiting == 1:
                said = t("1 conflict waits for a choice: {key}", key=key)
            line.append("\n? " + said, color_style(app, "warn"))
        self.query_one("#head", Static).update(Prose(line))

    @property
    def peer(self) -> Peer | None:
        """The machine under the cursor, while the cursor is among the machines."""
        found, place = self._found, self.machines.cursor
        if found is None or not self.machines.count or self._in_came or not 0 <= place < len(found.peers):
            return None
        return found.peers[place]

    @property
    def _in_came(self) -> bool:
        return self.came.has_focus or self.has_class("-import")

    @property
    def one(self) -> Received | None:
        """The import under the cursor, while the cursor is among the imports."""
        found, place = self._found, self.came.cursor
        return found.came[place] if found is not None and self._in_came and 0 <= place < len(found.came) else None

    @on(RowList.RowHighlighted, "#machines")
    @on(RowList.RowHighlighted, "#came")
    def _highlighted(self) -> None:
        self._show_facts()

    def on_descendant_focus(self, event: object) -> None:
        """The right side follows the list that has the keys."""
        if self._ready:
            if self.came.has_focus or self.machines.has_focus:
                self.set_class(self.came.has_focus and bool(self.came.count), "-import")
            self._show_facts()

    def _show_facts(self) -> None:
        from crm_tui.sync.machine_key import code_of
        from crm_tui.ui.syncing.texts import import_facts, peer_facts

        now = self.crm_app.local_now()
        peer, one = self.peer, self.one
        text = ""
        if one is not None:
            text = import_facts(one, now)
            self._wait(one)
        elif peer is not None:
            text = peer_facts(peer, code_of(bytes.fromhex(peer.key)) if peer.key else "", now)
        self.facts.query_one(Static).update(plain(text))
        self.refresh_bindings()

    def _wait(self, one: Received) -> None:
        if self._shown == one.id:
            return
        self._shown = one.id
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, partial(self._read_reached, one.id))

    def _read_reached(self, number: int) -> None:
        from crm_tui.services.received import reached

        self.load(lambda crm: reached(crm, number), self._show_reached, group="reached")

    def _show_reached(self, found: list[Reached]) -> None:
        from crm_tui.ui.syncing.texts import reached_row

        self._reached = found
        self.reached.show(ListRows([reached_row(number, one) for number, one in enumerate(found)]))

    @on(RowList.RowChosen, "#machines")
    def _open_machine(self) -> None:
        self.add_class("-read")
        self.facts.focus()

    @on(RowList.RowChosen, "#came")
    def _open_import(self) -> None:
        self.add_class("-read")
        self.reached.focus()

    @on(RowList.RowChosen, "#reached")
    def _open_reached(self, event: RowList.RowChosen) -> None:
        from crm_tui.ui.syncing.opening import open_record

        if event.index < len(self._reached):
            one = self._reached[event.index]
            open_record(self, one.noun, one.row, one.customer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Trust is a matter of other machines; there are conflicts or there are none."""
        if not self._ready:
            return False
        if action == "trust":
            peer = self.peer
            return peer is not None and not peer.own and bool(super().check_action(action, parameters))
        if action == "conflicts":
            return bool(self._found is not None and self._found.waiting) and super().check_action(action, parameters)
        if action == "take_back":
            return self.one is not None and self.one.actions > self.one.undone
        if action == "back":
            return self.has_class("-read") or not self.machines.has_focus
        return super().check_action(action, parameters)

    def action_send(self) -> None:
        """Write what the machine under the cursor lacks, or everything."""
        from crm_tui.ui.syncing.sending import send

        if self._found is not None:
            peer = self.peer
            send(self, self._found, peer.id if peer is not None and not peer.own else None,
                 f"{self.crm_app.local_now():%Y-%m-%d}")  # fmt: skip

    def action_take(self) -> None:
        """Take a bundle in."""
        from crm_tui.ui.syncing.taking import Taking

        Taking(self, self._came_in).begin()

    def action_folder(self) -> None:
        """Exchange with the folder that is shared."""
        from crm_tui.ui.syncing.sharing import Sharing

        Sharing(self).begin()

    def _came_in(self, done: Imported) -> None:
        self._shown = None
        if done.merged.import_id is not None and self.came.count:
            self.came.move_to(0)

    def action_conflicts(self) -> None:
        """To what waits for a choice."""
        self.crm_app.go("conflicts")

    def action_history(self) -> None:
        """To what was done, where any of it can be taken back."""
        self.crm_app.go("history")

    def action_name(self) -> None:
        """Call this machine otherwise."""
        from crm_tui.ui.syncing.naming import ask_name

        if self._found is not None:
            ask_name(self, self._found.name)

    def action_take_back(self) -> None:
        """Take back what the import under the cursor brought."""
        from crm_tui.ui.syncing.taking_back import ask_take_back

        if self.one is not None:
            ask_take_back(self, self.one)

    def action_trust(self) -> None:
        """Trust the machine under the cursor no more, or again; everybody does so whom the next bundles reach."""
        from crm_tui.ui.dialogs.ask import Confirm

        peer = self.peer
        if peer is None or peer.own:
            return
        ident, name = peer.id, peer.name
        if peer.trust in ("accepted", "partner"):
            trust, said = "distrusted", t("{name} is not trusted any more. u takes it back", name=name)
            question = t(
                "Trust {name} no more?\n\nBundles that it writes are refused from now on: here, and with everybody "
                "whom your next bundles reach. What came from it stays.\n\n"
                "Is the laptop lost? Then x shows what to do next.",
                name=name,
            )
        else:
            trust, said = "accepted", t("{name} is trusted. u takes it back", name=name)
            question = t("Trust {name}?\n\nCompare its code first: {code}", name=name, code=self._code(peer))

        def answered(yes: bool | None) -> None:
            if yes:
                self.change(lambda crm: _trust(crm, ident, trust), lambda _: self.toast(said))

        self.app.push_screen(Confirm(question), answered)

    @staticmethod
    def _code(peer: Peer) -> str:
        from crm_tui.sync.machine_key import code_of

        return code_of(bytes.fromhex(peer.key)) if peer.key else "?"

    def action_next_pane(self) -> None:
        """From the machines to what came in, to what stands at the right, and round."""
        if self.machines.has_focus and self.came.count:
            self.came.focus()
        elif self.came.has_focus and self.has_class("-wide"):
            self._open_import()
        else:
            self.remove_class("-read")
            self.machines.focus()

    def action_back(self) -> None:
        """Out of the right side, then to the machines."""
        if self.reached.has_focus or self.facts.has_focus:
            back = self.came if self.has_class("-import") else self.machines
            self.remove_class("-read")
            back.focus()
        else:
            self.machines.focus()


def _trust(crm: Crm, machine: str, trust: str) -> Changes:
    return crm.machines.trust(machine, trust)
