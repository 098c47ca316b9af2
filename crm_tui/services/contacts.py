"""Contact persons: who decides, who reports to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crm_tui.services.noun import NounService, Row


class Contacts(NounService):
    """Contact persons of customers."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a contact who would report to himself."""
        super().check(row, own)
        self.check_tree(own, "reports_to", row.get("reports_to"))

    def tree(self, customer: str) -> list[tuple[int, Row]]:
        """The contacts of a customer with their depth in the tree of reports, each once."""
        rows = {row["id"]: row for row in self.of(customer)}
        children: dict[str | None, list[Row]] = {}
        for row in rows.values():
            boss = row["reports_to"] if row["reports_to"] in rows else None
            children.setdefault(boss, []).append(row)
        shown: set[str] = set()

        def walk(boss: str | None, depth: int) -> Iterator[tuple[int, Row]]:
            for row in children.get(boss, []):
                if row["id"] not in shown:
                    shown.add(row["id"])
                    yield depth, row
                    yield from walk(row["id"], depth + 1)

        found = list(walk(None, 0))
        # A cycle that a merge made has no top; its members are shown flat.
        return found + [(0, row) for key, row in rows.items() if key not in shown]
