"""Checklists: what is ticked off or measured at a visit of a kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from crm_tui.errors import Invalid
from crm_tui.services.noun import NounService, Row
from crm_tui.words import t

LEFT, FILLED = "left", "filled"
"""The steps that a fill of the jar is made of: what was left before, what was filled in."""

SHIPPED: tuple[tuple[str, str, str, str, str], ...] = (
    ("delivery", LEFT, "Left in the jar", "缸内剩余", "g"),
    ("delivery", "jar_cleaned", "Jar cleaned", "米缸刷净", ""),
    ("delivery", FILLED, "Filled in", "倒入新米", "g"),
    ("delivery", "old_on_top", "Old stock on top", "旧米放在上层", ""),
    ("collection", "received", "Money received", "已收款", ""),
)
"""Kind, key, labels and unit of the steps that hold while a kind has none of its own."""

_MEASURE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(kg|g|公斤|千克|斤|克)?", re.IGNORECASE)
_GRAMS = {"kg": 1000, "公斤": 1000, "千克": 1000, "斤": 500, "g": 1, "克": 1}
_YES = {"yes": 1, "y": 1, "ok": 1, "true": 1, "done": 1, "是": 1, "好": 1, "完成": 1}
_NO = {"no": 0, "n": 0, "false": 0, "否": 0, "没有": 0}


class ChecklistSteps(NounService):
    """Steps by kind of visit; the shipped ones until a kind gets its own."""

    def for_kind(self, kind: str) -> list[Row]:
        """The steps of a kind in order: key, label_en, label_zh, unit."""
        own = self._rows("live AND kind = ? ORDER BY coalesce(position, 0), key", (kind,))
        if own:
            return own
        names = ("kind", "key", "label_en", "label_zh", "unit")
        return [dict(zip(names, step, strict=True)) for step in SHIPPED if step[0] == kind]

    def understood(self, kind: str, measured: Mapping[str, int | str]) -> str:
        """What was measured as it is stored: whole numbers by step; grams where the step has that unit ("2.5kg").

        Raises:
            Invalid: for a value that is no number, naming the steps that are known for a step that is not.
        """
        steps = {str(step["key"]): step for step in self.for_kind(kind)}
        labels = {str(step[name]).casefold(): key for key, step in steps.items() for name in ("label_en", "label_zh")}
        found: dict[str, int] = {}
        for name, value in measured.items():
            key = name if name in steps else labels.get(name.casefold())
            if key is None:
                known = ", ".join(steps) or "-"
                raise Invalid({"measured": t("no step “{name}”; known are: {known}", name=name, known=known)})
            found[key] = _number(str(value), bool(steps[key]["unit"] == "g"))
        return json.dumps(found, sort_keys=True)


def _number(text: str, grams: bool) -> int:
    said = text.strip().casefold()
    if said in _YES or said in _NO:
        return _YES.get(said, 0)
    match = _MEASURE.fullmatch(said)
    if match is None or (match[2] and not grams):
        raise Invalid({"measured": t("“{value}” is not a whole number", value=text)})
    number = Decimal(match[1]) * _GRAMS.get(match[2] or "g", 1)
    if number != int(number):
        raise Invalid({"measured": t("“{value}” is not a whole number", value=text)})
    return int(number)
