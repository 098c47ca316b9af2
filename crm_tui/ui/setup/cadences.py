"""*Setup*: how often customers of a grade or kind, or one customer, shall hear from us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.people import RecordSection
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


class CadencesSection(RecordSection):
    """The policies of contact, the most particular first."""

    NAME, TITLE, NOUN = "cadences", "Cadences", "cadences"

    def about(self) -> str:
        """What it is for."""
        return t(
            "How often customers shall hear from us, counted from the last real contact. The most particular line "
            "holds: of the customer, of grade and kind, of the grade, of the kind, of everybody. 0 days: not to be "
            "called on."
        )

    def retitle(self) -> None:
        """Columns, empty state."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("For whom"), flex=2, least=12),
                Column(t("Every"), 8, kind="number", role="accent"),
                Column(t("Yellow"), 7, kind="number", role="warn"),
                Column(t("Red"), 5, kind="number", role="bad"),
                Column(t("What"), 15, role="muted", from_width=56),
                Column(t("Answer within"), 13, kind="number", role="muted", from_width=76),
            )
        )
        self.rows.set_empty(t("Nobody is proposed yet.\n\nn  every so many days, for a grade, a kind or one customer"))
        if self.is_attached:
            self.reload()

    def reload(self) -> None:
        """Read them."""
        self.opened = self.crm_app.look()
        self.work.load(read_cadences, self._show, group="setup-cadences")

    def _show(self, found: list[tuple[dict[str, Any], str]]) -> None:
        show_again(self.rows, [_row(row, name) for row, name in found])
        self.post_message(self.Counted(self.NAME, str(len(found)) if found else ""))


def read_cadences(crm: Crm) -> list[tuple[dict[str, Any], str]]:
    """Policies with the name of the customer that they are for, the most particular first; runs in a thread."""
    rows = crm.cadences.all()
    names = {
        str(row["customer"]): str(crm.customers.get(crm.customers.root(row["customer"]))["name"])
        for row in rows
        if row["customer"]
    }
    found = [(row, names.get(str(row["customer"]), "")) for row in rows]
    return sorted(found, key=lambda one: (not one[1], _rank(one[0]), one[1], str(one[0]["grade"] or "")))


def _rank(row: dict[str, Any]) -> int:
    return -2 * bool(row["grade"]) - bool(row["customer_kind"])


def _row(row: dict[str, Any], customer: str) -> Row:
    parts = [customer, t("grade {grade}", grade=row["grade"]) if row["grade"] else ""]
    parts.append(choice_text("cadences", "customer_kind", row["customer_kind"]))
    whom = " · ".join(filter(None, parts)) or t("every customer")
    every = row["every_days"] or 0
    limits = [t("{n} d", n=row[name]) if every and row[name] else "" for name in ("yellow_days", "red_days")]
    often = t("{n} d", n=every) if every else "x " + t("{n} d", n=0)
    hours = t("{n} h", n=row["response_hours"]) if row["response_hours"] else ""
    return Row(row["id"], (whom, often, *limits, choice_text("cadences", "kind", row["kind"]), hours))
