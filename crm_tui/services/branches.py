"""Branches in a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.services.noun import NounService


class Branches(NounService):
    """Branches, stores and brands."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a branch that would be part of itself."""
        super().check(row, own)
        self.check_tree(own, "parent", row.get("parent"))
