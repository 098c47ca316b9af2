"""Phone numbers, kept in international form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.rules.phones import parse_phones
from crm_tui.services.noun import NounService
from crm_tui.store.database import Changes


class Phones(NounService):
    """Phone numbers of customers and contacts."""

    def add(self, values: Mapping[str, Any]) -> Changes:
        """Add a number; what is a valid one is kept in international form."""
        return super().add(self.international(values))

    def edit(
        self,
        row: str,
        values: Mapping[str, Any],
        base: Mapping[str, Any] | None = None,
        opened: Mapping[str, int] | None = None,
    ) -> Changes:
        """Change a number; what is a valid one is kept in international form."""
        return super().edit(row, self.international(values), base, opened)

    def international(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with number and extension taken apart."""
        found = parse_phones(str(values.get("number") or ""), self.crm.region)
        if len(found) != 1:
            return dict(values)
        extension = {"extension": found[0].extension} if found[0].extension else {}
        return {**values, "number": found[0].number, **extension}
