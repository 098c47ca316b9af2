"""Fields that a company adds to its nouns in Setup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import language, t


class CustomFields(NounService):
    """Definitions of custom fields; their id is made from noun and key, so that two machines agree on them."""

    def add(self, values: Mapping[str, Any]) -> Changes:
        """Define a field.

        Raises:
            Invalid: if the noun is unknown or has that field already.
        """
        noun, key = str(values.get("noun") or ""), str(values.get("key") or "")
        if noun not in NOUNS:
            raise Invalid({"noun": t("“{value}” is none of: {known}", value=noun, known=", ".join(NOUNS))})
        if key in NOUNS[noun].fields or any(row["key"] == key for row in self.for_noun(noun)):
            raise Invalid({"key": t("there is a field “{value}” already", value=key)})
        row = fixed_id("custom_fields", noun, key)
        if self._rows("id = ?", (row,)):
            with self.store.action("Added {noun} {name}", noun=self.name, name=key) as work:
                work.write(self.name, [row], "deleted", None)
                work.update(self.name, row, self.noun.clean(dict(values)))
            return work.changes
        return super().add({**values, "id": row})

    def for_noun(self, noun: str) -> list[Row]:
        """The definitions for a noun, in order."""
        return self._rows("live AND noun = ? ORDER BY coalesce(position, 999), key", (noun,))

    def ever(self, noun: str) -> list[Row]:
        """The definitions for a noun, also those in the trash and undone ones."""
        return self._rows("noun = ? ORDER BY id", (noun,))


def label_of(row: Mapping[str, Any]) -> str:
    """The label of a definition in the reader's language."""
    first, second = ("label_zh", "label_en") if language() == "zh" else ("label_en", "label_zh")
    return str(row[first] or row[second] or row["key"])
