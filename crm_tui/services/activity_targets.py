"""Targets for activities: so many contacts of a person in a period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid
from crm_tui.services.noun import NounService
from crm_tui.words import t


class ActivityTargets(NounService):
    """Targets, each for a person and a period that has a day at least."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a period that ends before it begins, and a target of nothing."""
        super().check(row, own)
        problems = {}
        if row.get("first_day") and row.get("last_day") and str(row["last_day"]) < str(row["first_day"]):
            problems["last_day"] = t("must not lie before the first day")
        if row.get("target") is not None and int(row["target"]) < 1:
            problems["target"] = t("must be at least 1")
        if problems:
            raise Invalid(problems)
