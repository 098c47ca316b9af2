"""*Duplicates*: pairs of customers that may be one, field by field; merge them, or say that they are two."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.errors import Cancelled, ChangedSince, CrmError
from crm_tui.ui.dialogs.newer import change_asking
from crm_tui.ui.list_screen import PairScreen
from crm_tui.ui.lists import plain, show_again
from crm_tui.ui.rows import Column, ListRows, Role, Row
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.duplicates import Pair
    from crm_tui.store.database import Changes

_HANGING = {"phones": "number", "emails": "address", "contacts": "name", "addresses": "street", "tags": "name"}


@dataclass(frozen=True)
class Side:
    """One field of both: its name ("" where both values stay anyway), and the texts."""

    field: str
    label: str
    left: str
    right: str


@dataclass(frozen=True)
class Both:
    """Two cards side by side.

    Attributes:
        pair: which two.
        sides: what differs.
        values: stored values of the right one by field; `stays` those of the left one.
        opened: what was here when they were read, see `services.stale`.
    """

    pair: Pair
    sides: list[Side]
    values: Mapping[str, Any]
    stays: Mapping[str, Any]
    opened: Mapping[str, int] | None = None

    def turned(self) -> Both:
        """The same with the sides changed."""
        sides = [Side(one.field, one.label, one.right, one.left) for one in self.sides]
        return Both(turned(self.pair), sides, self.stays, self.values, self.opened)

    def filled(self) -> set[str]:
        """The fields that are empty in the one that stays, and take what stands in the other."""
        return {one.field for one in self.sides if one.field and not one.left and one.right}


def turned(pair: Pair) -> Pair:
    """The same two, the other of which stays."""
    return replace(pair, a=pair.b, b=pair.a, name_a=pair.name_b, name_b=pair.name_a)


def read_both(pair: Pair, crm: Crm) -> Both:
    """Read two cards in a thread; what is the same in both is left out."""
    from crm_tui.rules.phones import show_phone
    from crm_tui.services.stale import look
    from crm_tui.ui.fields import choice_text, label_of, noun_label

    opened = look(crm)
    left, right = crm.customers.card(pair.a, 0), crm.customers.card(pair.b, 0)
    sides = []
    for name, field in crm.customers.noun.fields.items():
        if not field.about.form or name == "merged_into" or left[name] == right[name]:
            continue

        def said(card: Mapping[str, Any], name: str = name) -> str:
            return str(card.get(f"{name}_name") or "") or choice_text("customers", name, card[name])

        sides.append(Side(name, label_of("customers", name), said(left), said(right)))
    for noun, column in _HANGING.items():
        texts = [
            ", ".join(show_phone(str(row[column])) if noun == "phones" else str(row[column])
                      for row in card[noun] if row[column])
            for card in (left, right)
        ]  # fmt: skip
        if any(texts):
            sides.append(Side("", noun_label(noun), *texts))
    counts = [str(card["timeline_count"]) for card in (left, right)]
    sides.append(Side("", noun_label("visits"), *counts))
    return Both(pair, sides, right, left, opened)


class DuplicatesScreen(PairScreen):
    """Pairs at the left, the two customers at the right."""

    PLACE = "duplicates"
    TITLE_TEXT = "Duplicates"
    CSS_PATH = "duplicates.tcss"
    LIST = AUTO_FOCUS = "#pairs"
    SIDE, OPEN = "#sides", "-both"
    WAITS = frozenset({"merge", "distinct"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "merge", "Merge", id="duplicates.merge"),
        Binding("n", "distinct", "Two, not one", id="duplicates.distinct"),
        Binding("space,left,right", "side", "Take this side", id="duplicates.side"),
        Binding("s", "swap", "The other one stays", id="duplicates.swap"),
        Binding("c", "card", "Card", id="duplicates.card", show=False),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pairs: list[Pair] | None = None
        self._both: Both | None = None
        self._right: set[str] = set()
        self._picked: set[str] = set()
        self._stop = threading.Event()
        self._own = False

    def body(self) -> ComposeResult:
        """Two lists."""
        with Horizontal(id="pair"):
            yield RowList(id="pairs")
            with Vertical(id="both"):
                yield Static(id="reasons")
                yield SideList(id="sides")

    def retitle(self) -> None:
        """Columns and empty states."""
        self.rows.set_columns(
            (
                Column("%", 3, kind="number", role="muted"),
                Column(t("Customer"), flex=2),
                Column(t("may be the same as"), flex=2),
                Column(t("Why"), flex=2, role="muted", from_width=72),
            )
        )
        looking = t("Looking for customers that may be one and the same …")
        none = t("No likely duplicates.\n\nThey come up after an import, or when two people add one customer twice.")
        self.rows.set_empty(looking if self._pairs is None else none)
        self.side.set_columns(
            (
                Column(t("Field"), 12, role="muted"),
                Column(t("this one stays"), flex=1),
                Column(t("this one joins it"), flex=1),
            )
        )
        self._show_sides()

    def reload(self, changes: Changes | None) -> None:
        """Look again, some seconds where there are very many customers; but not after what was decided here."""
        if self._own:
            self._own = False
            return
        self._stop.set()
        stop = self._stop = threading.Event()
        self.load(lambda crm: crm.duplicates.pairs(cancel=stop), self._read, failed=self._failed)

    def _failed(self, error: CrmError) -> None:
        self._own = False
        if not isinstance(error, Cancelled):
            self.toast(str(error), bad=True)

    def _read(self, pairs: list[Pair]) -> None:
        self._pairs = pairs
        self.retitle()
        self._show_pairs()
        self.follow()
        self.refresh_bindings()

    def _show_pairs(self) -> None:
        rows = [
            Row(":".join(sorted((one.a, one.b))), (str(one.score), one.name_a, one.name_b, ", ".join(one.reasons)))
            for one in self._pairs or ()
        ]
        show_again(self.rows, rows)

    @property
    def pair(self) -> Pair | None:
        """The pair under the cursor."""
        place = self.rows.cursor
        return self._pairs[place] if self._pairs and 0 <= place < len(self._pairs) else None

    @on(RowList.RowHighlighted, "#pairs")
    def _highlighted(self) -> None:
        # A pair that was only turned round keeps what was chosen of it.
        if self._both is None or self._both.pair != self.pair:
            self.follow()

    def read_side(self) -> None:
        """Read both cards."""
        pair = self.pair
        if pair is None:
            self._both = None
            self._show_sides()
        else:
            self.load(partial(read_both, pair), self._show_both, group="both")

    def _show_both(self, both: Both) -> None:
        self._both = both
        self._right, self._picked = both.filled(), set()
        self._show_sides()

    def _show_sides(self) -> None:
        both = self._both
        reasons = ", ".join(both.pair.reasons) if both is not None else ""
        self.query_one("#reasons", Static).update(plain(f"{both.pair.score} %  {reasons}" if both is not None else ""))
        rows = []
        for number, one in enumerate(both.sides if both is not None else []):
            right = one.field in self._right
            if not one.field:
                left, other = (f"+ {text}" if text else "" for text in (one.left, one.right))
                roles: tuple[Role, ...] = ()
            else:
                marks = ("  ", "> ") if right else ("> ", "  ")
                left, other = marks[0] + one.left, marks[1] + one.right
                roles = ("", "muted", "accent") if right else ("", "accent", "muted")
            rows.append(Row(str(number), (one.label, left, other), roles=roles))
        if self.side.count:
            show_again(self.side, rows)
        else:
            self.side.show(ListRows(rows))
        self.refresh_bindings()

    @on(RowList.RowChosen, "#pairs")
    def _into(self) -> None:
        if self.pair is not None:
            self.enter_side()

    @on(RowList.RowChosen, "#sides")
    def _chosen(self) -> None:
        self.action_side()

    def action_side(self) -> None:
        """Take the other side's value of the field under the cursor."""
        both, place = self._both, self.side.cursor
        if both is not None and place < len(both.sides) and both.sides[place].field:
            self._right ^= {both.sides[place].field}
            self._picked.add(both.sides[place].field)
            self._show_sides()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sides are taken in the list of fields; without a pair there is nothing to do."""
        may = super().check_action(action, parameters)
        if action == "side" and may:
            return self.side.has_focus
        if action in ("merge", "distinct", "swap", "card") and may and (self.pair is None or self._both is None):
            return False
        return may

    def action_merge(self) -> None:
        """Merge the right one into the left one, with the values that were chosen."""
        both = self._both
        if both is None or self.pair != both.pair:
            return
        pair = both.pair
        values = {name: both.values[name] for name in self._right}
        said = t("Merged: {name}. u takes it back", name=pair.name_a)
        self._own = True
        change_asking(
            self,
            lambda crm, opened: crm.customers.merge(pair.a, pair.b, values, opened),
            both.opened,
            lambda _: self._done(pair, said, pair.b),
            anyway=t("merge all the same"),
            failed=self._not_merged,
        )

    def action_distinct(self) -> None:
        """Remember that they are two customers."""
        pair = self.pair
        if pair is not None:
            said = t("Kept apart: {name}. u takes it back", name=pair.name_a)
            self._own = True
            self.change(
                lambda crm: crm.duplicates.distinct(pair.a, pair.b),
                lambda _: self._done(pair, said, ""),
                failed=self._failed,
            )

    def _not_merged(self, error: CrmError) -> None:
        """What was changed meanwhile is told already; both cards are read again."""
        if isinstance(error, ChangedSince):
            self._own = False
            self.follow()
        else:
            self._failed(error)

    def _done(self, pair: Pair, said: str, gone: str) -> None:
        """On to the next pair; what was merged away is in no other pair any more."""
        self._both = None
        if self._pairs is not None:
            self._read([one for one in self._pairs if one != pair and gone not in (one.a, one.b)])
        self.leave_side()
        self.toast(said)

    def action_swap(self) -> None:
        """The other one stays, with its own values but for those that were picked."""
        both, pair = self._both, self.pair
        if both is None or pair != both.pair or self._pairs is None:
            return
        self._pairs[self.rows.cursor] = turned(pair)
        self._both = both.turned()
        self._right = (self._both.filled() - self._picked) | (self._picked - self._right)
        self._show_pairs()
        self._show_sides()

    def action_card(self) -> None:
        """Open the card of the one that stays."""
        from crm_tui.ui.palette import show_customer

        pair = self.pair
        if pair is not None:
            show_customer(self.crm_app, pair.a)


class SideList(RowList):
    """The fields of two customers; Space takes a side instead of marking."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Space belongs to the screen."""
        return False if action == "mark" else super().check_action(action, parameters)
