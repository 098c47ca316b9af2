"""What the company agreed on: rows that travel to every machine; what nobody changed is what ships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import AGREEMENTS, clean, label
from crm_tui.services.noun import NounService
from crm_tui.store.database import Changes
from crm_tui.store.desk_defaults import desk_defaults

FIRST = "2026-01-01T00:00:00Z"
"""When a row was made, on every machine: two that set the same value do not disagree."""


class Policies(NounService):
    """Values by name; see `rules/policies.py` for the names."""

    def value(self, name: str) -> str:
        """What holds for an agreement now."""
        row = (
            self.store.reader()
            .execute("SELECT value FROM policies WHERE id = ? AND live", (fixed_id("policies", name),))
            .fetchone()
        )
        own = None if row is None else row[0]
        return self.shipped(name) if own is None or (own == "" and not AGREEMENTS[name].shipped) else str(own)

    def shipped(self, name: str) -> str:
        """What holds until somebody sets another value."""
        return AGREEMENTS[name].shipped or desk_defaults().policies.get(name, "")

    def number(self, name: str) -> int:
        """What holds, as a whole number."""
        return int(self.value(name))

    def numbers(self, name: str) -> list[int]:
        """What holds, as whole numbers; none if it is off."""
        return [int(part) for part in self.value(name).split(",") if part]

    def is_own(self, name: str) -> bool:
        """Whether the company said something of its own."""
        query = "SELECT 1 FROM policies WHERE id = ? AND live AND value IS NOT NULL"
        return self.store.reader().execute(query, (fixed_id("policies", name),)).fetchone() is not None

    def set(self, name: str, text: str) -> Changes:
        """Agree on something else.

        Raises:
            Invalid: with a sentence, for a name or a text that makes no sense.
        """
        return self._write(name, clean(name, text))

    def reset(self, name: str) -> Changes:
        """Back to what ships."""
        clean(name, self.shipped(name) if name in AGREEMENTS else "")
        return self._write(name, None)

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a value that makes no sense for its name."""
        super().check(row, own)
        if row.get("value") is not None:
            clean(str(row.get("name")), str(row["value"]))

    def _write(self, name: str, value: str | None) -> Changes:
        ident = fixed_id("policies", name)
        shown = self.shipped(name) if value is None else value
        told = {"noun": self.name, "name": label(name), "value": shown or "-"}
        with self.store.action("Working rule {name}: {value}", **told) as work:
            there = work.db.execute("SELECT deleted FROM policies WHERE id = ?", (ident,)).fetchone()
            if there is None:
                work.insert(self.name, {"id": ident, "created": FIRST, "name": name, "value": value})
            else:
                if there[0]:
                    work.write(self.name, [ident], "deleted", None)
                work.update(self.name, ident, {"value": value})
        return work.changes
