"""*Shares*: what was given to people outside of the company and what came back of it; and every export there was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.syncing.pane import Pane
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.share_list import Given
    from crm_tui.store.database import Changes
    from crm_tui.ui.setup.exported import Left
    from crm_tui.ui.syncing.reading import Machines

MOST = 12
"""Lines of the list of shares, at most, while anything was exported."""


@dataclass(frozen=True)
class Found:
    """What the screen shows: shares, exports, and whether this file was made from a share itself."""

    shares: list[Given]
    left: list[Left]
    partner: bool


def read_shares(crm: Crm) -> Found:
    """Everything, in a thread."""
    from crm_tui.services.share_list import shares
    from crm_tui.store import partners
    from crm_tui.ui.setup.exported import read_exports

    return Found(shares(crm), read_exports(crm), bool(partners.held(crm.store.reader())))


class SharesScreen(CrmScreen):
    """Shares over exports at the left, the one under the cursor at the right."""

    PLACE = "shares"
    TITLE_TEXT = "Shares"
    CSS_PATH = "shares.tcss"
    AUTO_FOCUS = "#shares"
    WAITS = frozenset({"give", "take", "send_back"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", "Give a share", id="shares.give"),
        Binding("o", "send_back", "Send back", id="shares.back"),
        Binding("i", "take", "Take in", id="shares.in"),
        Binding("h", "history", "History", id="shares.history", show=False),
        Binding("tab,right", "next_pane", "Next part", id="shares.next", show=False),
        Binding("escape,left", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._found: Found | None = None
        self._wanted = ""

    def body(self) -> ComposeResult:
        """Two lists; what stands under the cursor."""
        with Horizontal(id="pair"):
            with Vertical(id="lists"):
                yield RowList(id="shares")
                yield RowList(id="exports")
            with Pane(id="facts"):
                yield Static()

    def start(self) -> None:
        """Read everything."""
        self._ready = True
        self.set_class(True, "-alone")
        self.retitle()
        self.reload(None)

    @property
    def shares(self) -> RowList:
        """The shares."""
        return self.query_one("#shares", RowList)

    @property
    def exports(self) -> RowList:
        """What left, by whatever way."""
        return self.query_one("#exports", RowList)

    @property
    def facts(self) -> Pane:
        """What is known of the line under the cursor."""
        return self.query_one("#facts", Pane)

    def retitle(self) -> None:
        """Columns and empty states."""
        self.shares.set_columns(
            (
                Column(t("For"), flex=3, least=8),
                Column(t("What"), flex=3, least=8),
                Column(t("When"), 14, from_width=62),
                Column(t("Customers"), 9, kind="number"),
                Column(t("Came back"), 9, kind="number"),
            )
        )
        self.exports.set_columns(
            (
                Column(t("Left this file"), 14, role="muted"),
                Column(t("Who"), flex=2, least=6),
                Column(t("What"), flex=2, least=6),
                Column(t("Rows"), 7, kind="number"),
                Column(t("File"), flex=4, role="muted", from_width=56),
            )
        )
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read everything again."""
        self.load(read_shares, self._read)

    def _read(self, found: Found) -> None:
        self._found = found
        self._show()

    def _show(self) -> None:
        from crm_tui.ui.giving.texts import kind_text, moment, share_row
        from crm_tui.ui.setup.exported import file_text

        found, now = self._found, self.crm_app.local_now()
        if found is None:
            self.shares.set_empty(t("… looking"))
            return
        self.shares.set_empty(_teaching())
        self.set_class(not found.left, "-alone")
        self.set_class(not found.shares and not found.left, "-empty")
        height = min(len(found.shares) + 1, MOST) if found.shares else 12
        self.shares.styles.height = height if found.left else "1fr"
        show_again(self.shares, [share_row(one, now) for one in found.shares])
        at = next((place for place, one in enumerate(found.shares) if one.id == self._wanted), None)
        if at is not None:
            self.shares.move_to(at)
            self._wanted = ""
        rows = [
            Row(str(place), (moment(one.at, now), one.who, kind_text(one.what), f"{one.rows:,}", file_text(one.file)))
            for place, one in enumerate(found.left)
        ]
        show_again(self.exports, rows)
        self._show_facts()

    @on(RowList.RowHighlighted)
    def _highlighted(self) -> None:
        self._show_facts()

    def on_descendant_focus(self, event: object) -> None:
        """The right side follows the list that has the keys."""
        if self._ready:
            if self.shares.has_focus or self.exports.has_focus:
                self.set_class(self.exports.has_focus, "-exports")
            self._show_facts()

    def _show_facts(self) -> None:
        from crm_tui.ui.giving.texts import left_facts, share_facts

        found, now, text = self._found, self.crm_app.local_now(), ""
        if found is not None and self.has_class("-exports"):
            at = self.exports.cursor
            text = left_facts(found.left[at], now) if at < len(found.left) else ""
        elif found is not None and self.shares.cursor < len(found.shares):
            text = share_facts(found.shares[self.shares.cursor], now)
        self.facts.query_one(Static).update(plain(text))
        self.refresh_bindings()

    @on(RowList.RowChosen)
    def _open(self) -> None:
        self.add_class("-read")
        self.facts.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A file that was made from a share gives none: it sends back."""
        if not self._ready:
            return False
        if action in ("give", "send_back"):
            known = self._found is not None and self._found.partner == (action == "send_back")
            return known and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def action_give(self) -> None:
        """Choose customers, see what leaves, write the file."""
        from crm_tui.ui.giving.flow import Giving

        Giving(self, self._given).begin()

    def _given(self, share: str) -> None:
        self._wanted = share
        self.reload(None)

    def action_take(self) -> None:
        """Take in a share, or what came back of one."""
        from crm_tui.ui.syncing.taking import Taking

        Taking(self, lambda _: self.reload(None)).begin()

    def action_send_back(self) -> None:
        """Write what was changed here into a file for whom the share came from."""
        from crm_tui.ui.syncing.reading import read_machines

        self.load(partial(read_machines, self.crm_app), self._send, group="machines")

    def _send(self, machines: Machines) -> None:
        from crm_tui.ui.syncing.sending import send

        to = next((peer.id for peer in machines.peers if not peer.own and peer.trust == "accepted"), None)
        send(self, machines, to, f"{self.crm_app.local_now():%Y-%m-%d}")

    def action_history(self) -> None:
        """To what was done."""
        self.crm_app.go("history")

    def action_next_pane(self) -> None:
        """From the shares to the exports, to the facts, and round."""
        if self.shares.has_focus and self.exports.count:
            self.exports.focus()
        elif not self.facts.has_focus and self.has_class("-wide"):
            self._open()
        else:
            self.remove_class("-read")
            self.shares.focus()

    def action_back(self) -> None:
        """Out of the facts, of the exports, of the screen."""
        if self.facts.has_focus:
            self.remove_class("-read")
            (self.exports if self.has_class("-exports") else self.shares).focus()
        elif self.exports.has_focus:
            self.shares.focus()
        else:
            leave(self, "sync")


def _teaching() -> str:
    return t(
        "Nothing was given to anybody outside yet.\n\n"
        "n gives a partner some of the customers: those of a colleague, of a partner,\n"
        "or of a region. You see every line that leaves before it does, and hold back\n"
        "what is nobody's business.\n\n"
        "What comes back can change only what was given; i takes it in."
    )
